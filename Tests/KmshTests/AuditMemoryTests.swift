import Testing

/// The audit log as a user of the program walks it.
@Suite struct AuditMemoryTests {
  /// Rows are written in one process and walked in another, which tells how its memory grew.
  ///
  /// Kept as tables, this many rows are some 35 MiB.
  @Test func `a long log is walked in little memory, in another process than wrote it`() throws {
    let scratch = try Scratch()
    let rowCount = 20_000
    let written = try Program.run(
      [
        "-e",
        """
        local v = vault.create{ name = 'kv1', resource_group = 'rg' }
        v:diagnostics(true)
        workspace.transaction(function()
          for _ = 1, \(rowCount) do key.find('https://kv1.vault.azure.net/keys/missing') end
        end)
        """,
      ],
      in: scratch
    )
    #expect(written.status == 0, "\(written.errors)")
    let walked = try Program.run(
      [
        "-e",
        """
        local function memory()
          collectgarbage()
          for line in io.lines('/proc/self/status') do
            local kib = line:match('^RssAnon:%s+(%d+)')
            if kib then return tonumber(kib) end
          end
        end
        local count, before = 0, nil
        for row in audit.each{ operation = 'KeyGet', result = 404 } do
          count = count + 1
          if count == 1000 then before = memory() end
          if count == \(rowCount) then print(count, memory() - before) end
        end
        """,
      ],
      in: scratch
    )
    let fields = walked.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    try #require(fields.count == 2, "\(walked.output)\(walked.errors)")
    #expect(fields[0] == rowCount)
    // SQLite keeps pages it read, up to 16 MiB.
    #expect(fields[1] < 20 * 1024, "KiB more after 20 times as many rows")
  }
}
