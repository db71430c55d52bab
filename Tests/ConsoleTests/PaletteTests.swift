import Console
import LineEditor
import LuaRuntime
import Testing

@Suite struct PaletteTests {
  @Test(arguments: [
    (["TERM": "xterm"], true, true), (["TERM": "xterm"], false, false),
    (["TERM": "dumb"], true, false), ([:], true, false),
    (["TERM": "xterm", "NO_COLOR": "1"], true, false),
    (["TERM": "xterm", "NO_COLOR": ""], true, true),
    (["CLICOLOR_FORCE": "1"], false, true), (["CLICOLOR_FORCE": "0"], false, false),
    (["CLICOLOR_FORCE": ""], false, false),
    (["TERM": "dumb", "NO_COLOR": "1", "CLICOLOR_FORCE": "1"], false, true),
  ])
  func `colours are for terminals that want them`(
    environment: [String: String],
    isTerminal: Bool,
    isWanted: Bool
  ) {
    #expect(Palette.isWanted(environment: environment, isTerminal: isTerminal) == isWanted)
  }

  @Test func `a text keeps its words, whatever its colour`() {
    for meaning in Palette.Meaning.allCases {
      #expect(Palette(isColoured: false).paint(meaning, "text") == "text")
      let painted = Palette(isColoured: true).paint(meaning, "text")
      #expect(painted.hasPrefix("\u{1B}[") && painted.hasSuffix("text\u{1B}[0m"))
    }
    #expect(Palette(isColoured: true).paint(.bad, "") == "")
  }
}
