internal import CryptoEngine

#if canImport(Glibc)
  internal import Glibc
#endif

/// A file mapped into memory, read through bounds that are checked at every access.
///
/// All unsafe memory of the reader is here. The kernel may end a process that touches a page which
/// another process cut off the file meanwhile, so a snapshot must not be shortened while it is
/// read; copying it first would cost its size in memory.
@safe final class MappedFile: Sendable {
  /// Largest file.
  static let byteCountMax = 1 << 40

  let byteCount: Int
  // Read only; unmapped when the last reference goes.
  private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  init(path: String) throws(SnapshotError) {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let reason = unsafe String(cString: strerror(errno))
      throw SnapshotError(errno == ENOENT ? .notFound : .unreadable, "\(path): \(reason)")
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw SnapshotError(.unreadable, "\(path): not a regular file")
    }
    let count = Int(status.st_size)
    guard count <= Self.byteCountMax else {
      throw SnapshotError(.tooLarge, "\(path): larger than \(Self.byteCountMax) bytes")
    }
    guard count > 0 else { throw SnapshotError(.notBolt, "\(path): the file is empty") }
    let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw unsafe SnapshotError(.unreadable, "\(path): \(String(cString: strerror(errno)))")
    }
    byteCount = count
    unsafe bytes = UnsafeRawBufferPointer(start: address, count: count)
  }

  deinit {
    unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
  }

  private func check(_ range: Range<Int>) throws(SnapshotError) {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else {
      throw .damaged("\(range.count) bytes reach past the end of the file", at: range.lowerBound)
    }
  }

  /// A little-endian number.
  func number<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type,
    at offset: Int
  ) throws(SnapshotError) -> Number {
    guard offset >= 0, offset <= byteCount - MemoryLayout<Number>.size else {
      throw .damaged("a number reaches past the end of the file", at: offset)
    }
    return unsafe Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// One byte.
  func byte(at offset: Int) throws(SnapshotError) -> UInt8 {
    guard offset >= 0, offset < byteCount else {
      throw .damaged("a byte lies past the end of the file", at: offset)
    }
    return unsafe bytes[offset]
  }

  /// A copy of a range.
  func copy(_ range: Range<Int>) throws(SnapshotError) -> [UInt8] {
    try check(range)
    return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  /// A copy of a range as text; nil when it is no UTF-8.
  func text(_ range: Range<Int>) throws(SnapshotError) -> String? {
    try check(range)
    return unsafe String(validating: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  /// Whether a range holds exactly these bytes.
  func holds(_ other: [UInt8], at range: Range<Int>) -> Bool {
    guard range.lowerBound >= 0, range.upperBound <= byteCount, range.count == other.count else {
      return false
    }
    return unsafe bytes[range].elementsEqual(other)
  }

  /// Compares two ranges byte by byte: negative, zero or positive.
  ///
  /// Ranges out of bounds compare by what of them lies within.
  func compare(_ left: Range<Int>, _ right: Range<Int>) -> Int {
    unsafe Self.compare(lend(left), lend(right))
  }

  /// Compares a range with other bytes.
  func compare(_ left: Range<Int>, with other: [UInt8]) -> Int {
    unsafe other.withUnsafeBytes { unsafe Self.compare(lend(left), $0) }
  }

  private func lend(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<byteCount)])
  }

  private static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer)
    -> Int
  {
    let count = min(left.count, right.count)
    if count > 0, let a = left.baseAddress, let b = right.baseAddress {
      let order = unsafe memcmp(a, b, count)
      if order != 0 { return Int(order) }
    }
    return left.count - right.count
  }

  /// SHA-256 of the first bytes.
  func sha256(first count: Int) throws -> [UInt8] {
    try check(0..<count)
    return unsafe try Digest.sha256(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
  }
}
