public import CryptoEngine
import FoundationEssentials

/// A private key in its JSON form, as an import takes it.
///
/// Source: RFC 7517; RFC 7518, section 6; Key Vault `JsonWebKey`, whose `kty` may say `RSA-HSM`
/// and `EC-HSM`.
public struct JWK: Sendable {
  /// The key.
  public let privateKey: PrivateKey
  /// Type as the document spells it.
  public let kty: String
  /// Operations that it names, if it does.
  public let keyOps: [String]?

  /// Longest member read; that of a number of 4096 bits has 683 characters.
  static let memberByteCountMax = 2048

  /// Reads a document; members that say nothing of the key are passed over.
  ///
  /// - Throws: `key.invalid`, which names a member, never its value.
  public init(_ document: JSONTree) throws {
    guard case .object(let members) = document else {
      throw Self.invalid("it is no JSON object")
    }
    guard case .string(let kty) = members["kty"], let type = KeyType(rawValue: kty) else {
      throw Self.invalid("its member kty is none of RSA, RSA-HSM, EC, EC-HSM")
    }
    let reader = Reader(members: members)
    self.kty = kty
    keyOps = try reader.operations()
    do {
      privateKey = type.isRSA ? .rsa(try reader.rsa()) : .ec(try reader.ec())
    } catch let error as CryptoError {
      throw Self.invalid(error.message)
    }
  }

  private struct Reader {
    let members: [String: JSONTree]

    func rsa() throws -> RSAPrivateKey {
      try RSAPrivateKey(
        RSANumbers(
          modulus: number("n"),
          exponent: number("e"),
          privateExponent: secret("d"),
          firstPrime: secret("p"),
          secondPrime: secret("q"),
          firstExponent: secret("dp"),
          secondExponent: secret("dq"),
          coefficient: secret("qi")
        )
      )
    }

    func ec() throws -> ECPrivateKey {
      guard case .string(let name) = members["crv"], let curve = EllipticCurve(jwk: name) else {
        let known = EllipticCurve.allCases.map(\.rawValue).joined(separator: ", ")
        throw JWK.invalid("its member crv is none of \(known)")
      }
      return try ECPrivateKey(
        ECNumbers(curve: curve, x: number("x"), y: number("y"), scalar: secret("d"))
      )
    }

    func operations() throws -> [String]? {
      guard let value = members["key_ops"], value != .null else { return nil }
      guard case .array(let items) = value, items.count <= 32 else {
        throw JWK.invalid("its member key_ops is no array of names")
      }
      return try items.map { item in
        guard case .string(let name) = item else {
          throw JWK.invalid("its member key_ops is no array of names")
        }
        return name
      }
    }

    private func number(_ name: String) throws -> [UInt8] {
      guard case .string(let text) = members[name] else {
        throw JWK.invalid("its member \(name) is missing")
      }
      guard text.utf8.count <= JWK.memberByteCountMax, let bytes = Data(base64URL: text) else {
        throw JWK.invalid("its member \(name) is no base64url")
      }
      return [UInt8](bytes)
    }

    private func secret(_ name: String) throws -> SecretBytes {
      SecretBytes(copying: try number(name))
    }
  }

  private static func invalid(_ why: String) -> AzureError {
    AzureError(
      .keyInvalid,
      "The JSON Web Key is invalid: \(why).",
      hint: "it needs kty, and n e d p q dp dq qi for RSA, or crv x y d for EC",
      status: 400,
      azureCode: "BadParameter"
    )
  }
}

extension EllipticCurve {
  /// Reads a curve's name in a JWK, where RFC 8812 has another for one of them.
  fileprivate init?(jwk name: String) {
    self.init(rawValue: name == "secp256k1" ? EllipticCurve.p256K.rawValue : name)
  }
}
