import Foundation
import LuaModules
import LuaRuntime
import Testing

/// The table behind help, the reference and the stubs: it is whole, and its examples run.
@Suite struct ReferenceTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func state() throws -> LuaState {
    let state = try LuaState()
    try Library.register(in: state, Session(path: ":memory:"))
    try state.setModulePath([root.appending(path: "stdlib").path])
    return state
  }

  static func run(_ source: String, _ arguments: [LuaValue] = []) throws -> [LuaValue] {
    let state = try state()
    return try state.call(state.load(Array(source.utf8), chunkName: "=test"), arguments)
  }

  /// Texts that a chunk returns as an array; what goes wrong stands in their place.
  static func texts(_ source: String) -> [String] {
    do {
      guard case .array(let values) = try run(source).first else { return [] }
      return values.compactMap(\.text)
    } catch {
      return ["\(error)"]
    }
  }

  /// Names of all functions and methods.
  static let functions = texts(
    """
    local names = {}
    for entry in require('docs.reference').each() do
      if not entry.is_field then names[#names + 1] = entry.name end
    end
    return names
    """
  )

  /// Names of all modules and classes that have fields.
  static let parts = texts(
    """
    local names, seen = {}, {}
    for entry, part in require('docs.reference').each() do
      if entry.is_field and not seen[part.name] then names[#names + 1] = part.name end
      seen[part.name] = seen[part.name] or entry.is_field
    end
    return names
    """
  )

  @Test func `the table has what the library offers`() {
    #expect(Self.functions.count >= 120)
    for name in ["vault.create", "cluster:update", "kms.rotate", "help.search", "etcd reader:open"]
    {
      #expect(Self.functions.contains(name))
    }
    #expect(Self.parts.count >= 12)
  }

  @Test(arguments: functions) func `a function's example prints what it says`(name: String) throws {
    let source = """
      local reference, name = require('docs.reference'), ...
      local lines = {}
      function print(...)
        local texts = table.pack(...)
        for n = 1, texts.n do texts[n] = tostring(texts[n]) end
        lines[#lines + 1] = table.concat(texts, '  ')
      end
      local example = reference.entry(name).example or error('there is no example', 0)
      assert(load(reference.WORLD, '=world'))()
      assert(load(example, '=example'))()
      return example, table.concat(lines, '\\n')
      """
    let values = try Self.run(source, [.string(name)])
    let example = try #require(values[0].text)
    let expected = example.split(separator: "\n").compactMap { line in
      line.range(of: "--> ").map { String(line[$0.upperBound...]) }
    }
    #expect(!example.isEmpty)
    #expect(expected.isEmpty || values[1].text == expected.joined(separator: "\n"))
  }

  @Test(arguments: parts) func `a field is of the type that is told`(part: String) throws {
    let source = """
      local reference, name = require('docs.reference'), ...
      assert(load(reference.WORLD, '=world'))()
      local function type_of(value)
        if math.type(value) == 'integer' then return 'integer' end
        return type(value) == 'userdata' and (require('kmsh.help').subject(value) or 'null')
          or type(value)
      end
      for _, part in ipairs(reference.parts(name)) do
        local object = assert(load('return ' .. (part.object or part.name)))()
        for _, entry in ipairs(part.entries) do
          if entry.is_field then
            assert(entry.type, entry.name .. ' has no type')
            assert(entry.summary ~= '', entry.name .. ' has no summary')
            local value = object[entry.name:match('[^.]+$')]
            local bare, mark = entry.type:match('^(.-)(%??)$')
            assert(type_of(value) == bare or mark == '?' and value == nil,
              ('%s is told as %s, and is %s'):format(entry.name, entry.type, type_of(value)))
          end
        end
      end
      """
    _ = try Self.run(source, [.string(part)])
  }

  @Test func `every entry is told, each option too, and nothing is told of what is not there`() {
    let slips = Self.texts(
      """
      local reference, slips = require('docs.reference'), {}
      local function slip(...) slips[#slips + 1] = table.concat({ ... }, ' ') end
      local known = {}
      for entry, part in reference.each() do
        known[entry.name] = true
        if part.summary == '' then slip(part.name, 'has no summary') end
        if part.kind == 'class' and not part.object then slip(part.name, 'has no object') end
        if entry.summary == '' then slip(entry.name, 'has no summary') end
        for _, option in ipairs(entry.options or {}) do
          if option.summary == '' then slip(entry.name, option.name, 'has no summary') end
          if option.kind == '' then slip(entry.name, option.name, 'has no type') end
        end
        for _, code in ipairs(entry.errors) do
          if not code:find('^[%l_]+%.[%l_]+$') then slip(entry.name, code, 'is no code') end
        end
      end
      for name in pairs(reference.all().added) do
        local is_list = name == 'types' or name == 'objects' or name == 'parts'
        if not is_list and not known[name] then slip(name, 'is not there') end
      end
      for name in pairs(reference.all().added.types) do
        if not known[name] then slip(name, 'is not there') end
      end
      return slips
      """
    )
    #expect(slips == [])
  }

  @Test func `the errors that are told are those that there are`() throws {
    let told = Self.texts(
      """
      local codes = {}
      for entry in require('docs.reference').each() do
        for _, code in ipairs(entry.errors) do codes[#codes + 1] = code end
      end
      return codes
      """
    )
    #expect(Set(told).count >= 60)
    var text = ""
    for folder in ["Sources", "stdlib"] {
      let folder = Self.root.appending(path: folder)
      for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      where path.hasSuffix(".swift") || path.hasSuffix(".lua") && !path.hasPrefix("docs/entries") {
        text += try String(contentsOf: folder.appending(path: path), encoding: .utf8)
      }
    }
    let codes = Set(text.matches(of: /["'`]([a-z_]+\.[a-z_]+)["'`]/).map { String($0.1) })
    #expect(Set(told).subtracting(codes) == [])
  }

  @Test func `the options of a procedure are those that it takes`() throws {
    let source = """
      local kms = require('kms')
      for _, member in ipairs(kms.help.members) do
        local ok, err = pcall(kms[member], { nonsense = 1 })
        assert(not ok and err.code == 'argument.unknown', member)
        for _, option in ipairs(kms[member].help.options) do
          assert(err.hint:find(option.name, 1, true), member)
        end
        assert(err.hint:find("help 'kms." .. member .. "'", 1, true), member)
      end
      """
    _ = try Self.run(source)
  }

  // MARK: What is generated

  /// Files of the stubs by name.
  static let stubs: [String: String] = {
    // What goes wrong shows in the tests: there are no stubs then.
    guard case .table(let files)? = try? run("return require('docs.stubs').files()").first else {
      return [:]
    }
    return Dictionary(uniqueKeysWithValues: files.map { ($0.key.text, $0.value.text ?? "") })
  }()

  private static func committed(_ name: String) throws -> String {
    try String(contentsOf: root.appending(path: "stdlib/_meta/\(name)"), encoding: .utf8)
  }

  @Test func `the stubs are current: kmsh docs --stubs --to stdlib/_meta`() throws {
    #expect(Self.stubs.count >= 14)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appending(path: "stdlib/_meta").path
    )
    let committed = names.filter { $0.hasSuffix(".d.lua") }.map { String($0.dropLast(6)) }
    #expect(committed.sorted() == Self.stubs.keys.sorted())
    for (name, text) in Self.stubs {
      #expect(try Self.committed(name + ".d.lua") == text, "\(name).d.lua")
    }
  }

  @Test func `the stubs are Lua, and have a field for each option`() throws {
    for (name, text) in Self.stubs {
      _ = try Self.run("assert(load(...))", [.string(text)])
      #expect(text.hasPrefix("---@meta \(name)\n"))
    }
    let vault = try #require(Self.stubs["vault"])
    for part in [
      "\n---@class vault.create.Options\n---@field name string ",
      "\n---@field location? string ", "\n---@class Vault\n", "\n---@return Vault # vault\n",
      "\nfunction vault.create(options) end\n", "\nfunction DeletedVault:purge(options) end\n",
      "\n---@field default_action? 'Allow'|'Deny' ",
    ] {
      #expect(vault.contains(part), "\(part)")
    }
  }

  @Test func `the linter's globals are current, and those of the project too`() throws {
    let text = try #require(try Self.run("return require('docs.luacheckrc').text()").first?.text)
    #expect(
      try Self.committed("luacheckrc") == text,
      "kmsh docs --luacheckrc > stdlib/_meta/luacheckrc"
    )
    let own = try String(contentsOf: Self.root.appending(path: ".luacheckrc"), encoding: .utf8)
    for match in text.matches(of: /(?m)^    (\w+) = \{$/) {
      #expect(own.contains("'\(match.1)'") || own.contains("  \(match.1) = {"), "\(match.1)")
    }
  }
}
