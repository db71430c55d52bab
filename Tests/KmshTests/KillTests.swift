import Foundation
import Testing

@Suite struct KillTests {
  /// Tells what is there, then writes on and says of each write that it has returned.
  private static let writer = """
    io.stdout:setvbuf('no')
    if not cluster.find('c1') then
      local v = vault.create{ name = 'kv1', resource_group = 'rg' }
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
      cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i,
        enable_azure_keyvault_kms = true,
        azure_keyvault_kms_key_id = key.create{ vault_name = v, name = 'k' },
        azure_keyvault_kms_key_vault_network_access = 'Public' }
    end
    local c, last = cluster.get('c1'), 0
    for _, s in ipairs(secret.list{ cluster = c }) do
      print('have ' .. s.name .. ' ' .. s.data.v)
      last = math.max(last, tonumber(s.name:match('%d+')))
    end
    print('begin')
    local function make(name) secret.create{ cluster = c, name = name, data = { v = name } } end
    for n = last + 1, math.huge do
      if n % 5 == 0 then
        workspace.transaction(function() make('left-' .. n) make('right-' .. n) end)
        print('made left-' .. n .. '\\nmade right-' .. n)
      else
        make('one-' .. n)
        print('made one-' .. n)
      end
    end
    """

  @Test func `killed at any moment, the workspace holds all that a call returned from`() throws {
    let scratch = try Scratch()
    var generator = SystemRandomNumberGenerator()
    var made: Set<String> = []
    for round in 0...50 {
      let lines = try Program.killed(
        Self.writer,
        after: .random(in: 0...40, using: &generator),
        in: scratch
      )
      let begin = try #require(lines.firstIndex(of: "begin"), "round \(round)")
      let present = lines[..<begin].compactMap { line -> String? in
        let words = line.split(separator: " ")
        guard words.count == 3, words[0] == "have", words[1] == words[2] else { return nil }
        return String(words[1])
      }
      #expect(present.count == begin, "a Secret is not what was written")
      #expect(made.isSubset(of: present), "round \(round) lost \(made.subtracting(present))")
      for name in present where name.hasPrefix("left-") {
        #expect(present.contains("right-" + name.dropFirst(5)))
      }
      made.formUnion(present)
      made.formUnion(
        lines[begin...].filter { $0.hasPrefix("made ") }.map { String($0.dropFirst(5)) }
      )
    }
    #expect(made.count > 50)
  }
}
