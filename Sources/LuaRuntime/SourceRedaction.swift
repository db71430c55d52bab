/// Takes the secrets out of a typed text before it is written down.
///
/// ## Design
///
/// What is a secret is decided by type, not by a list of dangerous commands, which always lags: a
/// function's description says which of its options and arguments are secret, and literals given to
/// those become `‹secret›`. Where it cannot be told who is called, the names of all secret options
/// count. Then come shapes: PEM, JSON web tokens, `AccountKey=`, long runs of base64 or hexadecimal
/// digits. A text that goes wrong inside a secret, as an apostrophe in a password makes it, loses
/// all that follows. The rest of the entry stays, so that it can be brought back and filled in.
public struct SourceRedaction: Sendable {
  /// What stands where a secret stood.
  public static let mark = "‹secret›"
  /// Names whose values are secret wherever they stand, beside those of secret options.
  private static let commonNames: Set<String> = [
    "password", "passphrase", "stringData", "client_secret", "token",
  ]

  private var functions: [String: [LuaFunctionDescription]] = [:]
  private var names = commonNames
  private var flags: Set<Substring> = ["--password", "--from-literal", "--docker-password"]

  /// Takes what is secret from descriptions of functions.
  public init(_ descriptions: [LuaFunctionDescription]) {
    for description in descriptions {
      functions[description.name, default: []].append(description)
      // Which class a method is called on is not known.
      if let colon = description.name.firstIndex(of: ":") {
        functions[String(description.name[colon...]), default: []].append(description)
      }
      for option in description.allOptions where option.isSecret {
        names.insert(option.name)
        if let flag = option.azFlag, flag != "--file" { flags.insert(flag[...]) }
      }
    }
  }

  /// The text without what is secret in it.
  public func applied(to text: String) -> String {
    let isCommandLine = ["\\az ", "\\kubectl ", "\\!"].contains { text.hasPrefix($0) }
    return withoutShapes(isCommandLine ? withoutFlags(text) : withoutLiterals(text))
  }

  // MARK: Literals

  private func withoutLiterals(_ text: String) -> String {
    let source = LuaSource(text)
    var walk = walk(source)
    var clean: [UInt8] = []
    var end = 0
    for (range, isNumber) in walk.secrets() where range.lowerBound >= end {
      // What was Lua stays Lua.
      let mark = isNumber ? "'\(Self.mark)'" : Self.mark
      clean += source.bytes[end..<range.lowerBound] + Array(mark.utf8)
      end = range.upperBound
    }
    return String(decoding: clean + source.bytes[end...], as: UTF8.self)
  }

  private func walk(_ source: LuaSource) -> SecretWalk {
    SecretWalk(
      source,
      isSecret: isSecret,
      isSecretArgument: isSecretArgument,
      isSecretText: isSecret
    )
  }

  /// The literals that are secret in a text of Lua.
  public func secrets(in text: String) -> [String] {
    let source = LuaSource(text)
    var walk = walk(source)
    return walk.secrets().map { String(decoding: source.bytes[$0.range], as: UTF8.self) }
  }

  /// Whether a named member of a call's table is secret; a name that a function with secrets does
  /// not know is likely a secret one, misspelt.
  private func isSecret(_ name: String, _ callee: String?) -> Bool {
    guard let called = callee.flatMap({ functions[$0] }) else { return names.contains(name) }
    let options = called.flatMap(\.allOptions)
    let declared = options.filter { $0.name == name }
    return declared.isEmpty
      ? options.contains(where: \.isSecret) || names.contains(name)
      : declared.contains(where: \.isSecret)
  }

  private func isSecretArgument(_ index: Int, _ callee: String) -> Bool {
    functions[callee]?.contains { $0.secretArguments.contains(index) } ?? false
  }

  // MARK: Command lines

