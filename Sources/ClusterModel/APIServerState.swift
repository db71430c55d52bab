internal import AzureModel
internal import CryptoEngine
internal import EncryptionAtRest
internal import FoundationEssentials

/// A source that an API server holds in clear, sealed under the workspace's root key.
struct KeptSource: Codable, Sendable {
  let sealed: Data
  let ciphertext: Data
  let keyID: String
  let annotations: [String: Data]

  init(_ secret: SecretBytes, _ wrapped: WrappedSource, _ store: any AzureStore) throws {
    sealed = Data(try store.sealMaterial(secret, name: Self.name(wrapped)))
    ciphertext = Data(wrapped.ciphertext)
    keyID = wrapped.keyID
    annotations = wrapped.annotations.mapValues { Data($0) }
  }

  /// What is sealed is bound to its wrapping.
  private static func name(_ wrapped: WrappedSource) throws -> String {
    "source \(try Digest.sha256(wrapped.ciphertext).lowerHex)"
  }

  var wrapped: WrappedSource {
    WrappedSource(
      ciphertext: [UInt8](ciphertext),
      keyID: keyID,
      annotations: annotations.mapValues { [UInt8]($0) }
    )
  }

  func secret(_ store: any AzureStore) throws -> SecretBytes {
    try store.openMaterial([UInt8](sealed), name: Self.name(wrapped))
  }
}

/// What an API server keeps of its KMS provider between processes of kmsh.
struct APIServerState: Record {
  static let kind = "api_server"
  let id: String
  var parent: String { "" }

  /// The write seed, which only v2 has.
  struct Seed: Codable, Sendable {
    let uid: String
    let source: KeptSource
    let expiry: Date
  }
  var seed: Seed?
  /// What the first acceptable Status called the protocol's version.
  var versionSeen: String?
  /// When the plugin was asked last, and what was wrong then.
  var lastCheck: Date
  var problem: String?

  var verdict: HealthVerdict { HealthVerdict(time: lastCheck, problem: problem) }
}

/// One entry of an API server's cache of unwrapped sources.
struct APIServerSource: Record {
  static let kind = "api_server_source"
  /// Cluster and hash of the wrapped source.
  let id: String
  let parent: String
  let type: Int32
  let source: KeptSource
  let expiry: Date
}
