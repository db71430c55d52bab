#if canImport(Glibc)
  internal import Glibc
#endif

/// What a write-ahead log's bytes tell, read past SQLite, which ignores in silence what it cannot
/// use.
///
/// Source: SQLite, "WAL-mode File Format", section 4.
struct WriteAheadLog {
  /// What is wrong with a log.
  enum Problem: Equatable {
    /// The bytes are no log, or that of a database with pages of another size.
    case foreign
    /// A frame does not add up, and frames of the same writing follow it: they are not read.
    case damaged(frame: Int)
  }

  private static let headerByteCount = 32
  private static let frameHeaderByteCount = 24
  /// Frames looked at, at most.
  private static let frameCountMax = 1_000_000

  private let descriptor: Int32

  /// Looks for what is wrong with a log; nil when nothing is, or there is none.
  static func problem(path: String, pageByteCount: Int) -> Problem? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { Glibc.close(descriptor) }
    return WriteAheadLog(descriptor: descriptor).problem(pageByteCount)
  }

  private func bytes(_ count: Int, at offset: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { room, read in
      read = max(0, pread(descriptor, room.baseAddress, count, off_t(offset)))
    }
  }

  private func problem(_ pageByteCount: Int) -> Problem? {
    let header = self.bytes(Self.headerByteCount, at: 0)
    if header.isEmpty { return nil }
    guard header.count == Self.headerByteCount else { return .foreign }
    let magic = header.word(0)
    var sum = Sum(isBigEndian: magic == 0x377F_0683)
    sum.add(header[..<24])
    guard magic | 1 == 0x377F_0683, Int(header.word(8)) == pageByteCount,
      sum.matches(header, at: 24)
    else { return .foreign }
    let frameByteCount = Self.frameHeaderByteCount + pageByteCount
    var broken: Int?
    for frame in 0..<Self.frameCountMax {
      let offset = Self.headerByteCount + frame * frameByteCount
      let length = broken == nil ? frameByteCount : Self.frameHeaderByteCount
      let bytes = self.bytes(length, at: offset)
      // A last frame that is not whole was never acknowledged.
      guard bytes.count == length else { return nil }
      let isOfThisWriting = bytes[8..<16].elementsEqual(header[16..<24])
      if let broken {
        if isOfThisWriting { return .damaged(frame: broken + 1) }
        return nil
      }
      // Frames of an earlier writing lie beyond the end.
      guard isOfThisWriting else { return nil }
      sum.add(bytes[..<8])
      sum.add(bytes[Self.frameHeaderByteCount...])
      if !sum.matches(bytes, at: 16) { broken = frame }
    }
    return nil
  }

  /// The log's running checksum over pairs of words.
  private struct Sum {
    let isBigEndian: Bool
    private var first: UInt32 = 0
    private var second: UInt32 = 0

    init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
      bytes.withUnsafeBytes { bytes in
        for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
          first &+= word(bytes, offset) &+ second
          second &+= word(bytes, offset + 4) &+ first
        }
      }
    }

    private func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
    }

    func matches(_ bytes: [UInt8], at offset: Int) -> Bool {
      bytes.word(offset) == first && bytes.word(offset + 4) == second
    }
  }
}

extension [UInt8] {
  /// Four bytes as a number, the highest first.
  fileprivate func word(_ offset: Int) -> UInt32 {
    self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
