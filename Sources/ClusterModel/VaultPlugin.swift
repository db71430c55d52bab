public import AzureModel
public import CryptoEngine
public import EncryptionAtRest
internal import FoundationEssentials
internal import Synchronization

/// The KMS plugin of a cluster: two slots of keys in a vault, reached as the cluster's identity.
///
/// Encrypt and Status use the first slot; Decrypt goes to the slot that the key id names. Version 1
/// names none and uses the first slot alone: there a plugin serves one key.
///
/// Source: Kubernetes specification §9; seed rules R76 to R79.
final class VaultPlugin: KeyService {
  static let algorithm = EncryptionAlgorithm.rsaOAEP256
  static let algorithmV1 = EncryptionAlgorithm.rsa15
  static let algorithmAnnotation = "algorithm.azure.akv.io"
  private static let versionAnnotation = "version.azure.akv.io"
  private static let version = "1"

  private let azure: Azure
  private let slots: [KeyID]
  private let caller: Mutex<PluginCaller>

  convenience init(azure: Azure, slots: [KeyID], context: CallContext) {
    self.init(azure: azure, slots: slots, caller: PluginCaller(context: context))
  }

  init(azure: Azure, slots: [KeyID], caller: PluginCaller) {
    precondition(!slots.isEmpty)
    self.azure = azure
    self.slots = slots
    self.caller = Mutex(caller)
  }

  /// Serves the calls that follow at another time or as another identity.
  func serve(_ caller: PluginCaller) { self.caller.withLock { $0 = caller } }

  /// Time and identity of the call being served.
  var served: CallContext { caller.withLock { $0.context } }

  /// Serves the calls that follow at another time.
  func serve(at time: Date) { caller.withLock { $0.context.now = time } }

  /// `key_id` of a key: lower-case hex SHA-256 of its kid.
  static func keyID(_ key: KeyID) throws -> String {
    try Digest.sha256(key.description.utf8).lowerHex
  }

  /// Every key is tried: one that the plugin only decrypts with makes it unwell, not unable.
  ///
  /// Source: seed rules §17; Kubernetes specification §3.4: an unwell plugin turns health endpoints
  /// red, and writes go on.
  func status() throws -> KeyServiceStatus {
    try probe(slots[0])
    return KeyServiceStatus(
      version: "v2beta1",
      healthz: problem(of: slots.dropFirst()) ?? "ok",
      keyID: try Self.keyID(slots[0])
    )
  }

  private func problem(of keys: ArraySlice<KeyID>) -> String? {
    for key in keys {
      do { try probe(key) } catch { return "\(error)" }
    }
    return nil
  }

  /// A real round trip through the vault, which is what health means.
  func probe(_ key: KeyID) throws {
    let word = SecretBytes(copying: Array("healthcheck".utf8))
    let sealed = try seal(word, key)
    guard try open(sealed, key) == word else {
      throw KeyServiceError(message: "failed to decrypt, error: the round trip changed the text")
    }
  }

  func encrypt(_ plaintext: SecretBytes, uid: String) throws -> WrappedSource {
    let context = served
    let ciphertext = try seal(plaintext, slots[0])
    let vault = try azure.vault(named: slots[0].vault)
    let annotations = [
      "date.azure.akv.io": context.now.httpDate,
      "x-ms-request-id.azure.akv.io": try context.identifiers.guid(),
      "x-ms-keyvault-region.azure.akv.io": vault.location,
      Self.versionAnnotation: Self.version,
      Self.algorithmAnnotation: Self.algorithm.rawValue,
    ]
    return WrappedSource(
      ciphertext: [UInt8](Data(ciphertext).base64URL.utf8),
      keyID: try Self.keyID(slots[0]),
      annotations: annotations.mapValues { Array($0.utf8) }
    )
  }

  func decrypt(_ source: WrappedSource, uid: String) throws -> SecretBytes {
    guard !source.annotations.isEmpty else {
      throw KeyServiceError(message: "invalid annotations, annotations cannot be empty")
    }
    guard let key = try slots.first(where: { try Self.keyID($0) == source.keyID }) else {
      throw KeyServiceError(
        message: "key id \(source.keyID) does not match expected key id "
          + "\(try Self.keyID(slots[0])) used for encryption"
      )
    }
    let algorithm = text(source, Self.algorithmAnnotation)
    guard algorithm == Self.algorithm.rawValue else {
      throw KeyServiceError(
        message: "algorithm \(algorithm) does not match expected algorithm "
          + "\(Self.algorithm.rawValue) used for encryption"
      )
    }
    let version = text(source, Self.versionAnnotation)
    guard version == Self.version else {
      throw KeyServiceError(
        message:
          "version \(version) does not match expected version \(Self.version) used for encryption"
      )
    }
    try checkSidecar(of: key)
    return try open(Self.vaultCiphertext(source.ciphertext), key)
  }