  /// A command line of az or kubectl without what secret flags are given, variables and manifests.
  private func withoutFlags(_ text: String) -> String {
    var isNextSecret = false
    var clean = ""
    var rest = text[...]
    while !rest.isEmpty {
      let blanks = rest.prefix { $0.isWhitespace }
      rest = rest.dropFirst(blanks.count)
      let word = Self.word(rest)
      rest = rest.dropFirst(word.count)
      // As the shell reads it, nearly: what goes on below, quotes and escapes are taken off.
      let bare = word.replacing("\\\n", with: "").filter { !"'\"\\".contains($0) }
      let name = bare.prefix { $0 != "=" }
      clean += blanks
      if isNextSecret, !bare.isEmpty {
        clean += Self.mark
        isNextSecret = false
      } else if flags.contains(name[...]) {
        clean += name.count < bare.count ? name + "=" + Self.mark : word
        isNextSecret = name.count == bare.count
      } else if name.count < bare.count, Self.isVariable(name) {
        clean += name + "=" + Self.mark
      } else {
        clean += Self.isManifest(bare) || Self.isManifest(String(word)) ? Self.mark[...] : word
      }
    }
    return clean
  }

  /// Whether what stands before an equals sign is a name that a shell gives a value to.
  private static func isVariable(_ name: some StringProtocol) -> Bool {
    name.first?.isNumber == false && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
  }

  /// A word of a shell's line, its quotes, escapes and commands in parentheses included.
  private static func word(_ text: Substring) -> Substring {
    var (quote, isEscaped, depth) = (nil as Character?, false, 0)
    return text.prefix { character in
      if isEscaped {
        isEscaped = false
        return true
      }
      isEscaped = character == "\\" && quote != "'"
      if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
      } else if quote != "'" {
        depth = max(0, depth + (character == "(" ? 1 : character == ")" ? -1 : 0))
      }
      return quote != nil || depth > 0 || isEscaped || !character.isWhitespace
    }
  }

  // MARK: Shapes

  private func withoutShapes(_ text: String) -> String {
    let whole = Self.withoutPEM(text)
    // A secret may be typed with nothing around it, or stand in a comment.
    var clean = ""
    var end = whole.startIndex
    for word in whole.split(whereSeparator: { " \t\n'\"(){},;[]".contains($0) })
    where isSecret(Array(word.utf8)[...]) {
      clean += whole[end..<word.startIndex] + Self.mark
      end = word.endIndex
    }
    return clean + whole[end...]
  }

  private static func withoutPEM(_ text: String) -> String {
    var (clean, rest) = ("", text[...])
    while let start = rest.firstRange(of: "-----BEGIN ") {
      clean += rest[..<start.lowerBound] + mark
      let block = rest[start.upperBound...]
      guard let end = block.firstRange(of: "-----END ") else { return clean }
      rest = block[end.upperBound...]
      if let dashes = rest.firstRange(of: "-----") { rest = rest[dashes.upperBound...] }
    }
    return clean + rest
  }

  /// Whether the text of a literal looks like a secret, or like a command line with one.
  private func isSecret(_ text: ArraySlice<UInt8>) -> Bool {
    let words = String(decoding: text, as: UTF8.self)
    return words.contains("-----BEGIN ") || words.contains("AccountKey=")
      || (words.contains("--") && holdsFlag(words))
      || KeyShape.holdsToken(text) || KeyShape.holdsKey(text) || Self.isManifest(words)
  }

  /// Whether a secret flag stands in a text with anything but the mark behind it.
  private func holdsFlag(_ text: String) -> Bool {
    flags.contains { flag in
      text.ranges(of: flag).contains { range in
        let after = text[range.upperBound...]
        guard let first = after.first, first == "=" || first.isWhitespace else { return false }
        return after.dropFirst().first.map { $0 != "‹" } ?? false
      }
    }
  }

  /// Whether a text is a Secret or a private key in JSON or YAML.
  private static func isManifest(_ text: String) -> Bool {
    ["data", "stringData", "string_data", "d"].contains { name in
      text.ranges(of: name).contains { range in
        let after = text[range.upperBound...].drop { "'\" ".contains($0) }
        let before = text[..<range.lowerBound].last ?? "\n"
        return after.first == ":" && "'\"\n {,".contains(before)
      }
    }
  }
}

extension LuaFunctionDescription {
  /// Options of its table, whether it must be one or may stand in place of an argument.
  public var allOptions: [LuaOption] { (options ?? []) + argumentOptions }
}
