internal import FoundationEssentials
internal import LuaRuntime

extension Completer {
  /// Most names offered of a kind.
  private static let nameCountMax = 200
  /// What the first argument of functions of Lua's own names.
  private static let ownArguments: [String: NameSource] = [
    "dofile": .files, "loadfile": .files, "io.open": .files, "io.lines": .files,
    "require": .modules, "help": .topics,
  ]

  /// The options of a call that are not given yet, the required ones with a star.
  func options(of call: CompletionPoint.Call) -> [Candidate] {
    functions(of: call.callee).flatMap(\.allOptions).filter { call.given[$0.name] == nil }
      .sorted { ($0.isRequired ? 0 : 1, $0.name) < ($1.isRequired ? 0 : 1, $1.name) }
      .map { option in
        Candidate(
          option.name,
          label: option.name + (option.isRequired ? "*" : ""),
          detail: option.summary + (option.byDefault.map { "; default: \($0)" } ?? ""),
          suffix: " = "
        )
      }
  }

  /// What an option can be given.
  func values(
    _ point: CompletionPoint,
    _ call: CompletionPoint.Call,
    _ name: String
  ) -> Candidates {
    let options = functions(of: call.callee).flatMap(\.allOptions).filter { $0.name == name }
    var words: [String] = []
    var bare: [Candidate] = []
    for option in options {
      switch option.kind {
      case .choice(let choices): words += choices
      case .boolean: bare += [Candidate("true"), Candidate("false")]
      default: words += option.names.map { listed(query($0, point, call)) } ?? []
      }
    }
    return chosen(words, bare, point)
  }

  /// What an argument between parentheses can be.
  func arguments(
    _ point: CompletionPoint,
    _ call: CompletionPoint.Call,
    _ index: Int
  ) -> Candidates {
    let own = call.callee.dottedName.flatMap { Self.ownArguments[$0] }
    let sources = functions(of: call.callee).compactMap(\.argumentNames) + [own].compactMap(\.self)
    let words = index == 1 ? sources.flatMap { listed(query($0, point, call)) } : []
    return chosen(words, [], point)
  }

  /// Texts as they stand in a string that is open, or in quotes where none is.
  private func chosen(_ words: [String], _ bare: [Candidate], _ point: CompletionPoint)
    -> Candidates
  {
    let plain = words.filter {
      !$0.contains { $0 == "'" || $0 == "\\" || $0 == "\"" || $0 == "\n" }
    }
    guard let quote = point.quote else {
      if point.prefix.isEmpty, !(plain.isEmpty && bare.isEmpty) {
        let quoted = plain.map { Candidate("'\($0)'", label: $0) }
        return Candidates("", quoted + bare, isCut: words.count >= Self.nameCountMax)
      }
      return Candidates(point.prefix, bare + globals(point.prefix))
    }
    let end = quote == "[" ? "" : "\(quote)"
    return Candidates(
      point.prefix,
      plain.map { Candidate($0, suffix: $0.hasSuffix("/") ? "" : end) },
      isCut: words.count >= Self.nameCountMax
    )
  }

  private func query(
    _ source: NameSource,
    _ point: CompletionPoint,
    _ call: CompletionPoint.Call
  ) -> NameQuery {
    var given: [String: LuaValue] = [:]
    for (name, value) in call.given {
      switch value {
      case .text(let text): given[name] = .string(text)
      case .chain(let chain): given[name] = self.value(of: chain)
      }
    }
    if case .method = call.callee.steps.last {
      given["self"] = value(of: CallChain(steps: call.callee.steps.dropLast()))
    }
    return NameQuery(
      source,
      prefix: point.prefix,
      given: given,
      countMax: Self.nameCountMax
    )
  }

  /// The names that answer a question.
  func listed(_ query: NameQuery) -> [String] {
    switch query.source {
    case .files: FileNames.starting(with: query.prefix, countMax: query.countMax)
    case .topics: (state.modules.map(\.name) + state.functionNames + declared.map(\.name)).sorted()
    case .modules: state.modules.map(\.name).sorted()
    default: query.source.words.isEmpty ? names?.names(query) ?? [] : query.source.words
    }
  }
}

/// Paths that begin with what is typed of them.
private enum FileNames {
  static func starting(with prefix: String, countMax: Int) -> [String] {
    let slash = prefix.lastIndex(of: "/")
    let folder = slash.map { String(prefix[...$0]) } ?? ""
    let name = slash.map { prefix[prefix.index(after: $0)...] } ?? prefix[...]
    // A folder that cannot be read has nothing to offer.
    let found =
      (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    let fitting = found.filter {
      $0.hasPrefix(name) && (name.hasPrefix(".") || !$0.hasPrefix("."))
    }
    return fitting.sorted().prefix(countMax).map { entry in
      var isFolder = false
      let isThere = FileManager.default.fileExists(atPath: folder + entry, isDirectory: &isFolder)
      return folder + entry + (isThere && isFolder ? "/" : "")
    }
  }
}
