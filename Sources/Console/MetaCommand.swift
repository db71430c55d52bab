/// A command of the prompt that begins with a backslash: a thin name for a function in Lua.
public struct MetaCommand: Sendable {
  /// What follows the name.
  public enum Argument: Sendable {
    /// Nothing.
    case none
    /// Words that are handed over as texts, whole numbers as numbers.
    case words
    /// The rest of the line, as one text.
    case text
    /// Command lines of a program, over as many lines as a shell would read, as one text.
    case commandLines
    /// A chunk of Lua, handed over as a function.
    case chunk
    /// A number, and a chunk of Lua.
    case numberAndChunk
  }

  /// Name after the backslash.
  public let name: String
  /// What follows, as help shows it.
  public let parameters: String
  /// What it does, a few words.
  public let summary: String
  /// What follows the name.
  public let argument: Argument
  /// The call that it stands for, its arguments `...`.
  public let source: String

  init(
    _ name: String,
    _ parameters: String = "",
    _ summary: String,
    _ argument: Argument = .none,
    _ source: String
  ) {
    self.name = name
    self.parameters = parameters
    self.summary = summary
    self.argument = argument
    self.source = source
  }

  /// All commands, in the order in which help lists them.
  public static let all: [MetaCommand] = [
    MetaCommand(
      "help",
      "[NAME [PAGE]]",
      "what there is, or about a function, a module, a rule",
      .words,
      "return help(...)"
    ),
    MetaCommand(
      "time",
      "CHUNK",
      "run it and tell how long it took",
      .chunk,
      "return prompt.time(...)"
    ),
    MetaCommand(
      "watch",
      "N CHUNK",
      "run it every N seconds until control-C",
      .numberAndChunk,
      "return prompt.watch(...)"
    ),
    MetaCommand(
      "json",
      "CHUNK",
      "run it and show the value as JSON",
      .chunk,
      "local value = (...)() print(prompt.json(value))"
    ),
    MetaCommand(
      "whatif",
      "CHUNK",
      "tell what it would do, and do not do it",
      .chunk,
      "return workspace.what_if(...)"
    ),
    MetaCommand(
      "undo",
      "[log]",
      "take back the last entry that changed something",
      .words,
      "local word = ... if word == 'log' then return workspace.undo_log() end if word ~= nil then "
        + "error({ code = 'argument.value', message = 'it is \\\\undo [log]', "
        + "hint = 'take back the last entry that changed something' }, 0) end "
        + "return workspace.undo()"
    ),
    MetaCommand("redo", "", "bring back what \\undo took", .none, "return workspace.redo()"),
    MetaCommand(
      "checkpoint",
      "[NAME]",
      "keep this state under a name, or list those kept",
      .words,
      "if (...) then return workspace.checkpoint(...) end return workspace.checkpoints()"
    ),
    MetaCommand("restore", "NAME", "go back to a checkpoint", .words, "workspace.restore((...))"),
    MetaCommand(
      "trace",
      "on|off",
      "tell of each call into the modelled world",
      .words,
      "local word = ... if word ~= 'on' and word ~= 'off' then "
        + "error({ code = 'argument.value', message = '\\\\trace takes on or off' }, 0) end "
        + "prompt.trace(word == 'on')"
    ),
    MetaCommand("why", "", "all there is of the last error", .none, "return prompt.why()"),
    MetaCommand(
      "explain",
      "",
      "the rule behind the last error, and what to do",
      .none,
      "return prompt.explain()"
    ),
    MetaCommand(
      "runbook",
      "",
      "what was done here, as az and kubectl commands",
      .none,
      "print(prompt.runbook())"
    ),
    MetaCommand("more", "", "the next screen of what did not fit", .none, "prompt.more()"),
    MetaCommand(
      "edit",
      "[CODE]",
      "the last entry, or CODE, in $VISUAL or $EDITOR",
      .text,
      "prompt.edit(...)"
    ),
    MetaCommand(
      "save",
      "FILE [RANGE]",
      "write what was entered as a transcript",
      .words,
      "return prompt.save(...)"
    ),
    MetaCommand(
      "replay",
      "FILE",
      "run a transcript and compare",
      .text,
      "return prompt.replay(...)"
    ),
    MetaCommand(
      "!",
      "CMD",
      "run a command of the system",
      .text,
      "local ok, how, status = os.execute(...) "
        + "if not ok then print(how .. ' ' .. status) end"
    ),
    MetaCommand(
      "az",
      "LINE",
      "run the document's az lines as printed",
      .commandLines,
      "prompt.az(...)"
    ),
    MetaCommand(
      "kubectl",
      "LINE",
      "run the document's kubectl lines as printed",
      .commandLines,
      "prompt.kubectl(...)"
    ),
  ]

  /// How many words may follow, as the parameters tell: those in brackets may be left out.
  var wordCounts: ClosedRange<Int> {
    let names = parameters.split(separator: " ")
    return names.prefix { !$0.hasPrefix("[") }.count...names.count
  }

  /// Commands that are no function: leaving, and what belongs to the reading of lines.
  public static let own = [("quit", "", "leave, as control-D does")]

  /// A command by its name, or by what it is called for short.
  static func find(_ name: some StringProtocol) -> MetaCommand? {
    let name = name == "?" ? "help" : String(name)
    return all.first { $0.name == name }
  }

  /// The table of commands, as `\help` shows it.
  static func help(_ more: [(String, String, String)]) -> String {
    let rows = all.map { ($0.name, $0.parameters, $0.summary) } + more + own
    let names = rows.map { "\\\($0.0)" + ($0.1.isEmpty ? "" : " \($0.1)") }
    let width = (names.map(\.count).max() ?? 0) + 2
    let lines = zip(names, rows).map { name, row in
      "  " + name + String(repeating: " ", count: width - name.count) + row.2
    }
    return (["commands"] + lines).joined(separator: "\n")
  }
}
