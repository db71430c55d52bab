internal import Console
internal import FoundationEssentials
internal import LuaModules
internal import LuaRuntime

extension Desk {
  /// Lets `prompt.save` write what a prompt noted, and `prompt.replay` run a transcript in an empty
  /// workspace of its own.
  func keepTranscripts(of log: SessionLog, _ host: Host, _ arguments: Arguments) {
    save = { path, range in
      try host.session.checkMayOpenFiles("prompt.save")
      // What is secret in an earlier entry must not come out of a later one.
      let redaction = TranscriptRedaction(host.state, isRepeatable: false)
      let clean = log.entries.map { redaction.applied(to: $0) }
      let entries = try EntryRange(range).of(clean)
      let text = entries.reduce(into: Transcript(seed: arguments.seed).text) { text, entry in
        text += entry.text(host.state)
      }
      try PrivateFile(path).write(text)
      return .string("\(entries.count) \(entries.count == 1 ? "entry" : "entries") in \(path)")
    }
    replay = { path in
      try host.session.checkMayOpenFiles("prompt.replay")
      // The prompt's own state takes the signal again, however the replay ends.
      defer { host.state.takeInterruptSignal() }
      let source = String(decoding: try LuaTool.source(path), as: UTF8.self)
      let other = try LuaTool.host(arguments, file: path, workspace: ":memory:")
      defer { other.session.close() }
      let outcome = try TranscriptReplay(state: other.state).run(source, path: path)
      if outcome.differenceCount > 0 { Kmsh.write("\(outcome.text)\n", to: 1) }
      return .string("\(outcome.entryCount) run, \(outcome.differenceCount) differ")
    }
  }
}

/// Which entries of a session are meant, counted from 1: `3`, `2-5`, `2-`, `-5`, or all.
private struct EntryRange {
  private var first = 1
  private var last = Int.max

  /// - Throws: `argument.value`.
  init(_ text: String?) throws {
    guard let text else { return }
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = parts.map { Int($0) }
    guard zip(parts, numbers).allSatisfy({ $0.isEmpty && parts.count == 2 || ($1 ?? 0) >= 1 }),
      parts.contains(where: { !$0.isEmpty })
    else {
      throw LuaError(
        code: "argument.value",
        message: "a range of entries is written as 3, 2-5, 2- or -5"
      )
    }
    first = numbers[0] ?? 1
    last = parts.count == 1 ? first : numbers[1] ?? .max
  }

  func of(_ entries: [Transcript.Entry]) -> [Transcript.Entry] {
    guard first <= min(last, entries.count) else { return [] }
    return Array(entries[(first - 1)..<min(last, entries.count)])
  }
}
