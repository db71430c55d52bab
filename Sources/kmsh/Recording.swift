internal import Console
internal import FoundationEssentials
internal import LuaModules
internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

/// Writes what runs and what it gives to a file, as a transcript that `kmsh replay` compares.
///
/// The file is for its owner only, and written as the run goes on. Identifiers are made from a
/// seed, and the workspace's clock stands still meanwhile.
final class Recording {
  /// What the prompt notes its entries in.
  let log: SessionLog
  private let file: PrivateFile
  private let redaction: TranscriptRedaction
  /// What kept an entry from being written: nothing comes after a hole.
  private var failure: (any Error)?
  private let host: Host
  private let run: RepeatableRun
  private var notes: [LuaValue] = []
  /// What identifiers are made from already, and random numbers are to be.
  var seed: Int64 { run.seed }

  /// Begins a transcript in a new file, or in place of an older one.
  ///
  /// - Throws: `record.unwritable`.
  init(path: String, _ host: Host, _ arguments: Arguments) throws {
    self.host = host
    file = try PrivateFile(path)
    redaction = TranscriptRedaction(host.state, isRepeatable: true)
    let seed = arguments.seed ?? Int64.random(in: 1...999_999_999)
    run = try host.session.beginRepeatableRun(seed: seed)
    log = try SessionLog(state: host.state)
    try file.write(Transcript(seed: seed, clock: run.time).text)
    if try !Self.isWorkspaceEmpty(host.state) {
      Kmsh.write(
        "note: the workspace is not empty, and a replay begins with an empty one\n",
        to: 2
      )
    }
    log.didRun = { [unowned self] entry in
      guard failure == nil else { return }
      do {
        try file.write(redaction.applied(to: entry).text(host.state))
      } catch {
        failure = error
      }
    }
    let module = LuaModule("kmsh.recording", "What a script prints, noted.") { module in
      module.function("add", "Notes a text and its line.", parameters: "line, text") {
        [unowned self] call in
        notes.append(
          .table(["line": .integer(try call.integer(1)), "text": .bytes(try call.bytes(2))])
        )
        return .nil
      }
    }
    try host.state.register(module, asGlobal: false)
  }

  private static func isWorkspaceEmpty(_ state: LuaState) throws -> Bool {
    let source = "return #vault.list{} + #identity.list{} + #cluster.list{} == 0"
    let answer = try state.call(state.load(Array(source.utf8), chunkName: "=record")).first
    if case .boolean(let isEmpty) = answer { return isEmpty }
    return false
  }

  /// Runs a script and writes it with what each of its statements printed after it.
  func run(_ text: String, name: String, _ parameters: [LuaValue]) throws {
    let bare = try host.call("tools.transcript", "bare", [.string(text)]).text ?? text
    let chunk = try host.state.load(Array(bare.utf8), chunkName: name)
    notes = []
    let watched = try host.state.callKeeping(
      host.state.load(
        Array("return require('tools.recorder').watch(...)".utf8),
        chunkName: "=record"
      ),
      [.function(chunk)]
    )
    defer { notes = [] }
    do {
      _ = try host.state.callKeeping(watched.first ?? chunk, parameters)
      try writeScript(bare, nil)
    } catch {
      let left = host.state.takeExitStatus()
      try writeScript(bare, left == nil ? failure(error, name) : nil)
      if let left { throw Left(status: left) }
      throw error
    }
  }

  /// A script that left, with its status.
  struct Left: Error {
    let status: Int32
  }

  private func writeScript(_ text: String, _ failure: LuaValue?) throws {
    let woven = try host.call(
      "tools.transcript",
      "woven",
      [.string(redaction.code(text)), .array(notes.map(clean)), failure ?? .nil]
    )
    try file.write(woven.text ?? "")
  }

  /// The code of an error, and the line of the script that it went through.
  private func failure(_ error: any Error, _ name: String) -> LuaValue? {
    guard let error = error as? LuaError else { return nil }
    let start = "\(name.dropFirst()):"
    let line = error.traceback?.split(separator: "\n").compactMap { frame -> Int64? in
      let frame = frame.drop { $0 == "\t" }
      guard frame.hasPrefix(start), frame.hasSuffix(": in main chunk") else { return nil }
      return Int64(frame.dropFirst(start.count).prefix { $0.isNumber })
    }.last
    // Where it did not go through the script itself, it ended it all the same.
    return .table(["line": .integer(line ?? .max), "code": .string(error.code)])
  }

  /// A note without what is secret in the code, which is known by then.
  private func clean(_ note: LuaValue) -> LuaValue {
    guard case .table(var members) = note, let text = members["text"]?.text else { return note }
    members["text"] = .string(redaction.shown(text))
    return .table(members)
  }

  /// Lets the clock go on.
  ///
  /// - Throws: `record.unwritable` when an entry could not be written.
  func finish() throws {
    let goesOn = try host.session.endRepeatableRun(run)
    defer { failure = nil }
    if let failure { throw failure }
    if goesOn { return }
    Kmsh.write("note: the clock was moved and stands still; clock.real() lets it go on\n", to: 2)
  }
}