  /// Refuses to decrypt with a key that fails the liveness probe, though the vault would.
  ///
  /// The probe encrypts as well as decrypts, every ten seconds; two failures restart the sidecar,
  /// again and again. Those seconds are not modelled: it counts as down as soon as it would fail.
  /// A vault that refuses to decrypt anyway is left to say so itself.
  ///
  /// Source: AKS specification §6; seed rules R108, R113.
  private func checkSidecar(of key: KeyID) throws {
    let caller = caller.withLock { $0 }
    guard !caller.isIdentityGone,
      try azure.refusal(ofUsing: key, for: [.decrypt], caller.context) == nil,
      let refusal = try azure.refusal(ofUsing: key, for: [.encrypt], caller.context)
    else { return }
    throw PluginFailure(service: PluginFailure.deadlineExceeded, vault: refusal)
  }

  // MARK: Version 1

  func versionV1() -> String { "v1beta1" }

  func encryptV1(_ plaintext: SecretBytes) throws -> [UInt8] {
    let sealed = try seal(plaintext, slots[0], Self.algorithmV1)
    return [UInt8](Data(sealed).base64URL.utf8)
  }

  /// The bytes name no key: the first one is tried.
  func decryptV1(_ ciphertext: [UInt8]) throws -> SecretBytes {
    let sealed = try Self.vaultCiphertext(ciphertext)
    try checkSidecar(of: slots[0])
    return try open(sealed, slots[0], Self.algorithmV1)
  }

  private func text(_ source: WrappedSource, _ name: String) -> String {
    String(decoding: source.annotations[name] ?? [], as: UTF8.self)
  }

  private func seal(
    _ plaintext: SecretBytes,
    _ key: KeyID,
    _ algorithm: EncryptionAlgorithm = algorithm
  ) throws -> [UInt8] {
    try told("encrypt", key) {
      try azure.encrypt(
        key,
        algorithm: algorithm,
        value: plaintext,
        context: served
      ).value
    }
  }

  private func open(
    _ ciphertext: [UInt8],
    _ key: KeyID,
    _ algorithm: EncryptionAlgorithm = algorithm
  ) throws -> SecretBytes {
    try told("decrypt", key) {
      try azure.decrypt(
        key,
        algorithm: algorithm,
        value: ciphertext,
        context: served
      ).value
    }
  }

  /// Makes a call as the identity, and words its failure as the plugin's client library does.
  private func told<Result>(
    _ verb: String,
    _ key: KeyID,
    _ body: () throws -> Result
  ) throws -> Result {
    guard !caller.withLock({ $0.isIdentityGone }) else {
      throw PluginFailure(noTokenFor: verb, key)
    }
    do {
      return try body()
    } catch let error as AzureError {
      throw PluginFailure(verb, key, error)
    }
  }
}

extension VaultPlugin {
  /// What the vault is asked to decrypt: the plugin stores it as base64url text.
  fileprivate static func vaultCiphertext(_ ciphertext: [UInt8]) throws -> [UInt8] {
    guard let bytes = Data(base64URL: String(decoding: ciphertext, as: UTF8.self)) else {
      throw KeyServiceError(message: "failed to decrypt, error: the ciphertext is no base64url")
    }
    return [UInt8](bytes)
  }
}

extension WrappedSource {
  /// Unwraps a source with a key of a vault, whichever plugin wrapped it: the vault-backed one,
  /// known by its annotations, or one that stores the bytes of RSA-OAEP-256 as they are.
  public func unwrapped(
    by key: KeyID,
    of azure: Azure,
    _ context: CallContext
  ) throws -> SecretBytes {
    let isOfVaultPlugin = annotations[VaultPlugin.algorithmAnnotation] != nil
    return try azure.decrypt(
      key,
      algorithm: VaultPlugin.algorithm,
      value: isOfVaultPlugin ? VaultPlugin.vaultCiphertext(ciphertext) : ciphertext,
      context: context
    ).value
  }
}

extension Date {
  /// The form of an HTTP `Date` header, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
  var httpDate: String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents(
      [.weekday, .day, .month, .year, .hour, .minute, .second],
      from: self
    )
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func two(_ value: Int?) -> String { ((value ?? 0) < 10 ? "0" : "") + "\(value ?? 0)" }
    let day = days[((parts.weekday ?? 1) - 1) % 7]
    let month = months[((parts.month ?? 1) - 1) % 12]
    return "\(day), \(two(parts.day)) \(month) \(parts.year ?? 0) "
      + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) GMT"
  }
}
