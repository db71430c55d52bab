internal import COpenSSL

/// Bytes that must not leak: a key, a seed, a plaintext.
///
/// It prints its length only, compares in constant time, and is wiped when the last reference
/// goes. What it lends by pointer must not be kept.
@safe public final class SecretBytes: Sendable {
  /// How many bytes there are.
  public let byteCount: Int
  // Written in the initialisers only, so that sharing it between threads is safe.
  private nonisolated(unsafe) let storage: UnsafeMutableRawPointer

  /// Makes room for bytes and has `fill` write all of them.
  public init<Failure: Error>(
    byteCount: Int,
    filledBy fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(byteCount >= 0)
    self.byteCount = byteCount
    unsafe storage = .allocate(byteCount: byteCount, alignment: 16)
    unsafe storage.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    unsafe try fill(UnsafeMutableRawBufferPointer(start: storage, count: byteCount))
  }

  /// Copies bytes in; the caller wipes its own copy.
  public convenience init(copying bytes: some Collection<UInt8>) {
    unsafe self.init(byteCount: bytes.count) { (room: UnsafeMutableRawBufferPointer) in
      unsafe room.copyBytes(from: bytes)
    }
  }

  /// Returns fresh random bytes.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func random(byteCount: Int) throws(CryptoError) -> SecretBytes {
    unsafe try SecretBytes(byteCount: byteCount, filledBy: Random.fill)
  }

  deinit {
    unsafe cssl_cleanse(storage, byteCount)
    unsafe storage.deallocate()
  }

  /// Lends the bytes for the length of `body`.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe try body(UnsafeRawBufferPointer(start: storage, count: byteCount))
  }
}

extension SecretBytes: Equatable {
  /// Compares in a time that depends on the lengths only.
  public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
    guard left.byteCount == right.byteCount else { return false }
    return unsafe cssl_equal(left.storage, right.storage, left.byteCount) == 1
  }
}

extension SecretBytes: CustomStringConvertible, CustomReflectable {
  /// The length, never the bytes.
  public var description: String { "SecretBytes(\(byteCount) bytes)" }

  /// Nothing to look into.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
