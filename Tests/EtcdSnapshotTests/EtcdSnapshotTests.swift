import CryptoEngine
import EncryptionAtRest
import EtcdSnapshot
import Foundation
import TestData
import Testing

/// Snapshots of a real etcd, of made-up ones, and of damaged ones.
@Suite struct EtcdSnapshotTests {
  /// Opens bytes as a file that goes with the test.
  private func open(_ bytes: [UInt8]) throws -> EtcdSnapshot {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try EtcdSnapshot(path: file.path)
  }

  private func failure(_ bytes: [UInt8]) -> SnapshotError? {
    do {
      _ = try open(bytes)
      return nil
    } catch {
      return error as? SnapshotError
    }
  }

  // MARK: Real

  @Test func `a real snapshot gives each entry with its bytes and revisions`() throws {
    let path = Fixtures.folder.appending(path: "etcd-snapshot.db").path
    let snapshot = try EtcdSnapshot(path: path)
    let entries = try Fixtures.entries()
    for expected in entries {
      let key = expected.text("etcd_key")
      let entry = try #require(try snapshot.entry(at: key), "\(key)")
      #expect(try Digest.sha256(entry.value).lowerHex == expected.text("value_sha256"))
      #expect(entry.createRevision == (expected["create_revision"] as? NSNumber)?.int64Value)
      #expect(entry.modRevision == (expected["mod_revision"] as? NSNumber)?.int64Value)
      #expect(entry.version == (expected["version"] as? NSNumber)?.int64Value)
    }
    let all = try snapshot.entries(prefix: "", after: nil, limit: .max)
    #expect(all.count == snapshot.info.liveCount)
    let secrets = try snapshot.entries(prefix: "/registry/secrets/", after: nil, limit: .max)
    let known = entries.map { $0.text("etcd_key") }.filter { $0.hasPrefix("/registry/secrets/") }
    #expect(secrets.map(\.key) == known.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(throws: SnapshotError.self) { try snapshot.put([1], at: "/x", ifRevision: nil) }
    #expect(throws: SnapshotError.self) { try snapshot.delete("/x", ifRevision: nil) }
  }

