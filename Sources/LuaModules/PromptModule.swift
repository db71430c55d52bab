internal import FoundationEssentials
public import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

extension LuaModule {
  /// The Lua module `prompt`: what the commands with a backslash stand for.
  public static func prompt(_ session: Session) -> LuaModule {
    LuaModule("prompt", "What the prompt's commands do, for scripts too.") { module in
      module.running(session.desk)
      module.telling(session.desk)
      module.transcripts(session.desk)
      module.commandLines(session.desk)
    }
  }

  private func running(_ desk: Desk) {
    multi(
      "time",
      "Runs a function and tells how long it took.",
      parameters: "fn",
      returns: "what fn returns"
    ) { call in
      let body = try call.function(1)
      let start = ContinuousClock.now
      let results = try call.state.callKeeping(body)
      desk.talk("time: \((.now - start).inMilliseconds)\n")
      return results.map { .function($0) }
    }
    function(
      "watch",
      "Runs a function every so many seconds and shows what it returns, until control-C.",
      parameters: "seconds, fn, times?"
    ) { call in
      let (seconds, body) = (try call.number(1), try call.function(2))
      guard seconds >= 0.1, seconds <= 86_400 else {
        throw LuaError(
          code: "argument.value",
          message: "\(call.description.name) takes a number of seconds from 0.1 to 86400"
        )
      }
      let times = call.isNil(3) ? Int64.max : try call.integer(3)
      var turn: Int64 = 0
      while turn < times, !call.state.isInterrupted {
        if turn > 0, !Self.wait(seconds, in: call.state) { break }
        turn += 1
        desk.talk("-- \(Date().rfc3339Seconds)\n")
        try desk.show(call.state.callKeeping(body), call.state)
      }
      return .nil
    }
    function(
      "trace",
      "Tells of each call into the modelled world as it ends, from the next entry on.",
      parameters: "on"
    ) { call in
      desk.isTracing = try call.boolean(1)
      return .nil
    }
    function(
      "edit",
      "Opens the last entry, or a text, in $VISUAL or $EDITOR and runs it.",
      parameters: "text?"
    ) { call in
      try desk.need(desk.edit, call)(call.isNil(1) ? nil : call.string(1))
      return .nil
    }
    function("more", "Shows the next screen of what did not fit.") { call in
      try desk.need(desk.more, call)()
      return .nil
    }
  }

  private func telling(_ desk: Desk) {
    function(
      "why",
      "Tells all there is of an error, or of the last one: causes, and every frame.",
      parameters: "error?",
      returns: "text"
    ) { call in
      try call.shown(.table([:]), as: desk.error(call).fullText)
    }
    function(
      "explain",
      "Tells what an error, or the last one, rests on: its rule, what to do, and where to read.",
      parameters: "error?",
      returns: "text"
    ) { call in
      try call.shown(.table([:]), as: call.state.explanation(of: desk.error(call)))
    }
    function(
      "runbook",
      "Returns what was done at this prompt as az and kubectl commands.",
      returns: "a script for bash"
    ) { call in
      guard desk.ledger.leftOutCount == 0 else {
        throw LuaError(
          code: "prompt.too_long",
          message: "\(Ledger.countMax) calls are kept, and \(desk.ledger.leftOutCount) came after",
          hint: "a procedure has a runbook of its own: kms.rotate.runbook({ … }, 'bash')"
        )
      }
      return try call.lua("return require('util.commands').script(...)", [desk.ledger.rows])
    }
    function(
      "json",
      "Returns a value as JSON text; objects as what `az … show` prints of them.",
      parameters: "value",
      returns: "text"
    ) { call in
      let value = try call.value(1)
      return try call.lua(
        "return json.encode(require('util.plain').data(...), { indent = 2 })",
        [value]
      )
    }
  }

  private func transcripts(_ desk: Desk) {
    function(
      "save",
      "Writes what was entered, and what came of it, to a file as a transcript.",
      parameters: "path, range?"
    ) { call in
      try desk.need(desk.save, call)(
        call.string(1),
        try Self.range(call)
      )
    }
    function("replay", "Runs a transcript and compares what comes of it.", parameters: "path") {
      call in
      try desk.need(desk.replay, call)(call.string(1))
    }
  }

