import CryptoEngine
import Peers
import TestData
import Testing

/// Every algorithm of Key Vault, in both directions, with two other implementations.
@Suite struct InteroperabilityTests {
  enum PeerName: String, CaseIterable {
    case openssl, cryptography

    var peer: any Peer.Type {
      switch self {
      case .openssl: OpenSSLPeer.self
      case .cryptography: PythonPeer.self
      }
    }
  }

  private static let rsaKeys = Result {
    try [
      RSAPrivateKey(pem: VectorFile.bytes("kms-test-key-1.pem")),
      RSAPrivateKey(pem: VectorFile.bytes("kms-test-key-2.pem")),
      RSAPrivateKey.generate(bitCount: 4096),
    ]
  }

  @Test(arguments: PeerName.allCases, Algorithm.encrypting)
  func `ciphertexts open there and here, of each size of key`(
    name: PeerName,
    algorithm: Algorithm
  ) throws {
    let padding = try #require(algorithm.padding)
    var requests: [Request] = []
    var texts: [(key: RSAPrivateKey, text: [UInt8])] = []
    for key in try Self.rsaKeys.get() {
      for count in [1, 32, key.publicKey.plaintextByteCountMax(padding)] {
        let text = try Random.bytes(count)
        let sealed = try key.publicKey.encrypt(SecretBytes(copying: text), padding: padding)
        requests.append(Request(.decrypt, algorithm, key: try key.pem(), sealed))
        requests.append(Request(.encrypt, algorithm, key: try key.publicKey.pem(), text))
        texts.append((key, text))
      }
    }
    let answers = try name.peer.answer(requests)
    for (index, (key, text)) in texts.enumerated() {
      #expect(answers[2 * index] == text)
      let opened = try key.decrypt(answers[2 * index + 1], padding: padding)
      #expect(opened == SecretBytes(copying: text))
    }
  }

  @Test(arguments: PeerName.allCases, Algorithm.signing)
  func `signatures verify there and here, and damaged ones in neither place`(
    name: PeerName,
    algorithm: Algorithm
  ) throws {
    let canSign = name.peer.can(.sign, algorithm)
    let keys = try SigningKey.all(for: algorithm)
    let digests = try keys.map { try Random.bytes($0.digestByteCount) }
    let answers = try name.peer.answer(
      zip(keys, digests).flatMap { key, digest in
        let (signature, publicPEM) = (try key.sign(digest), try key.publicPEM())
        let verifying = [signature, signature.flipping(77)].map {
          Request(.verify, algorithm, key: publicPEM, digest, signature: $0)
        }
        return canSign
          ? verifying + [Request(.sign, algorithm, key: try key.pem(), digest)] : verifying
      }
    )
    let answerCount = answers.count / keys.count
    for (index, (key, digest)) in zip(keys, digests).enumerated() {
      let answers = Array(answers[(index * answerCount)..<((index + 1) * answerCount)])
      #expect(answers[0] == [1])
      #expect(answers[1] == [0])
      guard canSign else { continue }
      #expect(try key.verify(answers[2], of: digest))
      #expect(try !key.verify(answers[2].flipping(77), of: digest))
    }
  }

  @Test func `some peer does each thing`() {
    for algorithm in Algorithm.allCases {
      for verb in [Request.Verb.encrypt, .decrypt, .sign, .verify] {
        #expect(PeerName.allCases.contains { $0.peer.can(verb, algorithm) })
      }
    }
    #expect(PeerName.allCases.map { $0.peer.can(.sign, .rsNull) } == [true, false])
  }

  /// A key that signs with one algorithm.
  private enum SigningKey {
    case rsa(RSAPrivateKey, RSASignatureScheme)
    case ec(ECPrivateKey)

    static func all(for algorithm: Algorithm) throws -> [SigningKey] {
      if let scheme = algorithm.scheme { return try rsaKeys.get().map { .rsa($0, scheme) } }
      let curve = try #require(algorithm.curve)
      return try (0..<2).map { _ in .ec(try ECPrivateKey.generate(curve)) }
    }

    var digestByteCount: Int {
      switch self {
      case .rsa(_, let scheme): scheme.hash?.byteCount ?? 51
      case .ec(let key): key.curve.hash.byteCount
      }
    }

    func sign(_ digest: [UInt8]) throws -> [UInt8] {
      switch self {
      case .rsa(let key, let scheme): try key.sign(digest, scheme: scheme)
      case .ec(let key): try key.sign(digest)
      }
    }

    func verify(_ signature: [UInt8], of digest: [UInt8]) throws -> Bool {
      switch self {
      case .rsa(let key, let scheme):
        try key.publicKey.verify(signature, of: digest, scheme: scheme)
      case .ec(let key): try key.publicKey.verify(signature, of: digest)
      }
    }

    func pem() throws -> String {
      switch self {
      case .rsa(let key, _): try key.pem()
      case .ec(let key): try key.pkcs8().pem()
      }
    }

    func publicPEM() throws -> String {
      switch self {
      case .rsa(let key, _): try key.publicKey.pem()
      case .ec(let key): try Peers.pem("PUBLIC KEY", key.publicKey.der())
      }
    }
  }
}

extension SecretBytes {
  /// A private key in PKCS #8, as PEM text.
  func pem() -> String { withUnsafeBytes { Peers.pem("PRIVATE KEY", $0) } }
}

extension RSAPrivateKey {
  func pem() throws -> String { try pkcs8().pem() }
}

extension RSAPublicKey {
  func pem() throws -> String { try Peers.pem("PUBLIC KEY", der()) }
}
