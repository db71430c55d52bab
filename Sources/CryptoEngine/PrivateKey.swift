/// A private key of either type, for what takes both: reading a file, keeping material.
public enum PrivateKey: Sendable {
  /// It encrypts, decrypts, signs and verifies.
  case rsa(RSAPrivateKey)
  /// It signs and verifies.
  case ec(ECPrivateKey)

  /// Reads a PEM text in PKCS #8, PKCS #1 or SEC 1 form; an encrypted one is refused.
  ///
  /// - Throws: `crypto.key_invalid`.
  public init(pem: [UInt8]) throws(CryptoError) {
    let handle = try LibraryKey(pem: pem)
    self =
      handle.isA("EC") ? .ec(try ECPrivateKey(checked: handle)) : .rsa(try RSAPrivateKey(handle))
  }

  /// Reads the PKCS #8 DER form, as `pkcs8()` writes it; whether its parts fit is not checked.
  ///
  /// - Throws: `crypto.key_invalid`.
  public init(pkcs8: SecretBytes) throws(CryptoError) {
    let handle = try LibraryKey(pkcs8: pkcs8)
    self = handle.isA("EC") ? .ec(try ECPrivateKey(handle)) : .rsa(try RSAPrivateKey(handle))
  }

  /// Returns the key in PKCS #8 DER form.
  ///
  /// - Throws: `crypto.unavailable`.
  public func pkcs8() throws(CryptoError) -> SecretBytes {
    switch self {
    case .rsa(let key): try key.pkcs8()
    case .ec(let key): try key.pkcs8()
    }
  }
}
