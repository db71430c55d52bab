import Console
import LuaRuntime
import Testing

/// Question marks at the prompt.
@Suite struct HelpQuestionTests {
  @Test(arguments: [
    ("?", "page()"), ("? ", "page()"), ("?vault.create", "page(vault.create)"),
    ("? vault.create ", "page(vault.create)"), ("?deleted   vault", "page(deleted vault)"),
    ("??purge", "search(purge)"), ("?? it's", "search(it's)"), ("?a\\", "page(a\\)"),
    ("?'..error(1)..'", "page('..error(1)..')"), ("??", "page()"),
  ])
  func `a question becomes a call`(typed: String, called: String) throws {
    let state = try LuaState()
    let setUp = """
      help = setmetatable({ search = function(text) return 'search(' .. text .. ')' end }, {
        __call = function(_, name) return 'page(' .. (name or '') .. ')' end,
      })
      """
    _ = try state.call(state.load(Array(setUp.utf8), chunkName: "=setup"))
    guard case .chunk(let chunk) = try ChunkReader(state: state).read(typed) else {
      Issue.record("no chunk")
      return
    }
    #expect(try state.call(chunk).first?.text == called)
  }
}
