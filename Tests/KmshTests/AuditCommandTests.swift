import Foundation
import Peers
import TestData
import Testing

/// `kmsh audit`, run as a user would.
@Suite struct AuditCommandTests {
  private static let snapshot = Fixtures.folder.appending(path: "etcd-snapshot.db").path

  private func audit(
    _ arguments: [String],
    _ file: String = snapshot
  ) throws -> Program.Outcome {
    try Program.run(["audit", file] + arguments, in: Scratch())
  }

  /// The key ids of the fixtures' KMS v2 values, the older first.
  private static func keyIDs() throws -> [String] {
    let entries = try Fixtures.entries().filter { $0["key_id"] != nil }
    return Set(entries.map { $0.text("key_id") }).sorted()
  }

  /// Options that open every KMS value.
  private static func keys() throws -> [String] {
    try Fixtures.file().list("kms_keys").flatMap {
      let file = Fixtures.folder.appending(path: $0.text("pem")).path
      return ["--key", "\($0.text("kid"))=\(file)"]
    }
  }

  private static func config(_ name: String) -> [String] {
    ["--config", Fixtures.folder.appending(path: "configs/\(name)").path]
  }

  @Test func `it tells each value, the totals and the verdict without any key`() throws {
    let outcome = try audit([])
    #expect(outcome.status == 3 && outcome.errors.isEmpty)
    let entries = try Fixtures.entries()
    for entry in entries where entry["key_id"] != nil {
      let parts = entry.text("etcd_key").split(separator: "/").suffix(2)
      let place = "  \(parts.joined(separator: "/"))  "
      let line = try #require(outcome.lines.first { $0.contains(place) })
      #expect(line.contains("KMS v2 \(entry.text("name"))  key \(entry.text("key_id"))"))
    }
    for keyID in try Self.keyIDs() {
      let count = entries.count { $0["key_id"] as? String == keyID }
      #expect(outcome.lines.contains { $0.hasPrefix("  \(count)  KMS v2 ") && $0.hasSuffix(keyID) })
    }
    let secretsInClear = entries.count {
      $0.text("provider") == "identity" && $0.text("etcd_key").hasPrefix("/registry/secrets/")
    }
    #expect(outcome.lines.last == "\(secretsInClear) values in clear that should be encrypted")
  }

