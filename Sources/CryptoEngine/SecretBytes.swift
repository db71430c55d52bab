/// Bytes that must not leak: a key, a seed, a plaintext.
///
/// `description` tells the length only; the memory is wiped when the last reference goes.
public final class SecretBytes: Sendable {
  /// How many bytes there are.
  public let byteCount: Int

  /// Copies bytes in; the caller wipes its own copy.
  public init(copying bytes: some Collection<UInt8>) { self.byteCount = bytes.count }

  /// Lends the bytes for the length of `body`; the pointer must not leave it.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result { fatalError() }
}
