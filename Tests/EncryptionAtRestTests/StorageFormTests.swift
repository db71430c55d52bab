import CryptoEngine
import Foundation
import Testing

@testable import EncryptionAtRest

/// Objects and envelopes in the bytes of a real API server.
@Suite struct StorageFormTests {
  @Test
  func `a Secret in protobuf form comes back byte for byte, in JSON form with the same content`()
    throws
  {
    let vectors = try VectorFile.json("protobuf.json").list("secrets")
    #expect(!vectors.isEmpty)
    for vector in vectors {
      let bytes = vector.base64("storage_protobuf_b64")
      let secret = try KubernetesSecret(storageBytes: bytes)
      // Go, too, reads a nil value as an empty one, and then writes it.
      if vector.text("id") == "empty-and-nil-values" {
        #expect(secret.data == ["empty": [], "nil": []])
      } else {
        #expect(secret.storageBytes() == bytes, "\(vector.text("id"))")
      }
      let fromJSON = try KubernetesSecret(storageBytes: Array(vector.text("storage_json").utf8))
      #expect(fromJSON.name == secret.name && fromJSON.namespace == secret.namespace)
      #expect(fromJSON.type == secret.type && fromJSON.data == secret.data, "\(vector.text("id"))")
    }
  }

  @Test func `a Secret cut short is refused`() throws {
    let vectors = try VectorFile.json("protobuf.json").list("secrets")
    let typical = try #require(vectors.first { $0.text("id") == "service-account-token" })
    let bytes = typical.base64("storage_protobuf_b64")
    // The last four bytes are two empty fields, which may be left out; cut before its content,
    // after 18 bytes, it is an empty Secret to a real server too.
    for count in 0..<bytes.count - 4 where count != 18 {
      #expect(throws: AtRestError.self, "\(count)") {
        try KubernetesSecret(storageBytes: Array(bytes.prefix(count)))
      }
    }
  }

  @Test func `an envelope encodes to the real bytes and parses back`() throws {
    let vectors = try VectorFile.json("protobuf.json").list("encrypted_objects")
    #expect(!vectors.isEmpty)
    for vector in vectors {
      let annotations = (vector["annotations_hex"] as? [String: String] ?? [:])
        .mapValues { [UInt8](hex: $0) }
      let object = EncryptedObject(
        encryptedData: vector.hex("encrypted_data_hex"),
        source: WrappedSource(
          ciphertext: vector.hex("encrypted_dek_source_hex"),
          keyID: vector.text("key_id"),
          annotations: annotations
        ),
        sourceType: try #require(
          DEKSourceType(rawValue: Int32(vector["encrypted_dek_source_type"] as? Int ?? -1))
        )
      )
      #expect(object.bytes() == vector.hex("bytes_hex"), "\(vector.text("id"))")
      #expect(try EncryptedObject(parsing: object.bytes()) == object, "\(vector.text("id"))")
    }
  }

  @Test func `every entry of a real etcd that holds a Secret re-encodes byte for byte`() throws {
    var count = 0
    for entry in try Fixtures.entries() where entry.text("encoding") == "protobuf" {
      guard entry.text("etcd_key").hasPrefix("/registry/secrets/") else { continue }
      let plaintext = entry.base64("plaintext_b64")
      guard !plaintext.isEmpty else { continue }
      let secret = try KubernetesSecret(storageBytes: plaintext)
      #expect(secret.storageBytes() == plaintext, "\(entry.text("etcd_key"))")
      #expect(entry.text("etcd_key").hasSuffix("/\(secret.namespace)/\(secret.name)"))
      count += 1
    }
    #expect(count > 30)
  }

  @Test func `identity gives back what is plain and refuses what is sealed`() throws {
    let file = try VectorFile.json("identity.json")
    for vector in file.list("encrypted") + file.list("reads") {
      let stored = vector.base64("stored_b64")
      let plain = PlaintextTransformer()
      // A resource that no rule names is read without a chain.
      let reader: any Transformer =
        vector.text("config") == "no-rule" ? plain : TransformerChain([plain])
      let expect = (vector["expect"] ?? vector["read_back"]) as? [String: Any] ?? [:]
      do throws(AtRestError) {
        let opened = try reader.open(stored, storagePath: vector.text("etcd_key"), now: .now)
        #expect(expect["ok"] as? Bool == true, "\(vector.text("id"))")
        #expect(opened == OpenedValue(plaintext: stored, isStale: false))
      } catch {
        #expect(expect["ok"] as? Bool == false, "\(vector.text("id"))")
        #expect(error.message == expect.text("error"))
      }
    }
  }
}
