import Foundation
import LuaRuntime
import Testing

/// What help says of an option that is left out.
@Suite struct DefaultTests {
  /// Functions with options of which one stands for a value when it is left out.
  static let functions = ReferenceTests.texts(
    """
    local names = {}
    for entry in require('docs.reference').each() do
      local has_value = false
      for _, option in ipairs(entry.options or {}) do
        has_value = has_value or option.default_value ~= nil
      end
      if has_value then names[#names + 1] = entry.name end
    end
    return names
    """
  )

  @Test func `defaults have a place of their own, and flags always have one`() {
    let slips = ReferenceTests.texts(
      """
      local slips = {}
      -- Given as true or not at all, in place of other options.
      local without = { ['vault.call_from trusted_service'] = true }
      for entry in require('docs.reference').each() do
        for _, option in ipairs(entry.all_options) do
          local name, default = entry.name .. ' ' .. option.name, option.default
          local function slip(text) slips[#slips + 1] = name .. ' ' .. text end
          if option.summary:find('[Dd]efault') then slip('tells its default in its summary') end
          if option.required and default then slip('must be given and has a default') end
          local is_flag = option.kind == 'boolean' and not option.required
          if is_flag and (default ~= nil) == (without[name] or false) then slip('is a flag') end
        end
      end
      return slips
      """
    )
    #expect(slips == [])
  }

  @Test func `a default that is a value is one that could be given`() {
    let slips = ReferenceTests.texts(
      """
      local slips = {}
      local types = {
        string = 'string', strings = 'string', choice = 'string', any = 'string',
        boolean = 'boolean', integer = 'number',
      }
      for entry in require('docs.reference').each() do
        for _, option in ipairs(entry.all_options) do
          local value = option.default_value
          local words = {}
          for _, word in ipairs(option.words or { value }) do words[word] = true end
          if value ~= nil and (type(value) ~= types[option.kind] or not words[value]) then
            slips[#slips + 1] = entry.name .. ' ' .. option.name
          end
        end
      end
      return slips
      """
    )
    #expect(slips == [])
  }

  @Test func `a call that changes something keeps what is left out`() {
    let told = ReferenceTests.texts(
      """
      local told = {}
      for _, name in ipairs{ 'vault:update', 'key:update', 'cluster:update', 'secret:update' } do
        for _, option in ipairs(require('docs.reference').entry(name).options) do
          if option.default ~= 'as it is' then told[#told + 1] = name .. ' ' .. option.name end
        end
      end
      return told
      """
    )
    #expect(
      told == ["cluster:update disable_azure_keyvault_kms", "secret:update resource_version"]
    )
  }

  /// Runs a function's example, with or without its defaults given to each call of it, and tells
  /// how often it was called, what was printed, and how the world looks then.
  private static func outcome(of name: String, givesDefaults: Bool) throws -> [LuaValue] {
    let source = """
      local reference, plain, name, gives = require('docs.reference'), require('util.plain'), ...
      local entry, lines, count = reference.entry(name), {}, 0
      assert(load(reference.WORLD, '=world'))()
      function print(...)
        local texts = table.pack(...)
        for n = 1, texts.n do texts[n] = tostring(texts[n]) end
        lines[#lines + 1] = table.concat(texts, '  ')
      end
      local function wrapped(call)
        return function(...)
          local arguments = table.pack(...)
          local at = entry.name:find(':', 1, true) and 2 or 1
          arguments[at] = arguments[at] or {}
          arguments.n = math.max(arguments.n, at)
          for _, option in ipairs(type(arguments[at]) == 'table' and entry.options or {}) do
            if gives and arguments[at][option.name] == nil then
              arguments[at][option.name] = option.default_value
            end
          end
          count = count + 1
          return call(table.unpack(arguments, 1, arguments.n))
        end
      end
      local owner, mark, short = name:match('^(.*)([.:])(.*)$')
      if mark == ':' then
        for _, part in ipairs(reference.parts(owner)) do
          if part.kind == 'class' then
            -- Making one may change the world, which is for the example to do.
            workspace.what_if(function()
              local object = assert(load('return ' .. part.object, '=object'))()
              local _, methods = debug.getupvalue(debug.getmetatable(object).__index, 1)
              methods[short] = wrapped(methods[short])
            end)
          end
        end
      else
        local module = require(owner)
        local call = module[short]
        if type(call) == 'table' then
          debug.getmetatable(call).__call = wrapped(debug.getmetatable(call).__call)
          entry.name = name .. ':'
        else
          rawset(module, short, wrapped(call))
        end
      end
      local ok, problem = pcall(assert(load(entry.example, '=example')))
      local world = { ok = ok, problem = not ok and tostring(problem) or nil }
      for _, v in ipairs(vault.list{}) do
        local shown = { vault = v:show(), keys = {} }
        -- An example may leave a vault that is closed to whoever looks.
        local is_open, keys = pcall(key.list, { vault_name = v.name })
        for n, k in ipairs(is_open and keys or {}) do
          local is_shown, key_shown = pcall(k.show, k)
          if is_shown then
            key_shown.key.n, key_shown.key.x, key_shown.key.y = nil, nil, nil
            shown.keys[n] = { key = key_shown, size = k.size, curve = k.curve }
          end
        end
        world[#world + 1] = shown
      end
      for _, v in ipairs(vault.list_deleted()) do world[#world + 1] = tostring(v) end
      for _, c in ipairs(cluster.list{}) do
        world[#world + 1] = { c:show(), c:kms() }
        for object in require('api_server').each{ cluster = c } do
          object.data = nil
          world[#world + 1] = object
        end
      end
      for _, i in ipairs(identity.list{}) do world[#world + 1] = i:show() end
      for _, s in ipairs(workspace.subscriptions()) do
        world[#world + 1] = s.konnectivity_grandfathered
      end
      return count, table.concat(lines, '\\n'), json.encode(plain.data(world), { indent = 2 })
      """
    return try ReferenceTests.run(source, [.string(name), .boolean(givesDefaults)])
  }

  @Test(arguments: functions)
  func `giving the defaults is leaving them out`(name: String) throws {
    let given = try Self.outcome(of: name, givesDefaults: true)
    let leftOut = try Self.outcome(of: name, givesDefaults: false)
    guard case .integer(let count) = given[0] else { return }
    #expect(count > 0, "the example does not call it")
    #expect(given[1].text == leftOut[1].text)
    let worlds = [given, leftOut].map { $0[2].text?.split(separator: "\n") ?? [] }
    #expect(!worlds[0].isEmpty)
    #expect(worlds[0].difference(from: worlds[1]).isEmpty)
  }
}
