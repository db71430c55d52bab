import LuaRuntime
import Testing

@Suite struct LuaSourceTests {
  /// Tokens as `kind:text`, strings by their contents.
  private func tokens(_ text: String) -> [String] {
    let source = LuaSource(text)
    return source.tokens.map { token in
      switch token.kind {
      case .name: "n:\(source.text(token))"
      case .keyword: "k:\(source.text(token))"
      case .number: "#:\(source.text(token))"
      case .string(let range, let isClosed): "s\(isClosed ? "" : "…"):\(source.text(range))"
      case .comment(let isClosed): "c\(isClosed ? "" : "…")"
      case .symbol: source.text(token)
      case .stray: "?\(source.text(token))"
      }
    }
  }

  @Test(
    arguments: [
      ("a.b:c{ d = 'e' }", ["n:a", ".", "n:b", ":", "n:c", "{", "n:d", "=", "s:e", "}"]),
      (
        "a == b ~= c // d .. e ...",
        ["n:a", "==", "n:b", "~=", "n:c", "//", "n:d", "..", "n:e", "..."]
      ),
      ("local x <const> = nil", ["k:local", "n:x", "<", "n:const", ">", "=", "k:nil"]),
      ("0x1Fp-3 1e+9 .5 3..4", ["#:0x1Fp-3", "#:1e+9", "#:.5", "#:3", "..", "#:4"]),
      ("0xe+1", ["#:0xe", "+", "#:1"]),
      ("'a\\'b' \"c\\\\\" x", ["s:a\\'b", "s:c\\\\", "n:x"]),
      ("[[a]b]] [==[c]]d]==]", ["s:a]b", "s:c]]d"]),
      ("t[1] t[ [[k]] ]", ["n:t", "[", "#:1", "]", "n:t", "[", "s:k", "]"]),
      ("a -- b\nc --[[ d\ne ]] f", ["n:a", "c", "n:c", "c", "n:f"]),
      ("'a\\z\n  b'", ["s:a\\z\n  b"]),
      ("'a\\\nb' c", ["s:a\\\nb", "n:c"]),
      ("goto l ::l::", ["k:goto", "n:l", "::", "n:l", "::"]),
      ("x = 'open\ny", ["n:x", "=", "s…:open", "n:y"]),
      ("[[open", ["s…:open"]), ("-- open", ["c…"]), ("--[[ open", ["c…"]),
      ("'trailing\\", ["s…:trailing\\"]), ("日 = $1", ["?日", "=", "?$", "#:1"]), ("", []),
    ] as [(String, [String])]
  )
  func `a text falls apart into these tokens`(text: String, expected: [String]) {
    #expect(tokens(text) == expected)
  }

  @Test(arguments: UInt64(0)..<200)
  func `the tokens of any text cover all of it but its blanks`(seed: UInt64) {
    let pieces = [
      "'", "\"", "[[", "]]", "--", "\\", "a", "1", ".", "=", "[=[", "]=]", "\n", " ", "日", "{",
    ]
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var text = ""
    for _ in 0..<40 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text += pieces[Int(state >> 33) % pieces.count]
    }
    let source = LuaSource(text)
    var end = 0
    for token in source.tokens {
      let isBlank = source.text(end..<token.range.lowerBound).allSatisfy { $0.isWhitespace }
      #expect(isBlank)
      #expect(!token.range.isEmpty)
      end = token.range.upperBound
    }
    let isBlank = source.text(end..<source.bytes.count).allSatisfy { $0.isWhitespace }
    #expect(isBlank)
  }
}
