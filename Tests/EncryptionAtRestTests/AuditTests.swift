import CryptoEngine
import Foundation
import TestData
import Testing

@testable import EncryptionAtRest

/// What an audit must never get wrong: whether a key can go, and what lies in clear.
@Suite struct AuditTests {
  private static let kid = "https://v.vault.azure.net/keys/k/3f1c9a5e0b7d4c2f8a6e1d5b9c0f7a31"

  private static func sealed(_ cipher: LocalKeysProvider.Cipher, _ name: String) throws -> [UInt8] {
    let secret = SecretBytes(copying: [UInt8](repeating: 3, count: 32))
    return try LocalKeysProvider(cipher, keys: [LocalKey(name: name, secret: secret)])
      .seal([1], storagePath: "/registry/secrets/a/b", now: .now)
  }

  private static func configuration(
    _ providers: String,
    resource: String = "secrets"
  ) throws -> EncryptionConfiguration {
    let text = EncryptionConfigurationTests.document(providers)
      .replacing("[secrets]", with: "[\(resource)]")
    return try EncryptionConfigurationTests.parse(text)
  }

  private static func key(_ name: String) -> String {
    let secret = Data([UInt8](repeating: 3, count: 32)).base64EncodedString()
    return "{name: \"\(name)\", secret: \(secret)}"
  }

  private func verdict(
    retire: String,
    _ values: [[UInt8]],
    _ change: (inout Audit.Options) throws -> Void = { _ in }
  ) throws -> AuditVerdict {
    var options = Audit.Options()
    options.retire = retire
    try change(&options)
    var audit = Audit(options)
    for value in values { _ = audit.inspect(value, at: "/registry/secrets/a/b") }
    return audit.verdict
  }

  private static func envelope(_ keyID: String) -> [UInt8] {
    let source = WrappedSource(ciphertext: [1], keyID: keyID, annotations: [:])
    let object = EncryptedObject(encryptedData: [1], source: source, sourceType: .seed)
    return KMSv2Provider.prefix(name: "p") + object.bytes()
  }

  @Test func `a damaged value needs the key it still names, or may need any`() throws {
    let start = KMSv2Provider.prefix(name: "p")
    let whole = Self.envelope(Self.kid)
    let unknownType = Array(whole.dropLast()) + [7]
    for (value, needs, mayNeed) in [
      (whole, 1, 0), (unknownType, 1, 0), (Array(whole.dropLast()), 1, 0), (start + [1], 1, 1),
      (start, 1, 1), (Array("k8s:enc:kms:v3:p:x".utf8), 1, 1), (Array("k8s:enc:".utf8), 1, 1),
      (Self.envelope("other"), 0, 0), (Array("{}".utf8), 0, 0),
    ] {
      let verdict = try verdict(retire: Self.kid, [value])
      #expect(verdict.needs == needs && verdict.mayNeed == mayNeed, "\(value.count)")
      #expect(verdict.isSafe == (needs == 0))
    }
  }

  @Test func `a key name may hold a colon`() throws {
    let value = try Self.sealed(.aescbc, "team:key1")
    #expect(try verdict(retire: "aescbc:team:key1", [value]).needs == 1)
    #expect(try verdict(retire: "aescbc:team:key2", [value]).needs == 0)
    #expect(try verdict(retire: "aesgcm:team:key1", [value]).needs == 0)
    var options = Audit.Options()
    options.configuration = try Self.configuration("aescbc: {keys: [\(Self.key("team:key1"))]}")
    var audit = Audit(options)
    let inspected = audit.inspect(value, at: "/registry/secrets/a/b")
    #expect(inspected?.header.name == "team:key1" && inspected?.isOpened == true)
  }

  @Test func `a bare name is the name of a key or of a provider`() throws {
    let values = [try Self.sealed(.aescbc, "old"), Self.envelope("key-1")]
    #expect(try verdict(retire: "old", values).needs == 1)
    #expect(try verdict(retire: "p", values).needs == 1)
    #expect(try verdict(retire: "key-1", values).needs == 1)
    #expect(try verdict(retire: "none", values).needs == 0)
    #expect(try verdict(retire: "none", values).text.contains("(no value names it)"))
  }

