import Foundation
import TestData
import Testing

/// Files that were cut short or altered: one clear error or what was written, and `doctor` tells.
@Suite struct DamageTests {
  private static let read = """
    for s in secret.each{ cluster = 'c1' } do assert(s.data.v == s.name) io.write(s.name, ' ') end
    """

  /// A workspace of a few Secrets, closed.
  private func made() throws -> (Scratch, Data) {
    let scratch = try Scratch()
    let outcome = try Program.run(
      [
        "-e",
        """
        cluster.create{ name = 'c1', resource_group = 'rg' }
        for n = 1, 40 do
          secret.create{ cluster = 'c1', name = 's' .. n, data = { v = 's' .. n,
            filler = ('x'):rep(600) } }
        end
        """,
      ],
      in: scratch
    )
    try #require(outcome.status == 0, "\(outcome.errors)")
    let file = URL(filePath: scratch.file("workspace.db"))
    return (scratch, try Data(contentsOf: file))
  }

  private func errorIsClear(_ outcome: Program.Outcome) -> Bool {
    outcome.status == 1 && outcome.errors.hasPrefix("error: ")
      && outcome.errors.contains("\nhint: ")
  }

  @Test func `bits that flip anywhere never crash it, and never pass for something else`() throws {
    let (scratch, whole) = try made()
    let file = URL(filePath: scratch.file("workspace.db"))
    var random = SeededGenerator(5)
    for round in 0..<40 {
      var bytes = whole
      for _ in 0..<(round % 4 == 0 ? 1 : 40) {
        // Every other round in the header and the schema.
        let end = round % 2 == 0 ? 4096 : bytes.count
        bytes[Int.random(in: 0..<end, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      }
      for suffix in ["-wal", "-shm"] { unlink(file.path + suffix) }
      try bytes.write(to: file)
      let doctor = try Program.run(["doctor"], in: scratch)
      #expect([0, 1].contains(doctor.status), "\(round): \(doctor.status) \(doctor.errors)")
      let outcome = try Program.run(["-e", Self.read], in: scratch)
      #expect(outcome.status == 0 || outcome.status == 1, "\(round): \(outcome.status)")
      #expect(
        outcome.status == 0 || outcome.errors.hasPrefix("error: "),
        "\(round): \(outcome.errors)"
      )
    }
  }

  @Test func `a file cut short anywhere is one clear error, and doctor tells it`() throws {
    let (scratch, whole) = try made()
    let file = URL(filePath: scratch.file("workspace.db"))
    for length in [10, 60, 100, 4095, 4096, 5000, whole.count / 2, whole.count - 1] {
      for suffix in ["-wal", "-shm"] { unlink(file.path + suffix) }
      try whole.prefix(length).write(to: file)
      let doctor = try Program.run(["doctor", "--json"], in: scratch)
      #expect(doctor.status == 1, "\(length): \(doctor.output)")
      #expect(doctor.output.contains("\"id\" : \"file."), "\(doctor.output)")
      let outcome = try Program.run(["-e", Self.read], in: scratch)
      // The last bytes of a page may be of no account; then everything is there.
      let isWhole = outcome.status == 0 && outcome.output.split(separator: " ").count == 40
      #expect(errorIsClear(outcome) || isWhole, "\(length): \(outcome.status) \(outcome.errors)")
    }
  }

  @Test func `a log that was cut off keeps what was whole, and what it held before is there`()
    throws
  {
    let scratch = try Scratch()
    // Leaves without closing, as if killed: everything since the file was made is in the log.
    let script = """
      cluster.create{ name = 'c1', resource_group = 'rg' }
      for n = 1, 30 do secret.create{ cluster = 'c1', name = 's' .. n, data = { v = 's' .. n } } end
      os.execute('kill -KILL $PPID')
      """
    _ = try Program.run(["-e", script], in: scratch)
    let log = URL(filePath: scratch.file("workspace.db-wal"))
    let whole = try Data(contentsOf: log)
    #expect(whole.count > 30 * 4096)
    for left in [whole.count, whole.count - 1, whole.count / 2] {
      let copy = try Scratch()
      try Data(contentsOf: URL(filePath: scratch.file("workspace.db")))
        .write(to: URL(filePath: copy.file("workspace.db")))
      try whole.prefix(left).write(to: URL(filePath: copy.file("workspace.db-wal")))
      let outcome = try Program.run(["-e", Self.read], in: copy)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let names = outcome.output.split(separator: " ").map { String($0) }
      // Whole transactions from the first on, and no other.
      #expect(Set(names) == Set((0..<names.count).map { "s\($0 + 1)" }))
      #expect(left < whole.count ? names.count < 30 : names.count == 30)
    }
  }
}
