import CryptoEngine
import EncryptionAtRest
import Foundation
import TestData
import Testing

/// What a real cluster stored through every provider.
@Suite struct FixtureTests {
  static func configuration(_ name: String) throws -> EncryptionConfiguration {
    var options = EncryptionConfiguration.Options(path: name)
    options.allowsKMSv1 = true
    return try EncryptionConfiguration(
      parsing: Fixtures.bytes("configs/\(name)"),
      options: options
    )
  }

  private func transformers() throws -> ConfiguredTransformers {
    let plugin = try VectorKeyService(Fixtures.file()) { try Fixtures.bytes($0) }
    let transformers = ConfiguredTransformers(try Self.configuration("07-decrypt-all.yaml")) { _ in
      plugin
    }
    for provider in transformers.kmsProviders { try provider.check(now: .now) }
    return transformers
  }

  @Test func `each value opens to the recorded object, and only under its key`() throws {
    let transformers = try transformers()
    let entries = try Fixtures.entries()
    #expect(!entries.isEmpty)
    for entry in entries {
      let path = entry.text("etcd_key")
      let what = Comment(rawValue: path)
      let resource = try #require(RegistryPath(path)).resource
      let transformer = transformers.transformer(forResource: resource)
      let stored = try Fixtures.value(entry)
      let opened = try transformer.open(stored, storagePath: path, now: .now)
      #expect(try Digest.sha256(opened.plaintext).lowerHex == entry.text("plaintext_sha256"), what)
      if entry["plaintext_b64"] != nil {
        #expect(opened.plaintext == entry.base64("plaintext_b64"), what)
      }
      // The configuration writes in clear: all that is sealed is stale.
      let provider = StoredProvider(classifying: stored)
      #expect(provider.rawValue == entry.text("provider"), what)
      #expect(opened.isStale == (provider != .identity), what)
      guard [.aesgcm, .kmsV1, .kmsV2].contains(provider) else { continue }
      #expect(throws: AtRestError.self, what) {
        try transformer.open(stored, storagePath: path + "x", now: .now)
      }
    }
  }

  @Test func `an audit tells each value as it was written`() throws {
    var options = Audit.Options()
    options.configuration = try Self.configuration("07-decrypt-all.yaml")
    options.keys = try Fixtures.file().list("kms_keys").map {
      try AuditKey(keyID: $0.text("kid"), pem: Fixtures.bytes($0.text("pem")))
    }
    var audit = Audit(options)
    for entry in try Fixtures.entries() {
      let path = entry.text("etcd_key")
      let what = Comment(rawValue: path)
      let inspected = audit.inspect(try Fixtures.value(entry), at: path)
      let value = try #require(inspected)
      let isSealed = entry.text("provider") != "identity"
      #expect(value.header.provider.rawValue == entry.text("provider"), what)
      #expect(value.header.name == entry["name"] as? String, what)
      #expect(value.keyID == (entry["key_id"] ?? entry["kid_tried"]) as? String, what)
      #expect(value.isOpened == (isSealed ? true : nil), what)
      #expect(value.isStale == isSealed, what)
      #expect(value.problem == nil && !value.isExposed, what)
    }
    let count = try Fixtures.entries().count
    #expect(audit.totals.values == count)
  }
}