  @Test func `values of KMS v1 count for the key that opens them, by any of its names`() throws {
    let file = try VectorFile.json("kms-v1.json")
    let keys = try file.list("keys").filter { $0["pem"] != nil }.map {
      try AuditKey(keyID: $0.text("kid"), pem: VectorFile.bytes($0.text("pem")))
    }
    // Without a configuration a provider's name ends at its first colon.
    let values = file.list("encrypted").filter {
      $0.text("etcd_key").hasPrefix("/registry/")
        && $0.text("stored_prefix").utf8.count(where: { $0 == UInt8(ascii: ":") }) == 5
    }
    #expect(!values.isEmpty)
    for key in keys {
      let hash = try Digest.sha256(key.keyID.utf8).lowerHex
      var needs: Set<Int> = []
      for name in [key.keyID, hash, "sha256:\(hash)", key.keyID + "/"] {
        var options = Audit.Options()
        options.keys = keys
        options.retire = name
        var audit = Audit(options)
        for vector in values {
          let inspected = audit.inspect(
            vector.base64("stored_b64"),
            at: vector.text("etcd_key")
          )
          #expect(inspected?.isOpened == true, "\(vector.text("id"))")
        }
        needs.insert(audit.verdict.needs)
      }
      #expect(needs.count == 1)
    }
    // A key that unwraps to something else is not taken for the value's own.
    let wrong = AuditKey(keyID: "wrong") { _, _ in
      SecretBytes(copying: [UInt8](repeating: 1, count: 32))
    }
    var options = Audit.Options()
    options.keys = [wrong] + keys
    var audit = Audit(options)
    let vector = try #require(values.first)
    let inspected = audit.inspect(vector.base64("stored_b64"), at: vector.text("etcd_key"))
    #expect(inspected?.isOpened == true && inspected?.keyID != "wrong")
  }

  @Test func `the key that is written with cannot go`() throws {
    let current = try verdict(retire: Self.kid + "/", []) { $0.current = Self.kid }
    #expect(current.isSafe == false && current.isClean == false)
    #expect(current.text.contains(": no, 0 values still need it (no value names it), and it is"))
    let keys = "aescbc: {keys: [\(Self.key("new")), \(Self.key("old"))]}"
    for (name, isSafe) in [
      ("aescbc:new", false), ("new", false), ("aescbc:old", true), ("aesgcm:new", true),
    ] {
      let verdict = try verdict(retire: name, []) {
        $0.configuration = try Self.configuration(keys)
      }
      #expect(verdict.isSafe == isSafe, "\(name)")
    }
  }

  @Test func `Secrets must not lie in clear unless a rule says so`() throws {
    let plain = Array("{}".utf8)
    func audit(_ configuration: EncryptionConfiguration?) -> AuditVerdict {
      var options = Audit.Options()
      options.configuration = configuration
      var audit = Audit(options)
      _ = audit.inspect(plain, at: "/registry/secrets/a/b")
      _ = audit.inspect(plain, at: "/registry/configmaps/a/b")
      return audit.verdict
    }
    let keys = "aescbc: {keys: [\(Self.key("k"))]}"
    #expect(audit(nil).exposed == 1)
    #expect(audit(try Self.configuration(keys)).exposed == 1)
    #expect(audit(try Self.configuration(keys, resource: "configmaps")).exposed == 2)
    let clear = audit(try Self.configuration("identity: {}"))
    #expect(clear.exposed == 0 && clear.writesSecretsInClear)
    #expect(clear.text.contains("the configuration writes Secrets in clear"))
  }

  @Test func `a resource without a rule is read by a bare identity`() throws {
    var options = Audit.Options()
    options.configuration = try Self.configuration("identity: {}", resource: "configmaps")
    var audit = Audit(options)
    let inspected = audit.inspect(try Self.sealed(.aescbc, "k"), at: "/registry/secrets/a/b")
    #expect(inspected?.problem == "identity transformer tried to read encrypted data")
  }

  @Test func `plain bytes that are no object are told`() {
    for (text, isObject) in [("{}", true), ("k8s\0", true), ("hello", false), ("", false)] {
      var audit = Audit(Audit.Options())
      let inspected = audit.inspect(Array(text.utf8), at: "/registry/secrets/a/b")
      #expect((inspected?.problem == nil) == isObject, "\(text)")
    }
  }

  @Test func `gathered failures are told once each, whatever gathered them`() {
    var inner = ReadFailures()
    inner.add(AtRestError(.envelopeRejected, "a"))
    inner.add(AtRestError(.envelopeInvalid, "b"))
    var outer = ReadFailures()
    outer.add(inner.error(whenNone: ""))
    outer.add(AtRestError(.failed, "a"))
    outer.add(AtRestError(.failed, "c"))
    #expect(outer.error(whenNone: "").message == "[a, b, c]")
  }

  @Test func `large values are walked a few at a time`() throws {
    let store = MemoryKeyValueStore()
    for number in 0..<20 {
      _ = store.put(
        [UInt8](repeating: 0x7B, count: 1 << 20),
        at: "/registry/a/\(number)",
        ifRevision: nil
      )
    }
    let page = store.entries(prefix: "/registry/", after: nil, limit: 1000)
    #expect(page.count == StoredEntry.pageByteCountMax >> 20)
    var audit = Audit(Audit.Options())
    try audit.run(store)
    #expect(audit.totals.values == 20)
  }
}
