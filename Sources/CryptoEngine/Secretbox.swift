internal import COpenSSL

/// XSalsa20-Poly1305 as NaCl's `crypto_secretbox`: `tag(16) ‖ ciphertext`.
///
/// HSalsa20 turns the key and the first 16 bytes of the nonce into a key of this message; Salsa20
/// under it, with the other 8 bytes, gives the key stream. Its first 32 bytes are the key of the
/// one-time authenticator, the rest hides the text. The authenticator is OpenSSL's; a box is
/// checked in constant time before any of it is decrypted. Nonces of 24 random bytes do not
/// repeat in practice.
///
/// Source: D. J. Bernstein, "Cryptography in NaCl" (2009), sections 9 and 10.
public enum Secretbox {
  /// Length of a key.
  public static let keyByteCount = 32
  /// Length of a nonce.
  public static let nonceByteCount = 24
  /// Length of the authenticator before the ciphertext.
  public static let tagByteCount = 16
  private static let tagKeyByteCount = 32

  /// Writes `tag ‖ ciphertext`, plaintext length + 16 bytes, into `output`.
  ///
  /// - Throws: `crypto.size_invalid`, `crypto.unavailable`.
  public static func seal(
    _ plaintext: UnsafeRawBufferPointer,
    key: SecretBytes,
    nonce: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) {
    try check(key, nonceByteCount: nonce.count)
    guard output.count == plaintext.count + tagByteCount else {
      throw CryptoError(.sizeInvalid, "the room for a box is 16 bytes more than its text")
    }
    let stream = unsafe KeyStream(key, nonce: nonce)
    let ciphertext = unsafe UnsafeMutableRawBufferPointer(rebasing: output[tagByteCount...])
    unsafe stream.apply(to: plaintext, into: ciphertext)
    unsafe try stream.tag(
      UnsafeRawBufferPointer(ciphertext),
      into: UnsafeMutableRawBufferPointer(rebasing: output[..<tagByteCount])
    )
  }

  /// Opens `tag ‖ ciphertext` into `output`, 16 bytes shorter.
  ///
  /// - Throws: `crypto.rejected`, `crypto.size_invalid`, `crypto.unavailable`.
  public static func open(
    _ sealed: UnsafeRawBufferPointer,
    key: SecretBytes,
    nonce: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) {
    try check(key, nonceByteCount: nonce.count)
    guard sealed.count >= tagByteCount else { throw .rejected }
    guard output.count == sealed.count - tagByteCount else {
      throw CryptoError(.sizeInvalid, "the room for a text is 16 bytes less than its box")
    }
    let stream = unsafe KeyStream(key, nonce: nonce)
    let ciphertext = unsafe UnsafeRawBufferPointer(rebasing: sealed[tagByteCount...])
    var tag = [UInt8](repeating: 0, count: tagByteCount)
    unsafe try tag.lendMutable { (room) throws(CryptoError) in
      unsafe try stream.tag(ciphertext, into: room)
      guard unsafe cssl_equal(room.baseAddress, sealed.baseAddress, tagByteCount) == 1 else {
        throw .rejected
      }
    }
    unsafe stream.apply(to: ciphertext, into: output)
  }

  private static func check(_ key: SecretBytes, nonceByteCount: Int) throws(CryptoError) {
    guard key.byteCount == keyByteCount, nonceByteCount == self.nonceByteCount else {
      throw CryptoError(.sizeInvalid, "a box takes a 32-byte key and a 24-byte nonce")
    }
  }

  /// The key stream of one message.
  private struct KeyStream {
    private let subkey: SecretBytes
    private let nonce: SIMD2<UInt32>
    /// Block 0: the authenticator's key, then the first bytes for the text.
    private let first: SecretBytes

    init(_ key: SecretBytes, nonce: UnsafeRawBufferPointer) {
      func word(_ index: Int) -> UInt32 {
        unsafe UInt32(
          littleEndian: nonce.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        )
      }
      let subkey = unsafe SecretBytes(byteCount: Secretbox.keyByteCount) {
        (room: UnsafeMutableRawBufferPointer) in
        unsafe key.withUnsafeBytes { key in
          let input = SIMD4(word(0), word(1), word(2), word(3))
          unsafe Salsa20.derive(key: key, input: input, into: room)
        }
      }
      let tail = SIMD2(word(4), word(5))
      self.subkey = subkey
      self.nonce = tail
      first = unsafe SecretBytes(byteCount: Salsa20.blockByteCount) {
        (room: UnsafeMutableRawBufferPointer) in
        unsafe subkey.withUnsafeBytes { key in
          unsafe Salsa20.block(key: key, nonce: tail, counter: 0, into: room)
        }
      }
    }

    /// Writes the authenticator of a ciphertext.
    func tag(
      _ ciphertext: UnsafeRawBufferPointer,
      into output: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) {
      let status = unsafe first.withUnsafeBytes { block in
        unsafe cssl_poly1305(
          block.baseAddress,
          ciphertext.baseAddress,
          ciphertext.count,
          output.baseAddress
        )
      }
      guard status == 1 else { throw .library("Poly1305 failed") }
    }

    /// Writes `input` xor the stream from its byte 32 on.
    func apply(to input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
      let byteCount = Salsa20.blockByteCount
      unsafe withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 16) { block in
        defer { unsafe cssl_cleanse(block.baseAddress, block.count) }
        unsafe first.withUnsafeBytes { unsafe block.copyMemory(from: $0) }
        var blockStart = Secretbox.tagKeyByteCount
        var counter: UInt64 = 0
        var position = 0
        while position < input.count {
          let count = min(byteCount - blockStart, input.count - position)
          for index in 0..<count {
            unsafe output[position + index] = input[position + index] ^ block[blockStart + index]
          }
          position += count
          blockStart = 0
          counter += 1
          unsafe subkey.withUnsafeBytes { key in
            unsafe Salsa20.block(key: key, nonce: nonce, counter: counter, into: block)
          }
        }
      }
    }
  }
}
