import CryptoEngine
import Foundation
import TestData
import Testing

@testable import EncryptionAtRest

/// Files as a kube-apiserver reads them.
@Suite struct EncryptionConfigurationTests {
  static let key = "QRuhhAH6Ec4gVU9Jf/QW1vpfA+Koeh4s3VJQ/qYNKCY="

  static func parse(
    _ text: String,
    _ options: EncryptionConfiguration.Options = .init(path: "CONFIG_DIR/FILE")
  ) throws(AtRestError) -> EncryptionConfiguration {
    try EncryptionConfiguration(parsing: Array(text.utf8), options: options)
  }

  static func message(_ text: String) -> String {
    do throws(AtRestError) {
      _ = try parse(text)
      return ""
    } catch {
      return error.message
    }
  }

  static func document(_ providers: String) -> String {
    """
    apiVersion: apiserver.config.k8s.io/v1
    kind: EncryptionConfiguration
    resources:
    - resources: [secrets]
      providers:
      - \(providers)

    """
  }

  @Test func `every file gets the real server's verdict, in its words`() throws {
    let cases = try VectorFile.json("encryption-config.json").list("cases")
    #expect(!cases.isEmpty)
    for vector in cases {
      let what = Comment(rawValue: vector.text("id"))
      var options = EncryptionConfiguration.Options(path: "CONFIG_DIR/FILE")
      options.isReloadedAutomatically = vector["automatic_reload"] as? Bool ?? false
      options.allowsKMSv1 = vector["kmsv1_gate"] as? Bool ?? false
      do throws(AtRestError) {
        let configuration = try Self.parse(vector.text("yaml"), options)
        #expect(vector["ok"] as? Bool == true, what)
        if let names = vector["health_checks"] as? [String] {
          let isReloaded = options.isReloadedAutomatically
          #expect(configuration.healthCheckNames(isReloadedAutomatically: isReloaded) == names)
        }
        if let period = vector["kms_close_grace_period"] as? String {
          #expect("\(configuration.closeGracePeriod)" == period, what)
        }
        let again = try Self.parse(configuration.yaml(), options)
        #expect(try again.yaml() == configuration.yaml(), what)
      } catch {
        // The real message of one case shows the key; ours never does.
        var expected = vector.text("error")
        for secret in vector.text("yaml").matches(of: /secret:\s*"?([A-Za-z0-9+\/=]{16,})/) {
          expected = expected.replacing(secret.output.1, with: "REDACTED")
        }
        #expect(error.message == expected, what)
        #expect(error.code == .configurationInvalid)
      }
    }
  }

