internal import COpenSSL

extension RSAPrivateKey {
  /// Longest message a padding leaves room for, in bytes.
  public func plaintextByteCountMax(_ padding: RSAPadding) -> Int {
    modulusByteCount - padding.overheadByteCount
  }

  /// Encrypts with the public half.
  ///
  /// - Returns: as many bytes as the modulus has.
  /// - Throws: `crypto.size_invalid` for a message that is too long, `crypto.unavailable`.
  public func encrypt(
    _ plaintext: SecretBytes,
    padding: RSAPadding
  ) throws(CryptoError) -> [UInt8] {
    guard plaintext.byteCount <= plaintextByteCountMax(padding) else {
      throw CryptoError(
        .sizeInvalid,
        "a message of \(plaintext.byteCount) bytes is longer than the "
          + "\(plaintextByteCountMax(padding)) that this key and padding take"
      )
    }
    var output = [UInt8](repeating: 0, count: modulusByteCount)
    var count = output.count
    let status = unsafe output.lendMutable { output in
      unsafe plaintext.withUnsafeBytes {
        unsafe cssl_rsa_encrypt(
          handle,
          padding.code,
          $0.baseAddress,
          $0.count,
          output.baseAddress,
          &count
        )
      }
    }
    guard status == 1, count == output.count else { throw .library("RSA encryption failed") }
    return output
  }

  /// Decrypts; whatever is wrong with the ciphertext, the answer is the same.
  ///
  /// PKCS #1 v1.5 is open to padding oracles where an attacker can ask often and tell the
  /// refusals apart. All refusals are one code here; callers must not add a difference.
  ///
  /// - Throws: `crypto.rejected`, `crypto.unavailable`.
  public func decrypt(
    _ ciphertext: [UInt8],
    padding: RSAPadding
  ) throws(CryptoError) -> SecretBytes {
    guard ciphertext.count == modulusByteCount else { throw .rejected }
    var room = [UInt8](repeating: 0, count: modulusByteCount)
    defer { room.wipe() }
    var count = room.count
    let status = unsafe room.lendMutable { room in
      unsafe ciphertext.lend {
        unsafe cssl_rsa_decrypt(
          handle,
          padding.code,
          $0.baseAddress,
          $0.count,
          room.baseAddress,
          &count
        )
      }
    }
    switch status {
    case 1: return SecretBytes(copying: room.prefix(count))
    case 0: throw .rejected
    default: throw .library("RSA decryption failed")
    }
  }
}
