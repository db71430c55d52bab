import CryptoEngine
import Foundation
import TestData
import Testing

@testable import EncryptionAtRest

/// Every provider against what a real API server wrote and how it read.
@Suite struct ProviderVectorTests {
  static let time = Date(timeIntervalSince1970: 1_760_000_000)
  static let files = [
    "identity.json", "aescbc.json", "aesgcm.json", "secretbox.json", "kms-v1.json",
    "kms-v2-seed.json", "kms-v2-dek.json",
  ]

  /// What serves a vector's resource under a configuration of its file.
  ///
  /// The file of type 0 shows a server of 1.27 or 1.28, which writes with keys.
  private func transformer(
    _ name: String,
    _ file: [String: Any],
    _ vector: [String: Any],
    _ yaml: String,
    current: String? = nil
  ) throws -> any Transformer {
    var options = EncryptionConfiguration.Options(path: "vector")
    options.allowsKMSv1 = true
    let configuration = try EncryptionConfiguration(parsing: Array(yaml.utf8), options: options)
    let plugin = try VectorKeyService(
      file,
      current: vector["plugin_current_key_id"] as? String ?? current,
      answer: (vector["plugin_decrypt_answer_hex"] as? String).map { [UInt8](hex: $0) }
    )
    let transformers = ConfiguredTransformers(
      configuration,
      writing: name == "kms-v2-dek.json" ? .key : .seed
    ) { _ in plugin }
    for case let provider as KMSv2Provider in transformers.kmsProviders {
      try provider.check(now: Self.time)
    }
    let resource = vector["resource"] as? String ?? "secrets"
    return transformers.transformer(forResource: resource)
  }

  private func configuration(_ file: [String: Any], _ vector: [String: Any]) throws -> String {
    try #require((file["configs"] as? [String: String])?[vector.text("config")])
  }

  private func verify(
    _ transformer: any Transformer,
    _ stored: [UInt8],
    path: String,
    expect: [String: Any],
    _ what: Comment
  ) {
    let isOK = expect["ok"] as? Bool ?? false
    do {
      let opened = try transformer.open(stored, storagePath: path, now: Self.time)
      #expect(isOK, what)
      if expect["plaintext_unchanged"] == nil, expect["is_run"] == nil {
        #expect(opened.plaintext == expect.base64("plaintext_b64"), what)
      }
      if let isStale = expect["stale"] as? Bool { #expect(opened.isStale == isStale, what) }
    } catch {
      #expect(!isOK, "\(what): \(error)")
      // The real code crashes in one place; an ordinary error stands there.
      if expect["upstream_panics"] as? Bool != true, let text = expect["error"] as? String {
        #expect("\(error)" == text, what)
      }
    }
  }

  @Test(arguments: files)
  func `values of the real writer open with the same plaintext`(name: String) throws {
    let file = try VectorFile.json(name)
    #expect(!file.list("encrypted").isEmpty)
    for vector in file.list("encrypted") {
      let parts = vector["parts"] as? [String: Any] ?? [:]
      let reader = try transformer(
        name,
        file,
        vector,
        configuration(file, vector),
        current: parts["key_id"] as? String
      )
      let stored = vector.base64("stored_b64")
      var expect = vector["read_back"] as? [String: Any] ?? [:]
      verify(reader, stored, path: vector.text("etcd_key"), expect: expect, "\(vector.text("id"))")
      if expect["ok"] as? Bool == true {
        expect["plaintext_b64"] = vector["plaintext_b64"]
        verify(
          reader,
          stored,
          path: vector.text("etcd_key"),
          expect: expect,
          "\(vector.text("id"))"
        )
      }
      guard let isAuthenticated = vector["aad_is_authenticated"] as? Bool, isAuthenticated else {
        continue
      }
      #expect(throws: AtRestError.self) {
        try reader.open(stored, storagePath: "/elsewhere", now: Self.time)
      }
    }
  }

  @Test(arguments: files)
  func `every read has the real reader's verdict and words`(name: String) throws {
    let file = try VectorFile.json(name)
    #expect(!file.list("reads").isEmpty)
    for vector in file.list("reads") {
      verify(
        try transformer(name, file, vector, configuration(file, vector)),
        vector.base64("stored_b64"),
        path: vector.text("etcd_key"),
        expect: vector["expect"] as? [String: Any] ?? [:],
        "\(vector.text("id")): \(vector.text("what"))"
      )
    }
  }

  @Test(arguments: files)
  func `cut short or with a bit flipped, the verdict is the real reader's`(name: String) throws {
    let file = try VectorFile.json(name)
    for (group, field) in [("truncations", "length"), ("bit_flips", "offset")] {
      for vector in file.list(group) {
        let reader = try transformer(name, file, vector, configuration(file, vector))
        let stored = vector.base64("stored_b64")
        let original = try reader.open(
          stored,
          storagePath: vector.text("etcd_key"),
          now: Self.time
        )
        var positions = 0
        for run in vector.list("runs") {
          let first = try #require(run["from_\(field)"] as? Int)
          let last = try #require(run["to_\(field)"] as? Int)
          for position in first...last {
            var damaged = Array(stored.prefix(group == "truncations" ? position : stored.count))
            if group == "bit_flips" { damaged[position] ^= 1 }
            var expect = run
            if let plaintexts = run["plaintexts_b64"] as? [String] {
              expect["plaintext_b64"] = plaintexts[position - first]
            } else if run["plaintext_unchanged"] as? Bool == true {
              expect["plaintext_b64"] = Data(original.plaintext).base64EncodedString()
              expect["plaintext_unchanged"] = nil
            } else {
              expect["is_run"] = true
            }
            verify(
              reader,
              damaged,
              path: vector.text("etcd_key"),
              expect: expect,
              "\(group) at \(position)"
            )
            positions += 1
          }
        }
        #expect(positions >= stored.count)
      }
    }
  }

