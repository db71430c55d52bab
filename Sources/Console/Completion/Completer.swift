internal import LineEditor
internal import LuaRuntime

/// A command after a backslash, for completion.
struct CommandName {
  /// What it is given.
  enum Argument {
    case nothing, chunk
    case names(NameSource)
  }

  let name: String
  let argument: Argument

  init(_ name: String, _ argument: Argument = .nothing) {
    self.name = name
    self.argument = argument
  }
}

/// Completes what is typed at the prompt.
///
/// ## Design
///
/// It must not run anything: a getter may be slow, a metamethod may be the user's. Values are
/// looked at raw; what objects offer and what functions take comes from the descriptions that help
/// comes from; what a call returns is told by the words of its description. Names of things are
/// asked for with what is typed of them, so that a hundred thousand Secrets cost what ten do.
struct Completer {
  /// More than all that a command is given: what help is had on, checkpoints.
  private static let commandNameCountMax = 10_000

  let state: LuaState
  let names: (any NameProvider)?
  let commands: [CommandName]
  private let library: DeclaredFunctions

  init(
    state: LuaState,
    names: (any NameProvider)?,
    commands: [CommandName],
    library: @escaping () -> [LuaFunctionDescription] = { [] }
  ) {
    self.state = state
    self.names = names
    self.commands = commands
    self.library = DeclaredFunctions(library)
  }

  /// Functions of the library that its modules declare.
  var declared: [LuaFunctionDescription] { library.all }

  /// Answers a tab: what goes in, or, when nothing does and it is the second, a list.
  func completion(of text: String, columnCount: Int, again: Bool) -> LineCompletion {
    let candidates = candidates(for: text)
    let insertion = candidates.insertion
    let list = insertion.isEmpty && again ? candidates.list(columnCount: columnCount) : ""
    return LineCompletion(insertion: insertion, list: list)
  }

  /// What can stand at the end of a text.
  func candidates(for text: String) -> Candidates {
    if text.hasPrefix("\\") { return commandCandidates(text.dropFirst()) }
    let point = CompletionPoint(text)
    switch point.place {
    case .nothing: return .none
    case .member(let chain, let isMethod):
      return Candidates(point.prefix, members(of: chain, isMethod: isMethod, point.prefix))
    case .name: return Candidates(point.prefix, globals(point.prefix))
    case .option(let call):
      let options = options(of: call)
      return Candidates(point.prefix, options.isEmpty ? globals(point.prefix) : options)
    case .value(let call, let option): return values(point, call, option)
    case .argument(let call, let index): return arguments(point, call, index)
    }
  }

  private func commandCandidates(_ text: Substring) -> Candidates {
    guard let end = text.firstIndex(where: \.isWhitespace) else {
      let all = commands.map { Candidate($0.name, label: "\\\($0.name)", suffix: $0.suffix) }
      return Candidates(String(text), all)
    }
    let rest = String(text[end...].drop { $0.isWhitespace })
    switch commands.first(where: { $0.name == text[..<end] })?.argument {
    case .names(let source):
      let query = NameQuery(source, prefix: rest, countMax: Self.commandNameCountMax)
      return Candidates(rest, listed(query).map { Candidate($0) })
    case .chunk: return candidates(for: rest)
    case .nothing, nil: return .none
    }
  }
}

/// Functions that are looked up when they are first asked for.
private final class DeclaredFunctions {
  private let read: () -> [LuaFunctionDescription]
  private(set) lazy var all = read()

  init(_ read: @escaping () -> [LuaFunctionDescription]) { self.read = read }
}

extension CommandName {
  fileprivate var suffix: String {
    if case .nothing = argument { "" } else { " " }
  }
}
