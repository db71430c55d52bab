import CryptoEngine

/// A signature that a vault made.
public struct SignedDigest: Hashable, Sendable {
  /// Version that signed; what verifying must name.
  public let kid: KeyID
  /// Algorithm it used.
  public let algorithm: SignatureAlgorithm
  /// The signature: as long as the modulus, or `r ‖ s`.
  public let value: [UInt8]
}

extension Azure {
  /// Signs a digest with a key version, the latest for an id without version.
  ///
  /// `digest` is as long as the algorithm's hash: 32, 48 or 64 bytes; `RSNULL` takes any bytes that
  /// PKCS #1 has room for.
  ///
  /// - Throws: `access.denied`, `argument.value`, `key.not_found`, `key.disabled`, `key.expired`,
  ///   `key.not_yet_valid`, `key.forbidden`, `vault.not_found`.
  public func sign(
    _ kid: KeyID,
    algorithm: SignatureAlgorithm,
    digest: [UInt8],
    context: CallContext
  ) throws -> SignedDigest {
    try perform(.sign, vault: kid.vault, key: kid.name, version: kid.version, context) { _ in
      let scheme = try algorithm.scheme(for: digest)
      let key = try usable(kid, for: .sign, context)
      let signature: [UInt8]
      switch (scheme, try privateKey(of: key)) {
      case (.rsa(let scheme), .rsa(let key)):
        signature = try Self.sized { () throws(CryptoError) in try key.sign(digest, scheme: scheme)
        }
      case (.ec(let curve), .ec(let key)) where key.curve == curve:
        signature = try key.sign(digest)
      default: throw Self.incompatible(algorithm, scheme, key)
      }
      return SignedDigest(kid: key.kid, algorithm: algorithm, value: signature)
    }
  }

  /// Tells whether a signature of a digest was made with a key version; an expired one still tells.
  ///
  /// - Throws: `access.denied`, `argument.value`, `key.not_found`, `key.disabled`,
  ///   `key.forbidden`, `vault.not_found`.
  public func verify(
    _ kid: KeyID,
    algorithm: SignatureAlgorithm,
    digest: [UInt8],
    signature: [UInt8],
    context: CallContext
  ) throws -> Bool {
    try perform(.verify, vault: kid.vault, key: kid.name, version: kid.version, context) { _ in
      let scheme = try algorithm.scheme(for: digest)
      let key = try usable(kid, for: .verify, context)
      switch (scheme, try privateKey(of: key)) {
      case (.rsa(let scheme), .rsa(let key)):
        return try Self.sized { () throws(CryptoError) in
          try key.publicKey.verify(signature, of: digest, scheme: scheme)
        }
      case (.ec(let curve), .ec(let key)) where key.curve == curve:
        return try key.publicKey.verify(signature, of: digest)
      default: throw Self.incompatible(algorithm, scheme, key)
      }
    }
  }

  /// Runs a signature whose digest may be too long for the key.
  private static func sized<Result>(
    _ body: () throws(CryptoError) -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch  where error.code == .sizeInvalid {
      throw parameterIncorrect(error.message)
    }
  }

  /// Refuses an algorithm of another type of key or another curve.
  private static func incompatible(
    _ algorithm: SignatureAlgorithm,
    _ scheme: SignatureAlgorithm.Scheme,
    _ key: Key
  ) -> AzureError {
    let start = "Key and signing algorithm are incompatible. Key \(key.kid)"
    let name = algorithm.rawValue
    switch (scheme, key.publicNumbers) {
    case (.ec(let wanted), .ec(let curve, _, _)):
      return AzureError.badParameter(
        "\(start) uses curve '\(curve.rawValue)', and algorithm '\(name)' can only be used with "
          + "curve '\(wanted.rawValue)'."
      )
    case (.ec, .rsa), (.rsa, _):
      let type = if case .rsa = scheme { "RSA" } else { "EC" }
      return AzureError.badParameter(
        "\(start) is of type '\(key.type.rawValue)', and algorithm '\(name)' can only be used with "
          + "a key of type '\(type)' or '\(type)-HSM'."
      )
    }
  }
}
