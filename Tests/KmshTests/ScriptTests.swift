import Foundation
import Testing

@Suite struct ScriptTests {
  static let fixtures = Program.root.appending(path: "Tests/TestData/Fixtures")
  static let keys = [1, 2].map { fixtures.appending(path: "keys/kms-test-key-\($0).pem").path }
  static let reader = "scripts/read_etcd_values.lua"

  /// What the recorded file says of its entries.
  private static func entries() throws -> [[String: Any]] {
    let data = try Data(contentsOf: fixtures.appending(path: "entries.json"))
    let document = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return try #require(document?["entries"] as? [[String: Any]])
  }

  @Test func `every KMS v2 value of a real etcd opens to the recorded plaintext`() throws {
    let scratch = try Scratch()
    let file = Self.fixtures.appending(path: "entries.json").path
    let outcome = try Program.run([Self.reader, file] + Self.keys, in: scratch)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let entries = try Self.entries()
    let sealed = entries.filter { $0["provider"] as? String == "kms:v2" }
    #expect(sealed.count == 17)
    #expect(
      outcome.lines.last == "17 opened, \(entries.count - 17) under other providers, 0 failed"
    )
    for entry in sealed {
      guard let object = entry["api_object"] as? [String: Any],
        object["kind"] as? String == "Secret",
        let metadata = object["metadata"] as? [String: Any], let name = metadata["name"] as? String,
        let namespace = metadata["namespace"] as? String, let type = object["type"] as? String,
        let data = object["data"] as? [String: Any]
      else { continue }
      let names = data.keys.sorted().joined(separator: ", ")
      #expect(
        outcome.lines.contains("  Secret \(name) in \(namespace), type \(type), data: \(names)")
      )
    }
    // The same keys again are not imported anew.
    _ = try Program.run([Self.reader, file] + Self.keys, in: scratch)
    let count =
      "local n = 0 for _, k in ipairs(key.list{ vault_name = 'etcd-reader' }) do "
      + "n = n + #k:versions() end print(n)"
    #expect(try Program.run(["-e", count], in: scratch).output == "2\n")
  }

  @Test func `without the right key each value has its error, and the rest print`() throws {
    let file = Self.fixtures.appending(path: "entries.json").path
    let outcome = try Program.run([Self.reader, file, Self.keys[1]], in: Scratch())
    #expect(outcome.status == 1)
    let failed = try Self.entries().filter {
      ($0["key_id"] as? String)?.hasSuffix("3f1c9a5e0b7d4c2f8a6e1d5b9c0f7a31") == true
    }
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == failed.count && !failed.isEmpty)
    for entry in failed {
      let path = entry["etcd_key"] as? String ?? ""
      #expect(lines.contains { $0.hasPrefix("error: \(path): ") && $0.contains("no given key") })
    }
    #expect(outcome.lines.last?.hasSuffix(", \(failed.count) failed") == true)
  }

  @Test func `a flipped bit in what is encrypted is one error, and the rest print`() throws {
    let scratch = try Scratch()
    let good = try #require(
      try Self.entries().first { ($0["etcd_key"] as? String)?.hasSuffix("/default/k1-2") == true }
    )
    let value = try #require(Data(base64Encoded: good["value_b64"] as? String ?? ""))
    // After the prefix comes the message's first field: its tag, its length and what AES-GCM
    // guards. Not guarded are the annotations, which a real API server does not check either.
    let start = "k8s:enc:kms:v2:contoso-kv:".utf8.count
    let end = start + 3 + Int(value[start + 1] & 0x7F) + Int(value[start + 2]) << 7
    var entries: [[String: Any]] = [good]
    for position in stride(from: start, to: end, by: 7) {
      var damaged = value
      damaged[position] ^= 4
      entries.append(good.merging(["value_b64": damaged.base64EncodedString()]) { $1 })
    }
    entries.append(good)
    entries.append(["etcd_key": "/registry/secrets/a/b"])
    let file = scratch.file("entries.json")
    try JSONSerialization.data(withJSONObject: ["entries": entries]).write(to: URL(filePath: file))
    let outcome = try Program.run([Self.reader, file] + Self.keys, in: scratch)
    #expect(outcome.status == 1)
    #expect(outcome.errors.split(separator: "\n").count == entries.count - 2)
    #expect(outcome.lines.last == "2 opened, 0 under other providers, \(entries.count - 2) failed")
  }

  @Test(arguments: [
    [], ["entries.json"], ["Package.swift", "x.pem"], ["README.md", "nowhere.pem"],
  ])
  func `a wrong call of the reader is told`(arguments: [String]) throws {
    let outcome = try Program.run([Self.reader] + arguments, in: Scratch())
    #expect(outcome.status == (arguments.count < 2 ? 2 : 1))
    #expect(outcome.errors.hasPrefix("error: "))
  }
}
