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
  private let descriptor: Int32
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
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw LuaError(
        code: "record.unwritable",
        message: "cannot write \(path): \(String(cString: strerror(errno)))"
      )
    }
    let seed = arguments.seed ?? Int64.random(in: 1...999_999_999)
    run = try host.session.beginRepeatableRun(seed: seed)
    log = try SessionLog(state: host.state)
    try write(Transcript(seed: seed, clock: run.time).text)
    if try !Self.isWorkspaceEmpty(host.state) {
      Kmsh.write(
        "note: the workspace is not empty, and a replay begins with an empty one\n",
        to: 2
      )
    }
    log.didRun = { [unowned self] entry in
      // Whoever reads the transcript sees at its end that it was cut short; what cannot be freed
      // of its secrets is not written.
      try? write(entry.text(host.state, redacted: host.redacted))
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

  deinit { close(descriptor) }

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
      [.string(try host.redacted(text)), .array(notes), failure ?? .nil]
    )
    try write(woven.text ?? text)
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

  private func write(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR {
        throw LuaError(
          code: "record.unwritable",
          message: "the transcript is cut short: \(String(cString: strerror(errno)))"
        )
      }
      bytes = bytes.dropFirst(max(count, 0))
    }
  }

  /// Lets the clock go on.
  func finish() throws {
    guard try !host.session.endRepeatableRun(run) else { return }
    Kmsh.write("note: the clock was moved and stands still; clock.real() lets it go on\n", to: 2)
  }
}