  @Test func `it tells whether a key can go`() throws {
    for keyID in try Self.keyIDs() {
      let needs = try Fixtures.entries().count { $0["key_id"] as? String == keyID }
      let outcome = try audit(["--retire", keyID, "--summary"] + Self.keys())
      #expect(outcome.status == 3)
      let verdict = "safe to retire key \(keyID): no, \(needs) values still need it; "
      let marked = try audit(["--retire", keyID] + Self.keys()).lines.count {
        $0.hasSuffix("  needs the key to be retired")
      }
      // The values of KMS v1 open with one of the keys, which then counts for them.
      let v1 = try Fixtures.entries().count { $0["kid_tried"] as? String == keyID }
      let expected =
        v1 == 0
        ? verdict : "safe to retire key \(keyID): no, \(needs + v1) values still need it; "
      #expect(outcome.lines.last?.hasPrefix(expected) == true, "\(outcome.lines.last ?? "")")
      #expect(marked == needs + v1)
    }
    let other = try audit(["--retire", "https://other/key", "--summary"] + Self.keys())
    #expect(
      other.lines.last?.hasPrefix(
        "safe to retire key https://other/key: yes, 0 values still need it (no value names it); "
      ) == true
    )
    #expect(other.status == 3)
    let entries = try Fixtures.entries().filter { $0.text("provider") == "aescbc" }
    let name = try #require(entries.first).text("name")
    let needs = entries.count { $0.text("name") == name }
    let local = try audit(["--retire", "aescbc:\(name)", "--summary"])
    #expect(local.lines.last?.contains(": no, \(needs) values still need it; ") == true)
  }

  @Test func `with a configuration it tells what is stale, and every value opens`() throws {
    let keyID = try #require(try Self.keyIDs().last)
    let outcome = try audit(
      Self.config("06-kms-v2.yaml") + ["--current", keyID, "--json"] + Self.keys()
    )
    let document =
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any] ?? [:]
    let values = document.list("values")
    #expect(try values.count >= Fixtures.entries().count)
    for entry in try Fixtures.entries() {
      let path = entry.text("etcd_key")
      let value = try #require(values.first { $0.text("etcd_key") == path })
      let isSealed = entry.text("provider") != "identity"
      #expect(value["opens"] as? Bool == (isSealed ? true : nil), "\(path)")
      let resource = value.text("resource")
      if resource == "secrets" {
        #expect(value["stale"] as? Bool == (entry["key_id"] as? String != keyID), "\(path)")
        #expect(value["exposed"] as? Bool == !isSealed, "\(path)")
      }
      #expect(value["problem"] == nil, "\(path)")
    }
    let verdict = document["verdict"] as? [String: Any] ?? [:]
    #expect(verdict["unreadable"] as? Int == 0 && verdict["safe"] == nil)
  }

  @Test func `only the Secrets, if so asked`() throws {
    let outcome = try audit(["--resource", "secrets"])
    let secrets = outcome.lines.filter { $0.hasPrefix("secrets  ") }
    #expect(
      secrets.count > 1 && outcome.lines.contains { $0.hasPrefix("total: \(secrets.count) ") }
    )
    #expect(!outcome.output.contains("configmaps"))
  }

  @Test func `a report that the disk does not take is a failure`() throws {
    let scratch = try Scratch()
    for arguments in [["audit", Self.snapshot], ["-e", "print(1)"]] {
      let process = try Program.start(
        arguments,
        in: scratch,
        output: FileHandle(forWritingAtPath: "/dev/full"),
        errors: nil
      )
      process.waitUntilExit()
      #expect(process.terminationStatus == 1, "\(arguments)")
    }
  }

  @Test func `a wrong key costs one note a value and stops nothing`() throws {
    let kids = try Fixtures.file().list("kms_keys")
    // Each key under the other's name.
    let swapped = zip(kids, kids.reversed()).flatMap { kid, other in
      ["--key", "\(kid.text("kid"))=\(Fixtures.folder.appending(path: other.text("pem")).path)"]
    }
    let outcome = try audit(swapped)
    let failed = outcome.lines.filter { $0.contains("  does not open  ") }
    let count = try Fixtures.entries().count { $0.text("provider") == "kms:v2" }
    #expect(failed.count == count)
    #expect(outcome.lines.last?.contains("\(count) values unreadable") == true)
  }

  @Test func `what nothing is wrong with ends with status 0`() throws {
    let outcome = try audit(Self.config("01-identity.yaml") + ["--summary"])
    #expect(outcome.status == 0)
    #expect(outcome.lines.last?.hasPrefix("0 values in clear that should be encrypted") == true)
  }

  @Test func `bad input is told in one error, with the status of its kind`() throws {
    let scratch = try Scratch()
    let bytes = try Fixtures.bytes("etcd-snapshot.db")
    let cut = scratch.file("cut.db")
    try Data(bytes.prefix(700_000)).write(to: URL(filePath: cut))
    let changed = scratch.file("changed.db")
    try Data(bytes.dropLast(100_000) + [1] + bytes.suffix(99_999))
      .write(to: URL(filePath: changed))
    let text = try scratch.write("apiVersion: 7\n", to: "config.yaml")
    for (arguments, file, status, words) in [
      ([], "/nowhere", 1, "No such file"), ([], "/tmp", 1, "not a regular file"),
      ([], cut, 1, "ends at offset 700000"), ([], changed, 1, "at offset"),
      ([], text, 1, "no bbolt database"), (["--bogus"], Self.snapshot, 2, "Unknown option"),
      (["--key", "x"], Self.snapshot, 2, "KID=FILE"),
      (["--key", "=x"], Self.snapshot, 2, "KID=FILE"),
      (["--key", "==x"], Self.snapshot, 2, "KID=FILE"),
      (["--retire", " "], Self.snapshot, 2, "name"),
      (["--key", "k=/nowhere"], Self.snapshot, 1, "cannot read /nowhere"),
      (["--key", "k=\(text)"], Self.snapshot, 1, text),
      (["--config", "/nowhere"], Self.snapshot, 1, "open /nowhere: no such file or directory"),
      (["--config", text], Self.snapshot, 1, "cannot unmarshal number"),
      (["--prefix", "registry"], Self.snapshot, 2, "begins and ends with a slash"),
    ] as [([String], String, Int32, String)] {
      let outcome = try audit(arguments, file)
      #expect(outcome.status == status, "\(arguments) \(file)")
      #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    let missing = try Program.run(["audit"], in: scratch)
    #expect(missing.status == 2 && missing.errors.contains("<file>"))
    let zipped = scratch.file("snapshot.db.gz")
    try Data([0x1F, 0x8B, 8, 0]).write(to: URL(filePath: zipped))
    #expect(try audit([], zipped).errors.contains("gunzip"))
    let empty = try audit(["--prefix", "/elsewhere/"])
    #expect(empty.status == 1 && empty.errors.contains("no value lies under /elsewhere/"))
    let help = try Program.run(["audit", "--help"], in: scratch)
    #expect(help.status == 0 && help.output.contains("--retire"))
  }
}