  @Test func `a snapshot pages through its keys as any store does`() throws {
    let path = Fixtures.folder.appending(path: "etcd-snapshot.db").path
    let snapshot = try EtcdSnapshot(path: path)
    var keys: [String] = []
    while true {
      let page = try snapshot.entries(prefix: "/registry/", after: keys.last, limit: 7)
      keys += page.map(\.key)
      if page.count < 7 { break }
    }
    #expect(
      keys == (try snapshot.entries(prefix: "/registry/", after: nil, limit: .max)).map(\.key)
    )
    #expect(try snapshot.entry(at: "/registry/secrets") == nil)
    #expect(try snapshot.entry(at: "") == nil)
    #expect(try snapshot.entries(prefix: "/zzz", after: nil, limit: 9).isEmpty)
  }

  // MARK: Made up

  @Test(arguments: [512, 4096, 65536], [1, 2, 5, 400])
  func `a snapshot agrees with a dictionary, whatever its shape`(
    pageSize: Int,
    count: Int
  ) throws {
    var generator = SeededGenerator(UInt64(pageSize + count))
    var model: [String: Revision] = [:]
    var revisions: [Revision] = []
    for main in 1...UInt64(count) {
      let key = "/registry/secrets/n/\(Int.random(in: 0..<count / 2 + 1, using: &generator))"
      let old = model[key]
      let isDeletion = old != nil && Int.random(in: 0..<4, using: &generator) == 0
      let length = Int.random(in: 0..<3 * 512, using: &generator)
      var revision = Revision(main: main, key: key, value: isDeletion ? nil : [])
      revision.value = isDeletion ? nil : [UInt8](repeating: UInt8(main % 251), count: length)
      revision.createRevision = old?.createRevision ?? main
      revision.version = (old?.version ?? 0) + 1
      revisions.append(revision)
      model[key] = isDeletion ? nil : revision
    }
    for isInline in [false, true] where !isInline || count < 6 {
      let writer = BoltWriter(pageSize: pageSize, fanout: 5, isInline: isInline)
      let snapshot = try open(writer.snapshot(revisions))
      let entries = try snapshot.entries(prefix: "", after: nil, limit: .max)
      #expect(entries.map(\.key) == model.keys.sorted())
      for entry in entries {
        let expected = try #require(model[entry.key])
        #expect(entry.value == expected.value && entry.modRevision == Int64(expected.main))
        #expect(entry.createRevision == Int64(expected.createRevision))
        #expect(entry.version == Int64(expected.version))
      }
      #expect(snapshot.info.revisionCount == count && snapshot.info.revision == Int64(count))
      #expect(snapshot.info.pageSize == pageSize)
    }
  }

  // MARK: Damaged

  private static let sample = (1...60).map {
    Revision(main: $0, key: "/registry/secrets/n/\($0)", value: [UInt8](repeating: 7, count: 100))
  }

  /// The database changed at an offset, under a hash that fits.
  private func changed(_ offset: Int, _ bytes: [UInt8], _ writer: BoltWriter = .init()) -> [UInt8] {
    var database = writer.database(Self.sample)
    database.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    return BoltWriter.hashed(database)
  }

  @Test func `what is no snapshot is told so`() throws {
    #expect(failure([])?.code == .notBolt)
    #expect(failure(Array("hello".utf8))?.code == .notBolt)
    #expect(failure([UInt8](repeating: 0, count: 100_000))?.code == .notBolt)
    #expect(failure(BoltWriter().database(Self.sample))?.code == .hashMissing)
    for (path, code) in [
      ("/nowhere/at-all", SnapshotError.Code.notFound), ("/tmp", .unreadable),
      ("/dev/null", .unreadable), ("/proc/self/status", .notBolt),
    ] {
      let error = #expect(throws: SnapshotError.self) { try EtcdSnapshot(path: path) }
      #expect(error?.code == code, "\(path)")
    }
  }

  @Test func `cut short at any length, it is refused`() {
    let whole = BoltWriter().snapshot(Self.sample)
    for length in Array(stride(from: 0, to: whole.count, by: 97)) + [whole.count - 1] {
      #expect(failure(Array(whole.prefix(length))) != nil, "\(length)")
    }
    #expect(failure(whole + [0])?.code == .hashMissing)
  }

  @Test func `a changed byte is found by the hash, with its offset`() {
    var whole = BoltWriter().snapshot(Self.sample)
    whole[5000] ^= 1
    let error = failure(whole)
    #expect(error?.code == .hashMismatch)
    #expect(error?.message.contains("offset \(whole.count - 32)") == true)
  }

  @Test func `either meta page will do, and none is an error`() throws {
    let size = 4096
    #expect(try open(changed(16, [0])).info.liveCount == 60)
    #expect(try open(changed(size + 16, [0])).info.liveCount == 60)
    let noChecksum = changed(16 + 50, [9])
    #expect(try open(noChecksum).info.liveCount == 60)
    var both = BoltWriter().database(Self.sample)
    both[16 + 50] ^= 1
    both[size + 16 + 50] ^= 1
    #expect(failure(BoltWriter.hashed(both))?.code == .damaged)
  }

  @Test func `pages that do not fit together are told by their offset`() {
    let size = 4096
    // Pages 2 to 10 are leaves, 11 and 12 branches, 13 the branch above, 14 the root.
    let branch = 11 * size
    let little = { (number: UInt64) -> [UInt8] in
      withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
    for (offset, bytes, words) in [
      (branch + 16 + 8, little(11), "page 11 is reached twice"),
      (branch + 16 + 8, little(13), "page 13 is reached twice"),
      (branch + 16 + 8, little(3), "page 3 is reached twice"),
      (branch + 16 + 8, little(9_999), "lies past the last one"),
      (branch + 16 + 8, little(.max), "lies past the last one"),
      (branch + 16 + 8, little(0), "a page of kind 4"),
      (3 * size, little(4), "says that it is another page"),
      (3 * size + 8, [8], "a page of kind 8"),
      (3 * size + 10, [0xFF, 0xFF], "do not fit into their page"),
      (3 * size + 12, [0xFF, 0xFF, 0xFF, 0xFF], "overflows the file"),
      (3 * size + 12, [1], "is reached twice"),
      (3 * size + 16 + 4, [0xFF, 0xFF, 0xFF, 0xFF], "reaches past its page"),
      (3 * size + 16 + 8, [0xFF, 0xFF, 0xFF, 0xFF], "reaches past its page"),
      (3 * size + 16 + 12, [0xFF, 0xFF, 0xFF, 0x7F], "reaches past its page"),
      (3 * size + 16 + 8, [16], "is no revision"),
      (3 * size + 16 + 16 + 4, little(16).prefix(4).map { $0 }, "lies over the one before"),
    ] {
      let error = failure(changed(offset, bytes))
      #expect(error?.code == .damaged, "\(words)")
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "") / \(words)")
      #expect(error?.message.contains("at offset") == true)
    }
  }

  @Test func `revisions out of order, and values that are no messages, are refused`() {
    var backwards = Self.sample
    backwards.swapAt(3, 4)
    #expect(failure(BoltWriter().snapshot(backwards))?.message.contains("comes after") == true)
    let nameless = [Revision(main: 1, key: "", value: [1])]
    #expect(failure(BoltWriter().snapshot(nameless))?.message.contains("no key") == true)
  }

  @Test func `a chain of branches a thousand deep ends with an error`() {
    var pages: [UInt8] = []
    let writer = BoltWriter(pageSize: 512)
    let start = writer.database([Revision(main: 1, key: "/a", value: [1])])
    // Pages 2 and 3 are the leaf and the root; a chain of branches is put before the leaf.
    pages = start
    for id in UInt64(4)..<1004 {
      let child = id == 1003 ? 2 : id + 1
      var page = [UInt8]()
      let numbers: [UInt64] = [id, 1 | 1 << 16, 16, child]
      for number in numbers { page += withUnsafeBytes(of: number.littleEndian) { Array($0) } }
      pages += page + [UInt8](repeating: 0, count: 512 - page.count)
    }
    // The bucket's root is the first number of the first element's value, after its key.
    let value = 3 * 512 + 16 + 2 * 16 + 3
    pages.replaceSubrange(value..<value + 8, with: [4, 0, 0, 0, 0, 0, 0, 0])
    let error = failure(BoltWriter.hashed(pages))
    #expect(error?.message.contains("deeper than 64 levels") == true, "\(error?.message ?? "none")")
  }

  @Test(arguments: UInt64(0)..<8)
  func `damage anywhere gives an error or an answer, never a crash`(seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    for pageSize in [512, 4096] {
      let writer = BoltWriter(pageSize: pageSize)
      let database = writer.database(Self.sample)
      for _ in 0..<150 {
        var damaged = database
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          let offset = Int.random(in: 0..<damaged.count, using: &generator)
          damaged[offset] = UInt8.random(in: 0...255, using: &generator)
        }
        if let snapshot = try? open(BoltWriter.hashed(damaged)) {
          _ = try? snapshot.entries(prefix: "", after: nil, limit: .max)
        }
      }
    }
  }
}
