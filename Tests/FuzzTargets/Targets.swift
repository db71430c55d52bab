import CryptoEngine
import EncryptionAtRest
import EtcdSnapshot
import Foundation

/// What is fuzzed.
///
/// An input may be refused with an error, and what is accepted must hold what it promises; anything
/// else ends the program.
public enum Targets {
  /// Each target by its name.
  public static let all: [String: @Sendable ([UInt8]) -> Void] = [
    "stored-value": storedValue, "envelope": envelope, "secret": secret,
    "configuration": configuration, "snapshot": snapshot, "canary": canary,
  ]

  /// Must fail: a fuzzer that sees its way through the code finds the word within seconds.
  @Sendable static func canary(_ input: [UInt8]) {
    guard input.count == 3, input[0] == UInt8(ascii: "k") else { return }
    guard input[1] == UInt8(ascii: "m") else { return }
    guard input[2] == UInt8(ascii: "s") else { return }
    preconditionFailure("the canary is found")
  }

  /// A plugin that gives every value the same key.
  private struct OneKey: KeyService {
    func status() -> KeyServiceStatus {
      KeyServiceStatus(version: "v2", healthz: "ok", keyID: "key")
    }
    func encrypt(_ plaintext: SecretBytes, uid: String) -> WrappedSource {
      WrappedSource(ciphertext: [1], keyID: "key", annotations: [:])
    }
    func decrypt(_ source: WrappedSource, uid: String) -> SecretBytes { secret }
    func versionV1() -> String { "v1beta1" }
    func encryptV1(_ plaintext: SecretBytes) -> [UInt8] { [1] }
    func decryptV1(_ ciphertext: [UInt8]) -> SecretBytes { secret }
    private var secret: SecretBytes { SecretBytes(copying: [UInt8](repeating: 7, count: 32)) }
  }

  private static let providers: [any Transformer] = {
    let keys = [
      LocalKey(name: "k", secret: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
    ]
    let v2 = KMSv2Provider(name: "k", service: OneKey())
    try? v2.check(now: .now)
    return [
      PlaintextTransformer(), LocalKeysProvider(.aescbc, keys: keys),
      LocalKeysProvider(.aesgcm, keys: keys), LocalKeysProvider(.secretbox, keys: keys),
      KMSv1Provider(name: "k", service: OneKey()), v2,
    ]
  }()

  /// Without anything, and with keys, a configuration and a key to be retired.
  private static let auditOptions: [Audit.Options] = {
    let bytes = [UInt8](repeating: 7, count: 32)
    let keys = [LocalKey(name: "k", secret: SecretBytes(copying: bytes))]
    let kms = EncryptionConfiguration.KMSConfiguration(
      apiVersion: .v2,
      name: "k",
      endpoint: "unix:///k"
    )
    var options = Audit.Options()
    options.configuration = EncryptionConfiguration(
      rules: [
        EncryptionConfiguration.Rule(
          resources: ["secrets"],
          providers: [
            .kms(kms), .aescbc(keys), .aesgcm(keys), .secretbox(keys), .identity,
          ]
        )
      ]
    )
    options.keys = [AuditKey(keyID: "key") { _, _ in SecretBytes(copying: bytes) }]
    options.retire = "key"
    return [Audit.Options(), options]
  }()

  /// The first byte chooses the provider, or all of them; the audit looks at the value too.
  @Sendable static func storedValue(_ input: [UInt8]) {
    guard let first = input.first else { return }
    var body = Array(input.dropFirst())
    let choice = Int(first) % (providers.count + 1)
    let chain = TransformerChain(providers)
    if choice < providers.count {
      let provider = providers[choice]
      let mark: [UInt8] = provider is LocalKeysProvider ? [0x6B, 0x3A] : []
      body = provider.prefix + mark + body
    }
    let opened = try? chain.open(body, storagePath: "/registry/secrets/a/b", now: .now)
    if choice == 0, let opened { precondition(opened.plaintext == body) }
    for options in auditOptions {
      var audit = Audit(options)
      let value = audit.inspect(body, at: "/registry/secrets/a/b")
      precondition(value?.path.namespace == "a" && audit.totals.values == 1)
      // What names the key, or tells none, never makes the key safe to retire.
      let mayNeed = value?.needsRetired == .yes || value?.needsRetired == .maybe
      precondition(options.retire == nil || audit.verdict.isSafe == !mayNeed)
      _ = audit.verdict.text
    }
    _ = RegistryPath(String(decoding: body, as: UTF8.self))
  }

  @Sendable static func envelope(_ input: [UInt8]) {
    guard let object = try? EncryptedObject(parsing: input) else { return }
    let again = try? EncryptedObject(parsing: object.bytes())
    precondition(again == object)
    _ = object.parts
  }

  @Sendable static func secret(_ input: [UInt8]) {
    guard let secret = try? KubernetesSecret(storageBytes: input) else { return }
    for form in [KubernetesSecret.StorageForm.protobuf, .json] {
      // The fields of a manager may be no JSON; then there is no such form.
      guard let bytes = try? secret.storageBytes(form) else {
        precondition(form == .json)
        continue
      }
      guard let again = try? KubernetesSecret(storageBytes: bytes) else {
        preconditionFailure("what was written is not read")
      }
      precondition(again.name == secret.name && again.data == secret.data)
      // A null value of JSON is an empty one once it went through protobuf; then nothing changes.
      let settled = (try? again.storageBytes(form)) ?? []
      let last = (try? KubernetesSecret(storageBytes: settled)).flatMap {
        try? $0.storageBytes(form)
      }
      precondition(last == settled && settled.count <= bytes.count + 2 * again.data.count)
    }
  }

  @Sendable static func configuration(_ input: [UInt8]) {
    var options = EncryptionConfiguration.Options(path: "f")
    options.allowsKMSv1 = true
    guard let read = try? EncryptionConfiguration(parsing: input, options: options) else { return }
    _ = read.providers(forResource: "secrets")
    _ = read.closeGracePeriod
    guard let yaml = try? read.yaml() else { preconditionFailure("no YAML") }
    guard yaml.utf8.count < 1 << 20 else { return }
    guard
      let again = try? EncryptionConfiguration(parsing: Array(yaml.utf8), options: options),
      (try? again.yaml()) == yaml
    else { preconditionFailure("its own YAML is refused") }
  }

  private static let file = "/dev/shm/kmsh-fuzz-\(getpid())"

  /// The input is the database; checksum and hash are set right, so that damage is not found there.
  @Sendable static func snapshot(_ input: [UInt8]) {
    var bytes = input
    if bytes.count >= 80 {
      let sum = bytes[16..<72].reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
        ($0 ^ UInt64($1)) &* 0x0100_0000_01B3
      }
      bytes.replaceSubrange(72..<80, with: withUnsafeBytes(of: sum.littleEndian) { Array($0) })
    }
    bytes += [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    bytes += (try? Digest.sha256(bytes)) ?? []
    guard FileManager.default.createFile(atPath: file, contents: Data(bytes)) else { return }
    defer { unlink(file) }
    guard let snapshot = try? EtcdSnapshot(path: file) else { return }
    let all = try? snapshot.entries(prefix: "", after: nil, limit: .max)
    var audit = Audit(auditOptions[1])
    try? audit.run(snapshot)
    precondition(audit.totals.values <= snapshot.info.liveCount)
    for entry in all ?? [] {
      precondition((try? snapshot.entry(at: entry.key)) == entry)
    }
  }
}
