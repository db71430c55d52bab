import Console
import LuaRuntime
import Testing

@Suite struct ChunkReaderTests {
  private enum Kind { case chunk, incomplete, broken }

  private func kind(_ text: String) throws -> Kind {
    switch try ChunkReader(state: LuaState()).read(text) {
    case .chunk: .chunk
    case .incomplete: .incomplete
    case .broken: .broken
    }
  }

  @Test(arguments: [
    "1", "1, 2", "x = 1", "f()", "local x = 1", "for i = 1, 2 do print(i) end", "-- a note",
    "return 1", "#'abc'", "function f() end", "[[a\nb]]", "x = 1;", "function() end",
  ])
  func `whole texts run`(text: String) throws { #expect(try kind(text) == .chunk) }

  @Test(arguments: [
    "x =", "f(", "{", "for i = 1, 2 do", "if x then", "function f()", "[[a", "1 +", "--[[ a note",
    "return function()", "f{ a = 1,", "vault.create{",
  ])
  func `texts that may go on are waited for`(text: String) throws {
    #expect(try kind(text) == .incomplete)
  }

  @Test(arguments: ["x = = 1", ")", "'open", "1 2", "end", "x = 08x", "goto nowhere", "\u{1B}Lua"])
  func `what nothing can complete is an error`(text: String) throws {
    #expect(try kind(text) == .broken)
  }
}