  /// The entries that are meant: `2-5` and its like, or the number of one.
  private static func range(_ call: LuaCall) throws -> String? {
    if call.isNil(2) { return nil }
    if case .integer(let number) = try call.value(2) { return String(number) }
    return try call.string(2)
  }

  /// Waits; false when control-C ends the wait.
  private static func wait(_ seconds: Double, in state: LuaState) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while .now < end {
      if state.isInterrupted { return false }
      // A signal ends the sleep early, which is as well.
      usleep(50_000)
    }
    return true
  }
}

extension Desk {
  /// What a prompt does, if there is one.
  ///
  /// - Throws: `prompt.absent`.
  fileprivate func need<Action>(_ action: Action?, _ call: LuaCall) throws -> Action {
    guard let action else {
      throw LuaError(
        code: "prompt.absent",
        message: "\(call.description.name) is for a prompt, and there is none that does it",
        hint: "kmsh without a script shows a prompt"
      )
    }
    return action
  }

  fileprivate func show(_ values: [LuaReference], _ state: LuaState) throws {
    if let show { return try show(values) }
    let chunk = try state.load(
      Array("for _, value in ipairs{...} do p(value) end".utf8),
      chunkName: "=prompt"
    )
    _ = try state.call(chunk, values.map { .function($0) })
  }

  /// The error given, or the last one.
  ///
  /// - Throws: `prompt.no_error`.
  fileprivate func error(_ call: LuaCall) throws -> LuaError {
    if case .table = try call.value(1) { return LuaError(raised: try call.value(1)) }
    if let lastError { return lastError }
    throw LuaError(
      code: "prompt.no_error",
      message: "no entry has failed yet",
      hint: "prompt.why(err) and prompt.explain(err) take an error that pcall returned"
    )
  }
}

extension LuaError {
  /// All there is of it.
  fileprivate var fullText: String {
    var lines = ["error: \(message)", "code: \(code)"]
    if let hint { lines.append("hint: \(hint)") }
    if let rule { lines.append("rule: \(rule)" + (Rule.find(rule).map { "  \($0.text)" } ?? "")) }
    let service = [status.map(String.init), azureCode, innerCode].compactMap(\.self)
    if !service.isEmpty { lines.append("service: \(service.joined(separator: " "))") }
    if let cause { lines.append("cause: \(cause)") }
    if let traceback { lines.append(traceback) }
    return lines.joined(separator: "\n")
  }

  /// Name of the bound function that raised it, such as `vault.create`.
  fileprivate var function: String? {
    traceback?.split(separator: "\n").lazy.compactMap { line in
      line.wholeMatch(of: /\t\[C\]: in (?:function|method) '([^']+)'/).map { String($0.output.1) }
    }.first
  }
}

extension LuaState {
  /// Full name of a bound function that a traceback names: a method without its class.
  private func boundFunction(_ name: String) -> String? {
    let found = functionNames.filter { $0 == name || $0.hasSuffix(":\(name)") }
    return found.count == 1 ? found.first : nil
  }

  /// What an error rests on, and where to read on.
  fileprivate func explanation(of error: LuaError) throws -> String {
    var parts = ["\(error.code): \(error.message)"]
    if let hint = error.hint { parts.append("What to do: \(hint)") }
    if let rule = error.rule, Rule.find(rule) != nil { parts.append(try help(rule)) }
    if let function = error.function.flatMap(boundFunction) {
      parts.append("It came from\n\(try help(function))")
    }
    if parts.count == 1 { parts.append("It rests on no rule of the documented procedures.") }
    return parts.joined(separator: "\n\n")
  }
}

extension LuaCall {
  /// Calls a piece of the library in Lua, and returns its first result.
  fileprivate func lua(_ source: String, _ arguments: [LuaValue]) throws -> LuaValue {
    try state.call(state.load(Array(source.utf8), chunkName: "=prompt"), arguments).first ?? .nil
  }
}

extension Date {
  /// To the second.
  fileprivate var rfc3339Seconds: String {
    Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)).formatted(.iso8601)
  }
}
