internal import Console
internal import FoundationEssentials
internal import LuaModules
internal import LuaRuntime

extension Desk {
  /// Lets `prompt.save` write what a prompt noted, and `prompt.replay` run a transcript in an empty
  /// workspace of its own.
  func keepTranscripts(of log: SessionLog, _ host: Host, _ arguments: Arguments) {
    save = { path, range in
      let entries = try EntryRange(range).of(log.entries)
      let text = try entries.reduce(into: Transcript(seed: arguments.seed).text) { text, entry in
        text += try entry.text(host.state, redacted: host.redacted)
      }
      try PrivateFile.write(text, to: path)
      return .string("\(entries.count) \(entries.count == 1 ? "entry" : "entries") in \(path)")
    }
    replay = { path in
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

extension Host {
  /// Lua without its secrets, as far as they show in it.
  ///
  /// - Throws: what stops a run.
  func redacted(_ text: String) throws -> String {
    try call("tools.redaction", "run", [.string(text), state.functionTable]).text ?? text
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

/// Files for their owner's eyes only.
private enum PrivateFile {
  /// Writes a text in place of what was there.
  ///
  /// - Throws: `record.unwritable`.
  static func write(_ text: String, to path: String) throws {
    let isThere = FileManager.default.fileExists(atPath: path)
    let isMade =
      isThere
      || FileManager.default.createFile(
        atPath: path,
        contents: nil,
        attributes: [.posixPermissions: 0o600]
      )
    do {
      guard isMade else { throw CocoaError(.fileWriteUnknown) }
      try Data(text.utf8).write(to: URL(filePath: path))
    } catch {
      throw LuaError(code: "record.unwritable", message: "cannot write \(path)")
    }
  }
}
