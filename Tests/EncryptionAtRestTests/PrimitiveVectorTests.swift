import CryptoEngine
import Foundation
import TestData
import Testing

@testable import EncryptionAtRest

/// The parts that providers are made of, and the messages of the plugin protocols.
@Suite struct PrimitiveVectorTests {
  @Test func `a seed seals and opens the real writer's data`() throws {
    let vectors = try VectorFile.json("primitives.json").list("extended_nonce_gcm")
    #expect(!vectors.isEmpty)
    for vector in vectors {
      let seed = SecretBytes(copying: vector.hex("seed_hex"))
      let path = vector.text("aad")
      let data = vector.hex("encrypted_data_hex")
      let random = vector.hex("info_hex") + vector.hex("nonce_hex")
      #expect(data == random + vector.hex("ciphertext_hex") + vector.hex("tag_hex"))
      let plaintext = vector.base64("plaintext_b64")
      let sealed = try SeedPayload.seal(
        plaintext,
        seed: seed,
        storagePath: path,
        header: [],
        tail: []
      ) { $0.copyBytes(from: random) }
      #expect(sealed == data)
      #expect(
        try SeedPayload.open(data, 0..<data.count, seed: seed, storagePath: path) == plaintext
      )
      let key = SecretBytes(copying: vector.hex("derived_key_hex"))
      let body = data.dropFirst(vector.hex("info_hex").count)
      #expect(
        try GCMBody.open(data, body.indices, key: key, storagePath: path) == plaintext
      )
    }
  }

  @Test func `the first writes under one key count from the real start`() throws {
    let file = try VectorFile.json("primitives.json")
    let vector = try #require(file["counter_nonce_gcm"] as? [String: Any])
    let key = SecretBytes(copying: vector.hex("key_hex"))
    let plaintext = Array(vector.text("plaintext").utf8)
    let writes = vector["first_writes_hex"] as? [String] ?? []
    #expect(!writes.isEmpty)
    for (index, text) in writes.enumerated() {
      let data = [UInt8](hex: text)
      let path = vector.text("aad")
      #expect(try GCMBody.open(data, 0..<data.count, key: key, storagePath: path) == plaintext)
      let nonce = Array(data.prefix(12))
      let counter = (0..<8).reduce(UInt64(0)) { $0 | UInt64(nonce[4 + $1]) << (8 * $1) }
      #expect(counter == KMSv2Provider.nonceCounterStart + UInt64(index) + 1)
      let sealed = try GCMBody.seal(
        plaintext,
        key: key,
        nonce: nonce,
        storagePath: path,
        header: []
      )
      #expect(sealed == data)
    }
  }

  /// Fields of the plugin protocols' messages by number.
  ///
  /// Source: specification §3.5 and §4.
  private static let fields: [String: [String]] = [
    "v2.StatusRequest": [], "v2.StatusResponse": ["version", "healthz", "key_id"],
    "v2.EncryptRequest": ["plaintext_hex", "uid"],
    "v2.EncryptResponse": ["ciphertext_hex", "key_id", "annotations"],
    "v2.DecryptRequest": ["ciphertext_hex", "uid", "key_id", "annotations"],
    "v2.DecryptResponse": ["plaintext_hex"], "v1beta1.VersionRequest": ["version"],
    "v1beta1.VersionResponse": ["version", "runtime_name", "runtime_version"],
    "v1beta1.EncryptRequest": ["version", "plain_hex"], "v1beta1.EncryptResponse": ["cipher_hex"],
    "v1beta1.DecryptRequest": ["version", "cipher_hex"], "v1beta1.DecryptResponse": ["plain_hex"],
  ]

  @Test func `messages of the plugin protocols read and write as the real ones`() throws {
    let vectors = try VectorFile.json("protobuf.json").list("messages")
    #expect(!vectors.isEmpty)
    for vector in vectors {
      let message = vector.text("message")
      let names = try #require(Self.fields[message])
      let values = vector["fields"] as? [String: Any] ?? [:]
      var writer = ProtobufWriter()
      for (number, name) in zip(UInt64(1)..., names) {
        if name == "annotations" {
          let annotations = values[name] as? [String: String] ?? [:]
          for (key, value) in annotations.inByteOrder {
            writer.mapEntry(number, key, value.utf8)
          }
        } else {
          let bytes = name.hasSuffix("_hex") ? values.hex(name) : Array(values.text(name).utf8)
          if !bytes.isEmpty { writer.field(number, bytes) }
        }
      }
      let bytes = vector.hex("bytes_hex")
      #expect(writer.bytes == bytes, "\(message)")
      var reader = ProtobufReader(bytes)
      while let field = try reader.next() {
        let name = names[Int(field.number) - 1]
        if name == "annotations" {
          let (key, value) = try reader.mapEntry(field.payload)
          let annotations = values[name] as? [String: String]
          #expect(annotations?[key] == String(decoding: value, as: UTF8.self))
        } else if name.hasSuffix("_hex") {
          #expect(bytes[field.payload].elementsEqual(values.hex(name)))
        } else {
          #expect(try reader.text(field.payload) == values.text(name))
        }
      }
    }
  }

  @Test func `what the plugin for Key Vault wrapped opens with its key`() throws {
    let file = try VectorFile.json("azure-plugin.json")
    let key = try #require(file["kms_key"] as? [String: Any])
    var options = Audit.Options()
    let pem = try VectorFile.bytes(key.text("pem"))
    options.keys = [try AuditKey(keyID: key.text("kid"), pem: pem)]
    options.retire = key.text("kid")
    var audit = Audit(options)
    let stored = file.list("stored")
    #expect(!stored.isEmpty)
    for vector in stored {
      let inspected = audit.inspect(vector.base64("stored_b64"), at: vector.text("etcd_key"))
      let value = try #require(inspected)
      #expect(value.isOpened == true && value.problem == nil)
      #expect(value.keyID == vector.text("key_id") && value.header.sourceType == .seed)
      #expect(value.header.prefix == Array(vector.text("stored_prefix").utf8))
    }
    #expect(audit.verdict.needs == stored.count)
    for vector in (file["functions"] as? [String: Any] ?? [:]).list("key_id")
    where vector.text("error").isEmpty {
      let vault = vector.text("vault_url").hasSuffix("/") ? "" : "/"
      let kid =
        "\(vector.text("vault_url"))\(vault)keys/\(vector.text("key_name"))/"
        + vector.text("key_version")
      #expect(KeyReference(kid).match(vector.text("key_id")) == .yes, "\(kid)")
    }
  }

  @Test func `an audit tells ten thousand keys apart and counts the rest together`() throws {
    var audit = Audit(Audit.Options())
    let count = AuditTotals.countMax + 5
    for number in 0..<count {
      let object = EncryptedObject(
        encryptedData: [1],
        source: WrappedSource(ciphertext: [1], keyID: "key-\(number)", annotations: [:]),
        sourceType: .seed
      )
      let stored = KMSv2Provider.prefix(name: "p") + object.bytes()
      _ = audit.inspect(stored, at: "/registry/r\(number)/a/b")
    }
    #expect(audit.totals.values == count && audit.totals.groups.count == AuditTotals.countMax)
    #expect(audit.totals.resources.count == AuditTotals.countMax)
    #expect(audit.totals.furtherGroups.values == 5 && audit.totals.furtherResources.values == 5)
  }

  @Test func `a cache with a limit forgets, and the source is asked for again`() throws {
    let plugin = try VectorKeyService(VectorFile.json("kms-v2-seed.json"))
    let provider = KMSv2Provider(name: "p", service: plugin)
    var stored: [[UInt8]] = []
    for name in ["a", "b", "c"] {
      let writer = KMSv2Provider(name: "p", service: plugin)
      try writer.check(now: .now)
      stored.append(try writer.seal(Array(name.utf8), storagePath: "/x", now: .now))
    }
    let reader = KMSv2Reader(sourceCountMax: 2) { try plugin.decrypt($0, uid: "") }
    for value in stored + stored {
      _ = try reader.open(value, from: provider.prefix.count, storagePath: "/x", now: .now)
      #expect(reader.knownCount <= 2)
    }
  }
}
