#if canImport(Glibc)
  internal import Glibc
#endif

/// Reads a script or another text, from a file, a pipe or whatever a path leads to.
enum ScriptFile {
  /// Longest script, in bytes.
  static let byteCountMax = 64 << 20

  /// Why a script cannot be read, in the system's words.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    static var ofSystem: Failure { Failure(description: String(cString: strerror(errno))) }
  }

  /// Reads what a path leads to, up to a limit in bytes.
  static func read(
    path: String,
    byteCountMax: Int = byteCountMax
  ) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .ofSystem }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, byteCountMax: byteCountMax)
  }

  /// Reads to the end, up to a limit in bytes.
  static func read(
    descriptor: Int32,
    byteCountMax: Int = byteCountMax
  ) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = room.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      guard count > 0 else {
        guard errno == EINTR else { throw .ofSystem }
        continue
      }
      guard bytes.count + count <= byteCountMax else {
        throw Failure(description: "longer than \(byteCountMax >> 20) MiB")
      }
      bytes += room[..<count]
    }
  }
}
