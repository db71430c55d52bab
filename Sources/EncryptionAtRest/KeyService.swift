public import CryptoEngine

/// What a KMS v2 plugin answers to `Status`.
///
/// Source: KMS v2 `StatusResponse`.
public struct KeyServiceStatus: Hashable, Sendable {
  /// Protocol version the plugin speaks: `v2` or `v2beta1`.
  public let version: String
  /// `ok` when healthy, anything else is a problem told in words.
  public let healthz: String
  /// Identifier of the key that `encrypt` uses now.
  public let keyID: String

  /// Makes an answer as it came off the plugin, unchecked.
  public init(version: String, healthz: String, keyID: String) {
    self.version = version
    self.healthz = healthz
    self.keyID = keyID
  }
}

/// A DEK source as the key service wrapped it.
///
/// Source: KMS v2 `EncryptResponse`.
public struct WrappedSource: Hashable, Sendable {
  /// What the API server keeps and hands back for unwrapping; 1 to 1024 bytes.
  public let ciphertext: [UInt8]
  /// Key that wrapped it; 1 to 1024 bytes.
  public let keyID: String
  /// Plaintext metadata the plugin returns and gets back.
  public let annotations: [String: [UInt8]]

  /// Makes an answer as it came off the plugin, unchecked.
  public init(ciphertext: [UInt8], keyID: String, annotations: [String: [UInt8]]) {
    self.ciphertext = ciphertext
    self.keyID = keyID
    self.annotations = annotations
  }
}

/// The KMS plugin's face: the only way from a stored object to a key.
///
/// The modelled vault plugin conforms today; a client of a real plugin over gRPC will. What an
/// implementation throws is shown as the cause of the failed operation.
///
/// A plugin that does not serve v1 answers it as gRPC does for an unknown service.
///
/// Source: `KeyManagementService` of KMS v2 and of KMS v1beta1.
public protocol KeyService: Sendable {
  /// Asks whether the plugin works, and with which key.
  func status() throws -> KeyServiceStatus
  /// Wraps a DEK source under the current key.
  func encrypt(_ plaintext: SecretBytes, uid: String) throws -> WrappedSource
  /// Unwraps what `encrypt` returned; key id and annotations come back exactly as given.
  func decrypt(_ source: WrappedSource, uid: String) throws -> SecretBytes

  /// The protocol's version that v1 speaks: `v1beta1`.
  func versionV1() throws -> String
  /// Wraps a data key by v1.
  func encryptV1(_ plaintext: SecretBytes) throws -> [UInt8]
  /// Unwraps what `encryptV1` returned; the bytes alone must tell the key.
  func decryptV1(_ ciphertext: [UInt8]) throws -> SecretBytes
}

extension KeyService {
  private var noV1: KeyServiceError {
    KeyServiceError(
      status: "Unimplemented",
      message: "unknown service v1beta1.KeyManagementService"
    )
  }

  /// Refuses, as a plugin without v1 does.
  public func versionV1() throws -> String { throw noV1 }

  /// Refuses, as a plugin without v1 does.
  public func encryptV1(_ plaintext: SecretBytes) throws -> [UInt8] { throw noV1 }

  /// Refuses, as a plugin without v1 does.
  public func decryptV1(_ ciphertext: [UInt8]) throws -> SecretBytes { throw noV1 }
}

/// A failure of the plugin as a gRPC status.
public struct KeyServiceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Name of the gRPC status code, such as `Unknown` or `DeadlineExceeded`.
  public let status: String
  /// What the plugin says.
  public let message: String

  /// Makes a failure of the given status.
  public init(status: String = "Unknown", message: String) {
    self.status = status
    self.message = message
  }

  /// The failure as a gRPC client prints it.
  public var description: String { "rpc error: code = \(status) desc = \(message)" }
}
