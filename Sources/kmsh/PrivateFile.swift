internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

/// A file for its owner's eyes only, written from its start.
final class PrivateFile {
  private let descriptor: Int32

  /// Makes a file, or empties the one that is there.
  ///
  /// - Throws: `record.unwritable`.
  init(_ path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure("cannot write \(path)") }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      fchmod(descriptor, 0o600)
    }
  }

  deinit { close(descriptor) }

  /// Adds a text.
  ///
  /// - Throws: `record.unwritable`.
  func write(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { throw Self.failure("the transcript is cut short") }
      bytes = bytes.dropFirst(max(count, 0))
    }
  }

  private static func failure(_ what: String) -> LuaError {
    LuaError(code: "record.unwritable", message: "\(what): \(String(cString: strerror(errno)))")
  }
}
