import Foundation
import Peers
import Testing

/// Rewriting by processes that are killed, interrupted, or have no room.
@Suite struct RewriteProcessTests {
  private let scratch: Scratch
  private static let count = 3000

  /// A cluster whose Secrets are under a key that is no longer current.
  init() throws {
    scratch = try Scratch()
    let outcome = try Program.run(
      [
        "-e",
        """
        local v = vault.create{ name = 'kv1', resource_group = 'rg' }
        local i = identity.create{ name = 'id1', resource_group = 'rg' }
        v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
        local function kms()
          return { enable_azure_keyvault_kms = true, assign_identity = i,
            azure_keyvault_kms_key_id = key.create{ vault_name = v, name = 'k' },
            azure_keyvault_kms_key_vault_network_access = 'Public' }
        end
        local options = kms()
        options.name, options.resource_group = 'c1', 'rg'
        local c = cluster.create(options)
        workspace.transaction(function()
          for n = 1, \(Self.count) do
            secret.create{ cluster = c, name = ('s%05d'):format(n), namespace = 'ns' .. n % 3,
              data = { v = tostring(n) } }
          end
        end)
        c:update(kms())
        """,
      ],
      in: scratch
    )
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  /// Every Secret is what was written, and under the current key unless told otherwise.
  private func check(stale: Int? = 0) throws {
    let outcome = try Program.run(
      [
        "-e",
        """
        local c, n = cluster.get('c1'), 0
        for s in secret.each{ cluster = c, all_namespaces = true } do
          assert(tonumber(s.data.v) == tonumber(s.name:match('%d+')))
          n = n + 1
        end
        local inventory = c:inventory{}
        print(n, inventory.values, inventory.unreadable, inventory.stale)
        """,
      ],
      in: scratch
    )
    let numbers = outcome.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    #expect(numbers.count == 4 && Array(numbers.prefix(3)) == [Self.count, Self.count, 0])
    if let stale { #expect(numbers.last == stale) }
    let doctor = try Program.run(["doctor"], in: scratch)
    #expect(doctor.status == 0 && doctor.output.contains("nothing is wrong"), "\(doctor.output)")
  }

  @Test func `of two at once one is killed half-way: nothing is lost and the other goes on`() throws
  {
    let pipes = [Pipe(), Pipe()]
    let errors = scratch.file("errors")
    try Data().write(to: URL(filePath: errors))
    let processes = try pipes.map { pipe in
      defer { try? pipe.fileHandleForWriting.close() }  // a pipe that stays open is waited for
      return try Program.start(
        [
          "-e",
          """
          io.stdout:setvbuf('no')
          local r = cluster.get('c1'):rewrite_secrets{
            all = true, on_progress = function(p) print('batch', p.read) end }
          print('end', r.read, r.written + r.conflicts, #r.failed)
          """,
        ],
        in: scratch,
        output: pipe.fileHandleForWriting,
        errors: FileHandle(forWritingAtPath: errors)
      )
    }
    // Both are under way when one of them goes.
    for pipe in pipes { #expect(!pipe.fileHandleForReading.availableData.isEmpty) }
    processes[0].send(SIGKILL)
    let rest = String(
      decoding: try pipes[1].fileHandleForReading.readToEnd() ?? Data(),
      as: UTF8.self
    )
    for process in processes { process.waitUntilExit() }
    let told = try String(contentsOfFile: errors, encoding: .utf8)
    #expect(processes[1].terminationStatus == 0, "\(told)")
    #expect(rest.hasSuffix("end\t\(Self.count)\t\(Self.count)\t0\n"), "\(rest.suffix(200))")
    // A conflict is whatever the other wrote, which is under the current key too.
    try check()
  }

  @Test func `without room it stops with one error, and goes on when there is some`() throws {
    let length = try #require(
      try FileManager.default.attributesOfItem(atPath: scratch.file("workspace.db"))[.size] as? Int
    )
    // The log may not become longer than the file is: writing fails in the middle of it.
    let process = try Program.start(
      [
        "-c", "trap '' XFSZ; ulimit -f \(length / 512 / 2); exec \"$0\" \"$@\"", Program.path, "-e",
        "cluster.get('c1'):rewrite_secrets{ all = true }",
      ],
      in: scratch,
      executable: "/bin/sh",
      output: nil,
      errors: try errorFile()
    )
    process.waitUntilExit()
    let told = try String(contentsOfFile: scratch.file("errors"), encoding: .utf8)
    #expect(process.terminationStatus == 1)
    #expect(told.hasPrefix("error: ") && told.contains("cannot be read or written"), "\(told)")
    #expect(told.contains("\nhint: ") && !told.contains("default"))
    try check(stale: nil)
    let again = try Program.run(
      [
        "-e", "local r = cluster.get('c1'):rewrite_secrets{} print(r.read, #r.failed, r.conflicts)",
      ],
      in: scratch
    )
    #expect(again.output == "\(Self.count)\t0\t0\n")
    try check()
  }

  private func errorFile() throws -> FileHandle? {
    try Data().write(to: URL(filePath: scratch.file("errors")))
    return FileHandle(forWritingAtPath: scratch.file("errors"))
  }

  @Test func `a terminal shows how far it is; interrupted, it tells how to go on`() throws {
    let script = try scratch.write(
      "cluster.get('c1'):rewrite_secrets{ all = true, resume = arg[1] }",
      to: "rewrite.lua"
    )
    let terminal = try Terminal(in: scratch, [script])
    terminal.wait(for: "rewrite c1 [")
    terminal.wait(for: " of \(Self.count), ")
    terminal.wait(for: "/s, ")
    terminal.wait(for: " left, ns0 ")
    terminal.type("\u{3}")
    terminal.wait(for: "error: interrupted: ")
    terminal.wait(for: "resume = '/registry/secrets/ns")
    #expect(terminal.status() == 130)
    try check(stale: nil)
    let resumed = try Program.run(
      [
        "-e",
        """
        local c = cluster.get('c1')
        local first = c:rewrite_secrets{ all = true, limit = 700 }
        assert(not first.complete and first.read == 700)
        local rest = c:rewrite_secrets{ all = true, resume = first.resume }
        print(rest.complete, rest.resume, rest.read, rest.namespaces.ns0, rest.namespaces.ns2.read)
        """,
      ],
      in: scratch
    )
    #expect(
      resumed.output.hasPrefix("true\tnil\t\(Self.count - 700)\ttable: "),
      "\(resumed.errors)"
    )
    #expect(resumed.errors.isEmpty, "no bar without a terminal")
    try check()
  }
}
