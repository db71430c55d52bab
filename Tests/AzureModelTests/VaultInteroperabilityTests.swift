import AzureModel
import CryptoEngine
import FoundationEssentials
import Peers
import TestData
import Testing

/// What a vault makes with a key, other implementations open and verify, and the other way round.
@Suite struct VaultInteroperabilityTests {
  /// A world with a key that others hold too: a vault gives no private key away.
  private func world(_ algorithm: Algorithm) throws -> (World, KeyID, pem: String, public: String) {
    let world = try World()
    try world.vault()
    let text: String
    if let curve = algorithm.curve {
      text = try Material.get(curve).pkcs8().withUnsafeBytes { pem("PRIVATE KEY", $0) }
    } else {
      text = String(decoding: try VectorFile.bytes("kms-test-key-1.pem"), as: UTF8.self)
    }
    let key = try PrivateKey(pem: Array(text.utf8))
    let kid = try world.azure.importKey(
      KeyOptions(vault: "MyKeyVault", name: "k"),
      privateKey: key,
      context: world.context
    ).kid
    // The public half as the vault tells it.
    let der: [UInt8]
    switch try #require(try world.azure.findKey(kid)).publicNumbers {
    case .rsa(let n, let e):
      der = try RSAPublicKey(modulus: Array(n), exponent: Array(e)).der()
    case .ec(let curve, let x, let y):
      der = try ECPublicKey(curve: curve, x: Array(x), y: Array(y)).der()
    }
    return (world, kid, text, pem("PUBLIC KEY", der))
  }

  private static var peers: [any Peer.Type] { [OpenSSLPeer.self, PythonPeer.self] }

  @Test(arguments: Algorithm.encrypting)
  func `ciphertexts of a vault open elsewhere, and others' in the vault`(
    algorithm: Algorithm
  ) throws {
    let (world, kid, pem, publicPEM) = try world(algorithm)
    let name = EncryptionAlgorithm(rawValue: algorithm.rawValue)
    let text = try Random.bytes(32)
    let sealed = try [
      world.azure.encrypt(
        kid,
        algorithm: name,
        value: SecretBytes(copying: text),
        context: world.context
      ),
      world.azure.wrap(
        kid,
        algorithm: name,
        value: SecretBytes(copying: text),
        context: world.context
      ),
    ].map(\.value)
    for peer in Self.peers {
      let answers = try peer.answer(
        sealed.map { Request(.decrypt, algorithm, key: pem, $0) }
          + [Request(.encrypt, algorithm, key: publicPEM, text)]
      )
      #expect(answers[0] == text && answers[1] == text)
      let opened = try [
        world.azure.decrypt(kid, algorithm: name, value: answers[2], context: world.context),
        world.azure.unwrap(kid, algorithm: name, value: answers[2], context: world.context),
      ]
      #expect(opened.allSatisfy { $0.value == SecretBytes(copying: text) })
    }
  }

  @Test(arguments: Algorithm.signing)
  func `signatures of a vault verify elsewhere, and others' in the vault`(
    algorithm: Algorithm
  ) throws {
    let (world, kid, pem, publicPEM) = try world(algorithm)
    let name = SignatureAlgorithm(rawValue: algorithm.rawValue)
    let hash = algorithm.scheme?.hash ?? algorithm.curve?.hash ?? .sha384
    let digest = try Digest.hash(Array("message".utf8), hash)
    let signature = try world.azure.sign(
      kid,
      algorithm: name,
      digest: digest,
      context: world.context
    ).value
    #expect(signature.count == algorithm.curve?.signatureByteCount ?? 256)
    for peer in Self.peers {
      let verifying = Request(.verify, algorithm, key: publicPEM, digest, signature: signature)
      #expect(try peer.answer([verifying]) == [[1]])
      guard peer.can(.sign, algorithm) else { continue }
      let answers = try peer.answer([Request(.sign, algorithm, key: pem, digest)])
      let isGood = try world.azure.verify(
        kid,
        algorithm: name,
        digest: digest,
        signature: try #require(answers.first),
        context: world.context
      )
      #expect(isGood)
    }
  }
}
