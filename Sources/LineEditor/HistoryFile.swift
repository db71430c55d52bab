internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#endif

/// The file of a history: one JSON string a line, so that entries of many lines stay whole.
///
/// It is 0600. Lines are only ever added to it, under a lock, so that prompts can share it; who
/// makes it shorter writes another file and puts that in its place. What cannot be read or written
/// is let be: the prompt goes on without.
struct HistoryFile {
  private static let byteCountMax = 16 << 20
  /// Entries above the limit at which the oldest are taken away.
  private static let slack = 1000

  let path: String
  let entryCountMax: Int

  /// A file that need not exist yet; a link to one stays what it is.
  init(path: String, entryCountMax: Int) {
    self.path = Self.resolved(path)
    self.entryCountMax = entryCountMax
  }

  /// Reads the newest entries, oldest first.
  func load() -> [String] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    let lines = Self.lines(of: descriptor)
    close(descriptor)
    if lines.count > entryCountMax + Self.slack { rewrite { $0.suffix(entryCountMax) } }
    return Self.entries(lines.suffix(entryCountMax))
  }

  /// Adds an entry.
  func append(_ entry: String) {
    makeFolder()
    guard let line = Self.line(entry), let descriptor = openLocked() else { return }
    defer { close(descriptor) }
    // A line that was cut short costs no other.
    var last: UInt8 = 10
    if lseek(descriptor, -1, SEEK_END) >= 0 { _ = unsafe read(descriptor, &last, 1) }
    _ = Self.write((last == 10 ? [] : [10]) + line + [10], to: descriptor)
  }

  /// Takes the newest line of an entry away.
  func removeLast(_ entry: String) {
    guard let line = Self.line(entry) else { return }
    rewrite { lines in
      guard let index = lines.lastIndex(of: line[...]) else { return nil }
      return lines[..<index] + lines[(index + 1)...]
    }
  }

  // MARK: Lines

  private static func line(_ entry: String) -> [UInt8]? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // Every text has a form in JSON.
    return try? [UInt8](encoder.encode(entry))
  }

  /// The texts of lines; one that another program wrote is no entry.
  private static func entries(_ lines: ArraySlice<ArraySlice<UInt8>>) -> [String] {
    let decoder = JSONDecoder()
    // Read as one document they take a tenth of the time; a damaged line forbids that.
    let document =
      [UInt8(ascii: "[")] + lines.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    if let entries = try? decoder.decode([String].self, from: Data(document)) { return entries }
    // Then each is tried alone, and those that are none are left out.
    return lines.compactMap { try? decoder.decode(String.self, from: Data($0)) }
  }

  /// The lines of a regular file, the newest if there are too many.
  private static func lines(of descriptor: Int32) -> [ArraySlice<UInt8>] {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return []
    }
    let start = max(0, Int(status.st_size) - byteCountMax)
    lseek(descriptor, off_t(start), SEEK_SET)
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size) - start)
    var count = 0
    while count < bytes.count {
      let got = unsafe bytes.withUnsafeMutableBytes {
        unsafe read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
      }
      guard got > 0 else { break }
      count += got
    }
    let lines = bytes[..<count].split(separator: 10)
    return start > 0 ? Array(lines.dropFirst()) : lines
  }

  // MARK: Files

  /// Where a path leads when it names a link, or a link to one.
  private static func resolved(_ path: String) -> String {
    var path = path
    for _ in 0..<40 {
      // What is no link has no destination.
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else {
        break
      }
      path = target.hasPrefix("/") ? target : folder(of: path) + "/" + target
    }
    return path
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  private func makeFolder() {
    let folder = Self.folder(of: path)
    guard unsafe access(folder, F_OK) != 0 else { return }
    // Without a folder there is no file, and the history ends with the session.
    try? FileManager.default.createDirectory(
      atPath: folder,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
  }

  /// Opens the file for adding to it and for no one else until it is closed; nil for a device, a
  /// pipe and whatever else is no regular file.
  private func openLocked() -> Int32? {
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    for _ in 0..<100 {
      let descriptor = unsafe open(path, flags, 0o600)
      guard descriptor >= 0 else { return nil }
      var (opened, named) = (stat(), stat())
      guard unsafe fstat(descriptor, &opened) == 0, opened.st_mode & S_IFMT == S_IFREG else {
        close(descriptor)
        return nil
      }
      // A control-C ends the wait without the lock; where there are no locks it goes on without.
      while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
      // Whoever had the lock may have put another file in its place.
      if unsafe stat(path, &named) == 0,
        opened.st_ino == named.st_ino, opened.st_dev == named.st_dev
      {
        if opened.st_mode & 0o077 != 0 { fchmod(descriptor, 0o600) }
        return descriptor
      }
      close(descriptor)
    }
    return nil
  }

  /// Puts other lines in place of all; nil leaves them.
  private func rewrite(_ change: ([ArraySlice<UInt8>]) -> ArraySlice<ArraySlice<UInt8>>?) {
    guard unsafe access(path, F_OK) == 0, let descriptor = openLocked() else { return }
    defer { close(descriptor) }
    guard let lines = change(Self.lines(of: descriptor)) else { return }
    let other = "\(path).\(getpid())"
    let output = unsafe open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard output >= 0 else { return }
    let isWritten =
      Self.write(Array(lines.map { $0 + [10] }.joined()), to: output) && fsync(output) == 0
    close(output)
    let isPlaced = unsafe isWritten ? rename(other, path) == 0 : false
    if !isPlaced { unsafe unlink(other) }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      == bytes.count
  }
}