  @Test func `endpoints lead to the real addresses`() throws {
    let file = try VectorFile.json("encryption-config.json")
    #expect(!file.list("endpoints").isEmpty)
    for vector in file.list("endpoints") {
      do throws(AtRestError) {
        let address = try SocketEndpoint.address(vector.text("endpoint"))
        #expect(vector["ok"] as? Bool == true && address == vector.text("address"))
      } catch {
        #expect(error.message == vector.text("error"))
      }
    }
    #expect(
      EncryptionConfiguration.unreadable(
        path: "CONFIG_DIR/missing.yaml",
        reason: "No such file or directory"
      ).message == file.text("missing_file_error")
    )
    let example = file["content_hash_example"] as? [String: Any] ?? [:]
    #expect(
      try EncryptionConfiguration.contentHash(Array(example.text("content").utf8))
        == example.text("hash")
    )
  }

  @Test func `of two documents the first counts`() throws {
    let file = try VectorFile.json("encryption-config.json")
    let vector = try #require(file.list("cases").first { $0.text("id") == "two-documents" })
    let configuration = try Self.parse(vector.text("yaml"))
    for (resource, isEncrypted) in file["two_documents_encrypts"] as? [String: Bool] ?? [:] {
      let first = configuration.providers(forResource: resource).first
      #expect((first?.prefix.isEmpty == false) == isEncrypted)
    }
  }

  @Test func `wildcards choose the real server's rule`() throws {
    let file = try VectorFile.json("provider-order.json")
    let configs = file["wildcard_configs"] as? [String: String] ?? [:]
    #expect(!file.list("wildcards").isEmpty)
    for vector in file.list("wildcards") {
      let configuration = try Self.parse(configs[vector.text("config")] ?? "")
      let plugin = try VectorKeyService(file)
      let transformers = ConfiguredTransformers(configuration) { _ in plugin }
      for provider in transformers.kmsProviders { try provider.check(now: .now) }
      for (resource, prefix) in vector["stored_prefix_by_resource"] as? [String: String] ?? [:] {
        let stored = try transformers.transformer(forResource: resource)
          .seal([0x78], storagePath: "/registry/x", now: .now)
        let expected = Array(prefix.utf8)
        #expect(
          expected.isEmpty ? stored == [0x78] : stored.starts(with: expected),
          "\(vector.text("config")) \(resource)"
        )
      }
    }
  }

  // MARK: Limits

  @Test func `a document that expands is refused at once`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...60 {
      let alias = "*a\(level - 1)"
      text += "a\(level): &a\(level) [" + Array(repeating: alias, count: 10).joined(separator: ", ")
      text += "]\n"
    }
    #expect(Self.message(text).contains("expands to more than 100000 values"))
    #expect(Self.message(text + "? *a60\n: 1\n").contains("anchors may not stand"))
    #expect(Self.message(text + "? [*a60]\n: 1\n").contains("anchors may not stand"))
    #expect(Self.message(text + "{*a60 : 1}\n").contains("anchors may not stand"))
    #expect(Self.message(text + "[*a60]: 1\n").contains("anchors may not stand"))
  }

  @Test func `marks in comments make no anchors, and looking for them takes no time`() throws {
    let text = Self.document("identity: {}")
    for comment in ["# secrets & *.*: all else", "# R&D *a : b", "# a & b? ] : }"] {
      #expect(try Self.parse(text + comment + "\n").rules.count == 1, "\(comment)")
    }
    for mark in ["*", "& ", "] ", "?", "*a ", "&a", "*a*"] {
      let long = "a: \"&b\"\n#" + String(repeating: mark, count: 200_000 / mark.utf8.count)
      let clock = ContinuousClock()
      #expect(clock.measure { _ = Self.message(long) } < .seconds(20), "\(mark)")
    }
  }

  @Test func `numbers are read as YAML has them`() {
    for (text, size) in [
      ("5", 5), ("5.0", 5), ("1e3", 1000), ("0x10", 16), ("1_000", 1000), ("010", 8), ("-1", -1),
      ("0b11", 3), ("2147483647", 2_147_483_647),
    ] as [(String, Int32)] {
      #expect(Int32(yaml: text) == size, "\(text)")
    }
    for text in ["1.5", "2147483648", "x", "", "--1", "1e99", "0x", ".nan"] {
      #expect(Int32(yaml: text) == nil, "\(text)")
    }
  }

  @Test func `a merge key takes a list of mappings, the first one's members first`() throws {
    let text = """
      x: &a {name: first, secret: \(Self.key)}
      y: &b {name: second}
      """
    let root = try YAMLDocument.first(text + "\nz: {<<: [*b, *a]}\n").value
    guard case .mapping(let members) = root, case .mapping(let merged) = members[2].value else {
      Issue.record("no mapping")
      return
    }
    #expect(merged.map(\.name) == ["name", "secret"])
    guard case .string("second") = merged[0].value else {
      Issue.record("the second is first")
      return
    }
  }

  @Test func `nesting and length have limits`() {
    for depth in [101, 999, 1001, 1_000_000] {
      for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        let text =
          String(repeating: open, count: depth) + "x" + String(repeating: close, count: depth)
        let message = Self.message(text)
        #expect(!message.isEmpty && message.utf8.count < 400, "\(open) \(depth)")
      }
    }
    let long = Self.document("identity: {}") + String(repeating: "#", count: 1 << 20)
    #expect(Self.message(long).contains("longer than 1048576 bytes"))
    #expect(Self.message("\u{0}").contains("json parse error"))
    #expect(Self.message("hello").contains("cannot unmarshal string into Go value"))
  }

  // MARK: Secrets

  @Test func `no message holds a key, whatever is wrong with the file`() {
    let lines = Self.document(
      """
      aescbc:
            keys:
            - name: k1
              secret: \(Self.key)
        - kms:
            apiVersion: v2
            name: p
            endpoint: unix:///p.sock
      """
    ).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var texts = [""]
    for index in lines.indices {
      for change in 0..<10 {
        var changed = lines
        switch change {
        case 0: changed.remove(at: index)
        case 1: changed.insert(lines[index], at: index)
        case 2: changed[index] = lines[index].replacing("e", with: "E")
        case 3: changed[index] = lines[index].replacing(":", with: ": 1")
        case 4: changed[index] = lines[index].replacing(":", with: "")
        case 5: changed[index] = "  " + lines[index]
        case 6: changed[index] = lines[index] + "{["
        case 9:
          // Everything that might be recognised goes, and the rest is commented out.
          changed = lines.enumerated().map { $0.offset == index ? $0.element : "# " + $0.element }
        case 7: changed[index] = lines[index].replacing("k1", with: Self.key)
        default: changed[index] = lines[index].replacing("name", with: Self.key)
        }
        texts.append(changed.joined(separator: "\n"))
      }
    }
    var refused = 0
    for text in texts {
      let message = Self.message(text)
      #expect(!message.contains(Self.key.prefix(12)), "\(message)")
      refused += message.isEmpty ? 0 : 1
    }
    #expect(refused > 40)
  }

  @Test func `wrong types are told as Go does`() {
    let start =
      "error while parsing file: error decoding encryption provider configuration file "
      + "\"CONFIG_DIR/FILE\": json: cannot unmarshal "
    let key = "aesgcm: {keys: [{name: 7, secret: x}]}"
    #expect(
      Self.message(Self.document(key))
        == start
        + "number into Go struct field Key.resources.providers.aesgcm.keys.name of type string"
    )
    #expect(
      Self.message(Self.document("kms: {cachesize: 1.5}"))
        == start
        + "number 1.5 into Go struct field KMSConfiguration.resources.providers.kms.cachesize of "
        + "type int32"
    )
    #expect(
      Self.message(Self.document("[]"))
        == start
        + "array into Go struct field ResourceConfiguration.resources.providers of type "
        + "v1.ProviderConfiguration"
    )
    #expect(
      Self.message(Self.document("kms: {timeout: 3x}")).hasSuffix(
        "time: unknown unit \"x\" in duration \"3x\""
      )
    )
  }
}
