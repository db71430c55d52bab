import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

/// Private keys in JSON, as imports take them.
@Suite struct JWKTests {
  private func document(_ key: PrivateKey) throws -> [String: JSONTree] {
    func text(_ bytes: [UInt8]) -> JSONTree { .string(Data(bytes).base64URL) }
    func text(_ bytes: SecretBytes) -> JSONTree { text(bytes.withUnsafeBytes { [UInt8]($0) }) }
    switch key {
    case .rsa(let key):
      let numbers = try key.numbers()
      return [
        "kty": "RSA", "n": text(numbers.modulus), "e": text(numbers.exponent),
        "d": text(numbers.privateExponent), "p": text(numbers.firstPrime),
        "q": text(numbers.secondPrime), "dp": text(numbers.firstExponent),
        "dq": text(numbers.secondExponent), "qi": text(numbers.coefficient),
      ]
    case .ec(let key):
      let numbers = try key.numbers()
      return [
        "kty": "EC", "crv": .string(numbers.curve.rawValue), "x": text(numbers.x),
        "y": text(numbers.y), "d": text(numbers.scalar),
      ]
    }
  }

  private static let keys: [Result<PrivateKey, any Error>] =
    [Result { try Material.get() }]
    + EllipticCurve.allCases.map { curve in Result { try Material.get(curve) } }

  @Test func `a document gives the key it was made of`() throws {
    for key in try Self.keys.map({ try $0.get() }) {
      let jwk = try JWK(.object(document(key)))
      #expect(try jwk.privateKey.pkcs8() == key.pkcs8())
      #expect(jwk.keyOps == nil)
    }
  }

  @Test func `what says nothing of the key is passed over`() throws {
    var members = try document(Material.get(.p256K))
    members.merge(["kid": "x", "use": "sig", "key_ops": ["sign"], "ext": true]) { $1 }
    (members["kty"], members["crv"]) = ("EC-HSM", "secp256k1")
    let jwk = try JWK(.object(members))
    #expect(jwk.kty == "EC-HSM" && jwk.keyOps == ["sign"])
    #expect(try jwk.privateKey.pkcs8() == Material.get(.p256K).pkcs8())
  }

  @Test func `a document that is no private key is refused, and its values are not told`() throws {
    let rsa = try document(Material.get())
    let ec = try document(Material.get(.p256))
    var wrong: [JSONTree] = [
      nil, "RSA", [], [:], ["kty": "oct"], ["kty": 1], ["kty": "RSA"],
      .object(rsa.merging(["key_ops": "sign"]) { $1 }),
      .object(rsa.merging(["key_ops": [1]]) { $1 }), .object(ec.merging(["crv": "P-384"]) { $1 }),
      .object(ec.merging(["crv": nil]) { $1 }), .object(ec.merging(["kty": "RSA"]) { $1 }),
    ]
    for members in [rsa, ec] {
      for name in members.keys where !["kty", "crv"].contains(name) {
        for value: JSONTree in [
          nil, 1, "", "!", "=", "a b", .string(String(repeating: "A", count: 2049)), "AQAB",
        ] where members[name] != value {
          wrong.append(.object(members.merging([name: value]) { $1 }))
        }
        var less = members
        less[name] = nil
        wrong.append(.object(less))
      }
    }
    let secrets = ["d", "p", "q", "dp", "dq", "qi"].compactMap { rsa[$0] ?? ec[$0] }
    for document in wrong {
      let error = #expect(throws: AzureError.self, "\(document)") { try JWK(document) }
      #expect(error?.code == .keyInvalid && error?.status == 400)
      for case .string(let secret) in secrets {
        #expect(error?.message.contains(secret) == false)
      }
    }
  }

  @Test(arguments: [("AA", [0]), ("_-8", [255, 239]), ("AQAB", [1, 0, 1]), ("", [])])
  func `base64url is read and written`(text: String, bytes: [UInt8]) {
    #expect(Data(base64URL: text).map { [UInt8]($0) } == bytes)
    #expect(Data(bytes).base64URL == text)
  }

  @Test(arguments: ["A", "+A", "/A", "A=B", "AA\n", "é"])
  func `what is no base64url is not read`(text: String) { #expect(Data(base64URL: text) == nil) }
}
