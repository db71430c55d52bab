import Foundation
import LuaRuntime
import Testing

/// Which modules and values have a page of help.
@Suite struct PageTests {
  /// Names by which files of the library can be required.
  static let files: [String] = {
    let folder = ReferenceTests.root.appending(path: "stdlib")
    // Without the library, the count below is wrong.
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return paths.filter { $0.hasSuffix(".lua") && !$0.hasPrefix("_meta/") }.map {
      String($0.dropLast(4)).replacing("/", with: ".").replacing(/\.init$/, with: "")
    }
  }()

  @Test func `every module has a page, or is hidden for a reason`() throws {
    #expect(Self.files.count > 100)
    let source = """
      local reference, hidden = require('docs.reference'), require('docs.hidden')
      local names, slips, used = ..., {}, {}
      for name in pairs(package.loaded) do names[#names + 1] = name end
      local own = 'string table math os io utf8 coroutine debug package _G'
      local function reason(name)
        for pattern, why in pairs(hidden) do
          local is_part = pattern:sub(-1) == '*' and name:find(pattern:sub(1, -2), 1, true) == 1
          if is_part or pattern == name then return pattern, why end
        end
      end
      for _, name in ipairs(names) do
        local is_told = #reference.parts(name) > 0
          or reference.entry(name) ~= nil and not name:find('^tools')
        local pattern, why = reason(name)
        if pattern and not is_told then used[pattern] = why:find('%S') ~= nil end
        if not is_told and not pattern and not own:find(name, 1, true) then
          slips[#slips + 1] = name .. ' has no page'
        end
      end
      for pattern in pairs(hidden) do
        if not used[pattern] then slips[#slips + 1] = pattern .. ' hides nothing' end
      end
      return slips
      """
    let values = try ReferenceTests.run(source, [.array(Self.files.map { .string($0) })])
    guard case .array(let slips)? = values.first else { return }
    #expect(slips.compactMap(\.text) == [])
  }

  @Test func `every global that is not Lua's own has a page`() throws {
    let source = """
      local reference, slips = require('docs.reference'), {}
      local own = ' assert collectgarbage dofile error getmetatable ipairs load loadfile next pairs '
        .. 'pcall print rawequal rawget rawlen rawset require select setmetatable tonumber tostring '
        .. 'type warn xpcall _G _VERSION string table math os io utf8 coroutine debug package '
      for name in pairs(_G) do
        local is_told = #reference.parts(name) > 0 or reference.entry(name) ~= nil
        if not is_told and not own:find(' ' .. name .. ' ', 1, true) then slips[#slips + 1] = name end
      end
      return slips
      """
    #expect(ReferenceTests.texts(source) == [])
  }

  @Test(arguments: [
    ("vault.get('kv1').update", "vault:update{…} → vault"),
    ("key.get{ vault_name = 'kv1', name = 'k1' }.update", "key:update{…} → key"),
    ("vault.create", "vault.create{…} → vault"), ("vault", "vault: Key vaults."),
    ("kms.rotate", "kms.rotate{…} → report"), ("kms", "kms: The documented procedures"),
    ("p", "p(value, options?)"), ("take", "take(iterator, count) → array"),
    ("help", "help(subject?, page?)"), ("help.search", "help.search(text)"),
    ("require('api_server')", "api_server: Objects of a cluster"),
    ("require('api_server').get", "api_server.get{…}"),
    ("require('kubectl')", "kubectl: The command line"),
    ("require('az').main", "az.main(arguments, host?) → integer"),
    ("require('tools.assertions').same", "tools.assertions.same(expected, actual, about?)"),
    ("vault.get('kv1')", "vault: Key vaults."),
    ("select(2, pcall(vault.get, 'kv9'))", ""), ("'vault.update'", "vault:update{…} → vault"),
  ])
  func `help finds the page of a value`(expression: String, start: String) throws {
    let source = """
      local text = ''
      function print(line) text = text .. line end
      assert(load(require('docs.reference').WORLD, '=world'))()
      local value = assert(load('return ' .. ...))()
      local ok, problem = pcall(help, value)
      return ok and text or problem.code
      """
    let text = try #require(
      try ReferenceTests.run(source, [.string(expression)]).first?.text
    )
    if start.isEmpty {
      #expect(text == "argument.type")
    } else {
      #expect(text.hasPrefix(start), "\(text.prefix(200))")
    }
  }

  @Test(arguments: ["print", "{}", "function() end", "io.stdout", "1", "coroutine.create(print)"])
  func `help says of other values that it has none`(expression: String) throws {
    let values = try ReferenceTests.run(
      "local _, problem = pcall(help, load('return ' .. ...)()) return problem.code",
      [.string(expression)]
    )
    #expect(values.first?.text == "argument.type")
  }
}
