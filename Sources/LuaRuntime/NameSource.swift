/// What the text given for an option or an argument is one of: things that exist, or closed words.
///
/// Completion offers them; nothing is refused for not being among them.
public struct NameSource: Hashable, Sendable {
  /// Which things, such as `vault`; empty for closed words.
  public let kind: String
  /// Closed words, in the order in which they are offered.
  public let words: [String]

  /// Names the things of a kind that whoever knows them lists.
  public init(_ kind: String) {
    self.kind = kind
    words = []
  }

  /// Words of a closed set.
  public init(words: [String]) {
    kind = ""
    self.words = words
  }

  /// Words of a closed set.
  public static func words(_ words: [String]) -> NameSource { NameSource(words: words) }
  /// Paths of files.
  public static let files = NameSource("file")
  /// What help is had on.
  public static let topics = NameSource("topic")
  /// Modules that can be required.
  public static let modules = NameSource("module")
}

/// Asks for the names of things that exist.
public struct NameQuery {
  /// Which things.
  public let source: NameSource
  /// What the names begin with.
  public let prefix: String
  /// What else was given to the call, by option; an object that a method is called on is `self`.
  public let given: [String: LuaValue]
  /// Most names wanted.
  public let countMax: Int

  /// Makes a question.
  public init(
    _ source: NameSource,
    prefix: String,
    given: [String: LuaValue] = [:],
    countMax: Int
  ) {
    self.source = source
    self.prefix = prefix
    self.given = given
    self.countMax = countMax
  }
}

/// Whoever knows what exists.
public protocol NameProvider: AnyObject {
  /// Names that answer a question, in order, read in one short look; none when that fails.
  func names(_ query: NameQuery) -> [String]
}

extension LuaOption {
  /// The same option, its value one of the names of a source.
  public func naming(_ source: NameSource) -> LuaOption {
    var option = self
    option.names = source
    return option
  }

  /// The same option, no literal given for which may show in a history, whatever its kind is.
  public func concealed() -> LuaOption {
    var option = self
    option.isConcealed = true
    return option
  }

  /// Whether what is given for it must not show in a history or a trace.
  public var isSecret: Bool {
    if case .secret = kind { true } else { isConcealed }
  }
}

extension [LuaOption] {
  /// The same options, the value of one of them one of the names of a source.
  public func naming(_ name: String, _ source: NameSource) -> [LuaOption] {
    map { $0.name == name ? $0.naming(source) : $0 }
  }
}

extension LuaModule {
  /// Says what the first argument of functions names.
  ///
  /// - Parameters:
  ///   - source: what a text there is one of.
  ///   - options: those of a table that may stand in its place.
  ///   - functions: names of functions that were added before.
  public func takes(_ source: NameSource, or options: [LuaOption] = [], _ functions: String...) {
    for (name, body) in self.functions where functions.contains(name) {
      body.description.argumentNames = source
      body.description.argumentOptions = options
    }
  }

  /// Says what a table among the arguments of functions takes.
  public func takes(_ options: [LuaOption], _ functions: String...) {
    for (name, body) in self.functions where functions.contains(name) {
      body.description.argumentOptions = options
    }
  }

  /// Says which argument of functions, from 1, is a secret.
  public func takesSecret(argument index: Int, _ functions: String...) {
    for (name, body) in self.functions where functions.contains(name) {
      body.description.secretArguments.insert(index)
    }
  }
}

extension LuaClass {
  /// Says what the first argument of methods that were added before names.
  public func takes(_ source: NameSource, _ methods: String...) {
    for (name, body) in bodies where methods.contains(name) {
      body.description.argumentNames = source
    }
  }

  /// Says what a table among the arguments of methods takes.
  public func takes(_ options: [LuaOption], _ methods: String...) {
    for (name, body) in bodies where methods.contains(name) {
      body.description.argumentOptions = options
    }
  }

  /// Says which argument of methods, from 1, is a secret.
  public func takesSecret(argument index: Int, _ methods: String...) {
    for (name, body) in bodies where methods.contains(name) {
      body.description.secretArguments.insert(index)
    }
  }
}