  @Test func `one value under six kinds of provider, read under every order`() throws {
    let name = "provider-order.json"
    let file = try VectorFile.json(name)
    let stored = try #require(file["stored_b64"] as? [String: String])
    #expect(!file.list("reads").isEmpty)
    for vector in file.list("reads") {
      let reader = try transformer(name, file, vector, vector.text("config"))
      for (kind, expect) in vector["read_by_stored_kind"] as? [String: [String: Any]] ?? [:] {
        verify(
          reader,
          stored.base64(kind),
          path: file.text("etcd_key"),
          expect: expect,
          "\(kind) under \(vector["provider_order"] ?? "")"
        )
      }
    }
  }

  // MARK: Writing

  @Test(arguments: ["aescbc.json", "aesgcm.json", "secretbox.json"])
  func `with the real writer's nonce a local key writes its bytes`(name: String) throws {
    let file = try VectorFile.json(name)
    for vector in file.list("encrypted") {
      let parts = try #require(vector["parts"] as? [String: Any])
      let options = EncryptionConfiguration.Options(path: "vector")
      let configured = try EncryptionConfiguration(
        parsing: Array(configuration(file, vector).utf8),
        options: options
      ).providers(forResource: vector.text("resource")).first
      let provider = try #require(configured.flatMap(LocalKeysProvider.init))
      let stored = try provider.seal(
        vector.base64("plaintext_b64"),
        storagePath: vector.text("etcd_key"),
        nonce: parts.hex("iv_or_nonce_hex")
      )
      #expect(stored == vector.base64("stored_b64"), "\(vector.text("id"))")
    }
  }

  @Test func `with the real writer's key and nonce KMS v1 writes its bytes`() throws {
    let file = try VectorFile.json("kms-v1.json")
    for vector in file.list("encrypted") {
      let parts = try #require(vector["parts"] as? [String: Any])
      let name = vector.text("stored_prefix").dropFirst("k8s:enc:kms:v1:".count).dropLast()
      let provider = KMSv1Provider(name: String(name), service: try VectorKeyService(file))
      let stored = try provider.seal(
        vector.base64("plaintext_b64"),
        key: SecretBytes(copying: parts.hex("dek_hex")),
        wrapped: parts.hex("encrypted_dek_hex"),
        nonce: parts.hex("nonce_hex"),
        storagePath: vector.text("etcd_key")
      )
      #expect(stored == vector.base64("stored_b64"), "\(vector.text("id"))")
    }
  }

  @Test(arguments: ["kms-v2-seed.json", "kms-v2-dek.json"])
  func `with the real writer's source and nonce KMS v2 writes its data`(name: String) throws {
    for vector in try VectorFile.json(name).list("encrypted") {
      let parts = try #require(vector["parts"] as? [String: Any])
      let plaintext = vector.base64("plaintext_b64")
      let path = vector.text("etcd_key")
      let stored = vector.base64("stored_b64")
      let object = try EncryptedObject(
        parsing: stored,
        from: vector.text("stored_prefix").utf8.count
      )
      let data =
        if object.sourceType == .seed {
          try SeedPayload.seal(
            plaintext,
            seed: SecretBytes(copying: parts.hex("seed_hex")),
            storagePath: path,
            header: [],
            tail: []
          ) { $0.copyBytes(from: parts.hex("info_hex") + parts.hex("nonce_hex")) }
        } else {
          try GCMBody.seal(
            plaintext,
            key: SecretBytes(copying: parts.hex("dek_hex")),
            nonce: parts.hex("nonce_hex"),
            storagePath: path,
            header: []
          )
        }
      #expect(data == object.encryptedData, "\(vector.text("id"))")
      let written = Array(vector.text("stored_prefix").utf8) + object.bytes()
      #expect(object.source.annotations.count > 1 || written == stored, "\(vector.text("id"))")
    }
  }

  @Test func `each provider opens what it wrote, and writes anew each time`() throws {
    for name in Self.files.dropFirst() {
      let file = try VectorFile.json(name)
      let vector = try #require(file.list("encrypted").first)
      let provider = try transformer(name, file, vector, configuration(file, vector))
      for text in [[], [7], [UInt8](repeating: 9, count: 5000)] as [[UInt8]] {
        let first = try provider.seal(text, storagePath: "/registry/a", now: Self.time)
        let second = try provider.seal(text, storagePath: "/registry/a", now: Self.time)
        #expect(first != second && first.starts(with: Array(vector.text("stored_prefix").utf8)))
        for stored in [first, second] {
          let opened = try provider.open(stored, storagePath: "/registry/a", now: Self.time)
          #expect(opened == OpenedValue(plaintext: text, isStale: false), "\(name)")
        }
      }
    }
  }

  @Test func `a key as the source counts its nonces from the real start`() throws {
    let file = try VectorFile.json("kms-v2-dek.json")
    let provider = KMSv2Provider(name: "p", service: try VectorKeyService(file), writing: .key)
    try provider.check(now: Self.time)
    for count in 1...300 {
      let stored = try provider.seal([1], storagePath: "/a", now: Self.time)
      let data = try EncryptedObject(parsing: stored, from: provider.prefix.count).encryptedData
      let counter = (0..<8).reduce(UInt64(0)) { $0 | UInt64(data[4 + $1]) << (8 * $1) }
      #expect(counter == 1_000_000_000 + UInt64(count))
    }
  }
}

extension [String: String] {
  fileprivate func base64(_ name: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: self[name] ?? "") ?? Data())
  }
}
