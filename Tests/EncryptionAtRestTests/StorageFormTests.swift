import CryptoEngine
import Foundation
import TestData
import Testing

@testable import EncryptionAtRest

/// Objects and envelopes in the bytes of a real API server.
@Suite struct StorageFormTests {
  @Test func `each storage form of a Secret becomes the other, byte for byte`() throws {
    let vectors = try VectorFile.json("protobuf.json").list("secrets")
    #expect(!vectors.isEmpty)
    for vector in vectors {
      let what = Comment(rawValue: vector.text("id"))
      let protobuf = vector.base64("storage_protobuf_b64")
      let json = Array(vector.text("storage_json").utf8)
      let fromJSON = try KubernetesSecret(storageBytes: json)
      #expect(try fromJSON.storageBytes(.json) == json, what)
      #expect(try fromJSON.storageBytes(.protobuf) == protobuf, what)
      let fromProtobuf = try KubernetesSecret(storageBytes: protobuf)
      // Go, too, reads a nil value of the protobuf form as an empty one, and then writes it.
      if !fromJSON.nullDataKeys.isEmpty {
        #expect(fromProtobuf.data == fromJSON.data)
      } else {
        #expect(try fromProtobuf.storageBytes(.protobuf) == protobuf, what)
        #expect(try fromProtobuf.storageBytes(.json) == json, what)
      }
    }
  }

  @Test func `what is not known survives in the form it came in`() throws {
    let json = #"""
      {"kind":"Secret","apiVersion":"v1","metadata":{"name":"s","ownerReferences":[\#
      {"apiVersion":"v1","kind":"Pod","name":"p","uid":"u","later":[1, 2.50]}],\#
      "newer":{"a" : [null, "\u00e9\""]}},"data":{"k":"AQ=="},"extra":"<b>"}

      """#
    let secret = try KubernetesSecret(storageBytes: Array(json.utf8))
    #expect(try secret.storageBytes(.json) == Array(json.utf8))
    // Field 15 of the metadata lies between known ones; field 99 of the Secret after them.
    let metadata: [UInt8] = [0x0A, 1, 0x73, 0x7A, 2, 7, 8]
    let object = [0x0A, UInt8(metadata.count)] + metadata + [0x98, 6, 5]
    let wrapping: [UInt8] = [0x0A, 8, 0x12, 6] + Array("Secret".utf8)
    let stored = [0x6B, 0x38, 0x73, 0] + wrapping + [0x12, UInt8(object.count)] + object
    let again = try KubernetesSecret(storageBytes: stored).storageBytes()
    #expect(again.firstRange(of: [0x42, 0, 0x7A, 2, 7, 8]) != nil)
    #expect(again.firstRange(of: [0x1A, 0, 0x98, 6, 5]) != nil)
    #expect(try KubernetesSecret(storageBytes: again).storageBytes() == again)
  }

  @Test(
    arguments: [
      ("2026-11-25T09:30:00Z", "2026-11-25T09:30:00Z"),
      ("2026-11-25T09:30:00.999Z", "2026-11-25T09:30:00Z"),
      ("2026-11-25T10:30:00+01:00", "2026-11-25T09:30:00Z"),
      ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
      ("10000-01-01T00:00:00Z", nil), ("2026-11-25", nil), ("", nil),
    ]
  )
  func `a time is read as the server reads it`(text: String, written: String?) throws {
    let json = #"{"kind":"Secret","metadata":{"creationTimestamp":"\#(text)"}}"#
    let secret = try? KubernetesSecret(storageBytes: Array(json.utf8))
    let again = try secret.map { String(decoding: try $0.storageBytes(.json), as: UTF8.self) }
    #expect((again != nil) == (written != nil))
    if let written { #expect(again?.contains("\"creationTimestamp\":\"\(written)\"") == true) }
  }

  @Test(
    arguments: [
      (-62_135_596_801, false), (-62_135_596_800, true), (253_402_300_799, true),
      (253_402_300_800, false), (Int64.min, false), (Int64.max, false),
    ]
  )
  func `a time that JSON cannot tell is refused`(seconds: Int64, isRead: Bool) {
    var time = ProtobufWriter()
    time.varint(1, UInt64(bitPattern: seconds))
    let date = { try Date(protobuf: time.bytes, 0..<time.bytes.count) }
    if isRead {
      #expect(throws: Never.self) { try date() }
    } else {
      #expect(throws: AtRestError.self) { try date() }
    }
  }

  @Test func `JSON that is no Secret is refused, however deep it nests`() {
    let deep = String(repeating: "[", count: 1_000_000)
    for text in [
      "{", "{}", #"{"kind":"Secret""#, #"{"kind":"Secret","data":{"k":"?"}}"#,
      #"{"kind":"Secret","metadata":[]}"#, #"{"kind":"Secret","metadata":{"generation":"1"}}"#,
      #"{"kind":"Secret","metadata":{"creationTimestamp":"soon"}}"#, #"{"kind":3}"#,
      "{\"kind\":\"Secret\",\"x\":" + deep,
      "{\"kind\":\"Secret\",\"x\":" + deep
        + String(repeating: "]", count: 1_000_000) + "}",
    ] {
      #expect(throws: AtRestError.self) { try KubernetesSecret(storageBytes: Array(text.utf8)) }
    }
  }

  @Test func `JSON texts are escaped as Go does`() throws {
    var secret = KubernetesSecret(name: "s", namespace: "", uid: "", creationTimestamp: nil)
    secret.annotations = ["a": "<&>\u{2028}\"\\\n\t\u{8}\u{1}é"]
    let text = String(decoding: try secret.storageBytes(.json), as: UTF8.self)
    #expect(
      text.contains(#""a":"\u003c\u0026\u003e\u2028\"\\\n\t\b\u0001é""#)
    )
    #expect(try KubernetesSecret(storageBytes: Array(text.utf8)) == secret)
  }

  @Test func `a Secret cut short is refused`() throws {
    for vector in try VectorFile.json("protobuf.json").list("secrets") {
      let bytes = vector.base64("storage_protobuf_b64")
      // Cut between fields of its wrapping, it is a Secret to a real server too, if an empty one.
      var ends: Set<Int> = []
      var reader = ProtobufReader(bytes, 4..<bytes.count)
      while let field = try reader.next() { ends.insert(field.extent.upperBound) }
      for count in 0..<bytes.count where !ends.contains(count) {
        #expect(throws: AtRestError.self, "\(vector.text("id")) at \(count)") {
          try KubernetesSecret(storageBytes: Array(bytes.prefix(count)))
        }
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
    for entry in try Fixtures.entries() where entry.text("etcd_key").hasPrefix("/registry/secrets/")
    {
      let plaintext = entry.base64("plaintext_b64")
      guard !plaintext.isEmpty else { continue }
      let secret = try KubernetesSecret(storageBytes: plaintext)
      let form: KubernetesSecret.StorageForm =
        entry.text("encoding") == "json" ? .json : .protobuf
      #expect(try secret.storageBytes(form) == plaintext, "\(entry.text("etcd_key"))")
      #expect(entry.text("etcd_key").hasSuffix("/\(secret.namespace)/\(secret.name)"))
      count += 1
    }
    #expect(count > 0)
  }
}
