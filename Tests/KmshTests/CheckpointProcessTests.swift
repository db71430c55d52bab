import Foundation
import Peers
import Testing

/// Checkpoints of a workspace in a file, by one process after or beside another.
@Suite struct CheckpointProcessTests {
  /// A cluster with KMS and a function that gives each of its Secrets, 100 of them, one letter.
  private static let setUp = """
    v = vault.create{ name = 'kv1', resource_group = 'rg' }
    i = identity.create{ name = 'id1', resource_group = 'rg' }
    v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
    c = cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i,
      enable_azure_keyvault_kms = true,
      azure_keyvault_kms_key_id = key.create{ vault_name = v, name = 'k' },
      azure_keyvault_kms_key_vault_network_access = 'Public' }
    function fill(letter)
      workspace.transaction(function()
        for n = 1, 100 do
          local old = secret.find{ cluster = c, name = 's' .. n }
          if old then old:delete() end
          secret.create{ cluster = c, name = 's' .. n, data = { a = letter:rep(6000) } }
        end
      end)
    end
    """

  /// Prints which letter how many Secrets have.
  private static let counts = """
    function counts()
      local seen = { p = 0, q = 0 }
      for _, one in ipairs(secret.list{ cluster = 'c1' }) do
        local letter = one.data.a:sub(1, 1)
        assert(one.data.a == letter:rep(6000), one.name)
        seen[letter] = seen[letter] + 1
      end
      return ('p%d q%d'):format(seen.p, seen.q)
    end
    """

  private func run(_ source: String, in scratch: Scratch) throws -> String {
    let outcome = try Program.run(["-e", source], in: scratch)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output.trimmingCharacters(in: .newlines)
  }

  @Test func `a checkpoint outlives the process that took it`() throws {
    let scratch = try Scratch()
    _ = try run(Self.setUp + "\nfill('p') workspace.checkpoint('a') fill('q')", in: scratch)
    let output = try run(
      Self.counts + """

        workspace.reset()
        workspace.restore('a', { confirm = true })
        print(counts(), #workspace.checkpoints())
        """,
      in: scratch
    )
    #expect(output == "p100 q0\t1")
  }

  @Test func `another process sees a restore as a whole, and goes on`() throws {
    let scratch = try Scratch()
    let script = try scratch.write(
      Self.setUp + "\n" + """
        local function other(code)
          assert(os.execute(('%s -e "%s"'):format(arg[1], code)))
        end
        workspace.checkpoint('a')
        secret.create{ cluster = c, name = 's2', string_data = { a = 'y' } }
        local k = key.create{ vault_name = v, name = 'k' }
        local kid = k.kid
        c:update{ enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
          azure_keyvault_kms_key_vault_network_access = 'Public' }
        c:rewrite_secrets{}
        other([[workspace.restore('a', { confirm = true })]])
        print(#secret.list{ cluster = c }, key.find(kid) == nil, c:health().api_server)
        secret.create{ cluster = c, name = 's3', string_data = { a = 'z' } }
        other([[print(secret.get{ cluster = 'c1', name = 's3' }.data.a)]])
        other([[workspace.drop('a')]])
        print(#workspace.checkpoints())
        """,
      to: "two.lua"
    )
    let outcome = try Program.run([script, Program.path], in: scratch)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.sorted() == ["0", "0\ttrue\thealthy", "z"])
  }

  @Test func `killed while it takes or drops one, there is no half checkpoint`() throws {
    let scratch = try Scratch()
    _ = try run(Self.setUp + "\nfill('p')", in: scratch)
    let writer = """
      io.stdout:setvbuf('no')
      local n = #workspace.checkpoints()
      print('begin')
      while true do
        n = n + 1
        workspace.checkpoint('c' .. n)
        print('made c' .. n)
        if n % 3 == 0 then
          workspace.drop('c' .. n)
          print('gone c' .. n)
          n = n - 1
        end
      end
      """
    var random = SystemRandomNumberGenerator()
    for round in 0..<8 {
      let lines = try Program.killed(
        writer,
        after: .random(in: 0...60, using: &random),
        in: scratch
      )
      #expect(lines.first == "begin")
      var told: Set<Substring> = []
      for words in lines.dropFirst().map({ $0.split(separator: " ") }) {
        if words[0] == "made" { told.insert(words[1]) } else { told.remove(words[1]) }
      }
      // Every one that can be seen is whole, and can be restored.
      let output = try run(
        Self.counts + """

          for _, one in ipairs(workspace.checkpoints()) do
            assert(one.values == 100, one.name)
            workspace.restore(one.name, { confirm = true })
            assert(counts() == 'p100 q0', one.name)
            print(one.name)
          end
          """,
        in: scratch
      )
      let present = Set(output.split(separator: "\n"))
      // The last one told of may be half way out again.
      #expect(told.subtracting(present).count <= 1, "round \(round): \(told) \(present)")
      let doctor = try Program.run(["doctor"], in: scratch)
      #expect(doctor.status == 0, "\(doctor.output)")
    }
  }

  @Test func `killed while it restores, the workspace is the old one or the new one`() throws {
    let scratch = try Scratch()
    _ = try run(
      Self.setUp + "\nfor _, l in ipairs{ 'p', 'q' } do fill(l) workspace.checkpoint(l) end",
      in: scratch
    )
    let writer = """
      io.stdout:setvbuf('no')
      print('begin')
      while true do
        workspace.restore('p', { confirm = true })
        workspace.restore('q', { confirm = true })
      end
      """
    var random = SystemRandomNumberGenerator()
    for _ in 0..<8 {
      _ = try Program.killed(writer, after: .random(in: 0...80, using: &random), in: scratch)
      let output = try run(
        Self.counts + "\nprint(counts(), cluster.get('c1'):health().api_server)",
        in: scratch
      )
      #expect(["p100 q0\thealthy", "p0 q100\thealthy"].contains(output))
      let doctor = try Program.run(["doctor"], in: scratch)
      #expect(doctor.status == 0, "\(doctor.output)")
    }
  }

  @Test func `a file that may not grow ends in one clear error, and leaves nothing`() throws {
    let scratch = try Scratch()
    _ = try run(Self.setUp + "\nfill('p')", in: scratch)
    let source =
      "local ok, e = pcall(workspace.checkpoint, 'a') print(ok, e.code, #workspace.checkpoints())"
    // In blocks of 1 KiB: less than the rows of a checkpoint take.
    let pipe = Pipe()
    let process = try Program.start(
      ["-c", "trap '' XFSZ; ulimit -f 300; exec \"$0\" -e \"$1\"", Program.path, source],
      in: scratch,
      executable: "/bin/bash",
      output: pipe.fileHandleForWriting,
      errors: nil
    )
    try pipe.fileHandleForWriting.close()
    let output = String(
      decoding: pipe.fileHandleForReading.readDataToEndOfFile(),
      as: UTF8.self
    )
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let words = output.split(whereSeparator: \.isWhitespace).map { String($0) }
    #expect(words.first == "false" && words.last == "0", "\(words)")
    #expect(["workspace.unwritable", "workspace.full"].contains(words[1]))
    #expect(try Program.run(["doctor"], in: scratch).status == 0)
  }
}
