internal import ArgumentParser
internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

/// What the command line asks for.
struct Arguments {
  /// When there is colour.
  enum Color: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never

    /// Tells whoever prints, by the variables that decide where no flag does.
    func export() {
      switch self {
      case .auto: return
      case .always:
        setenv("CLICOLOR_FORCE", "1", 1)
        unsetenv("NO_COLOR")
      case .never:
        setenv("NO_COLOR", "1", 1)
        unsetenv("CLICOLOR_FORCE")
      }
    }
  }

  var chunks: [String] = []
  var modules: [String] = []
  var showsVersion = false
  var isInteractive = false
  var ignoresEnvironment = false
  var parsesOnly = false
  var workspace: String?
  var json = false
  var quiet = false
  var trace = false
  var isDryRun = false
  var record: String?
  var seed: Int64?
  var timeout: Double?
  var memory: Int?
  var limitInstructions: Int?
  var color = Color.auto
  var isSandboxed = false
  var allowCModules = false
  var script: [String] = []

  /// Takes over what was parsed.
  init(_ command: MainCommand) {
    let flags = command.flags
    chunks = flags.chunks
    modules = flags.modules
    showsVersion = flags.showsVersion
    isInteractive = flags.isInteractive
    ignoresEnvironment = flags.ignoresEnvironment
    parsesOnly = flags.parsesOnly
    workspace = flags.workspace
    json = flags.json
    quiet = flags.quiet
    trace = flags.trace
    isDryRun = flags.isDryRun
    record = flags.record
    seed = flags.seed
    timeout = flags.timeout
    memory = flags.memory
    limitInstructions = flags.limitInstructions
    color = flags.color
    isSandboxed = flags.isSandboxed
    allowCModules = flags.allowCModules
    script = command.script
  }

  /// Flags whose value is the next word.
  private static let flagsWithValue: Set = [
    "-e", "-l", "--workspace", "--record", "--seed", "--timeout", "--memory", "--limit-memory",
    "--limit-instructions", "--color",
  ]

  /// The same words, code and modules apart from the flags that they stand at: `-lNAME=MODULE`.
  ///
  /// To the parser an equals sign in such a word would end the name of a flag.
  static func separated(_ words: [String]) -> [String] {
    var separated: [String] = []
    var rest = words[...]
    while let word = rest.first, word.hasPrefix("-"), word != "-", word != "--" {
      rest.removeFirst()
      if word.count > 2, ["-e", "-l"].contains(word.prefix(2)) {
        separated += [String(word.prefix(2)), String(word.dropFirst(2))]
        continue
      }
      separated.append(word)
      if flagsWithValue.contains(word), let value = rest.popFirst() { separated.append(value) }
    }
    return separated + rest
  }

  /// Reads the plainest command lines, nil for any other: chunks, a workspace, a script.
  ///
  /// The parser looks at all flags there are, which takes longer than a small script runs.
  init?(plain words: [String]) {
    var rest = words[...]
    while let word = rest.first, word.hasPrefix("-"), word != "-" {
      guard rest.count >= 2, !rest[rest.startIndex + 1].hasPrefix("-") else { return nil }
      switch word {
      case "-e": chunks.append(rest[rest.startIndex + 1])
      case "-l": modules.append(rest[rest.startIndex + 1])
      case "--workspace": workspace = rest[rest.startIndex + 1]
      default: return nil
      }
      rest = rest.dropFirst(2)
    }
    script = Array(rest)
  }

  /// Words that stand for commands in place of a script.
  private static let commands = [
    "audit", "az", "check", "completion", "docs", "doctor", "env", "kubectl", "replay", "shims",
    "test", "version",
  ]

  /// What was probably meant by a script that is not there and has a name like a command.
  static func hint(noScript name: String) -> String? {
    if name == "help" { return "kmsh --help tells of the flags, kmsh docs NAME of all else" }
    return name.contains { "./".contains($0) } ? nil : Nearest.hint(name, commands)
  }

  /// Whether there is something to run before a prompt, or in place of one.
  var hasScript: Bool { !script.isEmpty || !chunks.isEmpty }

  /// The program of the library that is named in place of a script.
  var command: String? { script.first.flatMap { LuaCommand.names.contains($0) ? $0 : nil } }
}
