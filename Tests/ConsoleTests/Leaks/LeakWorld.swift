import AzureModel
import Console
import Foundation
import LineEditor
import LuaModules
import WorkspaceStore

@testable import LuaRuntime

/// A shell on a workspace of its own, and all that it shows and writes.
final class LeakWorld {
  let state: LuaState
  let folder: URL
  var needles: Needles
  /// What came to a screen, printed or shown.
  private(set) var screen = Data()
  /// Functions and methods that were called, by full name.
  private(set) var called: Set<String> = []
  /// Backups made: they may be given back, and nothing private may be read in them.
  private var backups: [[UInt8]] = []
  private let session: Session
  private let typed: TypedLines
  private var console: Console?
  private var planted: [UInt8] = []

  private static let scripts = URL(filePath: #filePath).deletingLastPathComponent()
  private static let root = scripts.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Opens the shell; `lines` are what is typed in `type()`.
  init(_ material: Material, lines: [String] = []) throws {
    folder = URL.temporaryDirectory.appending(path: "kmsh-leaks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    needles = try material.needles()
    state = try LuaState()
    session = Session(path: folder.appending(path: "workspace.db").path)
    typed = TypedLines(
      lines,
      History(path: folder.appending(path: "history").path) { [state] in
        SourceRedaction(state.descriptions).applied(to: $0)
      }
    )
    try Library.register(in: state, session)
    try state.register(Self.leakyClass)
    try state.setModulePath([
      Self.scripts.path, Self.root.appending(path: "stdlib").path,
    ])
    let forms = try material.forms().map { (LuaKey($0), LuaValue.bytes($1)) }
    try state.setGlobal("material", .table(Dictionary(uniqueKeysWithValues: forms)))
    try state.register(probe())
    console = Console(
      state: state,
      reader: typed,
      sinks: Console.Sinks(
        results: { [unowned self] in screen.append(Data($0.utf8)) },
        talk: { [unowned self] in screen.append(Data($0.utf8)) }
      ),
      columnCount: { 80 }
    )
  }

  // A test that has passed does not fail for want of tidying up.
  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Runs a script that lies beside this file.
  func run(script: String) throws {
    let source = try Data(contentsOf: Self.scripts.appending(path: script))
    _ = try state.call(state.load([UInt8](source), chunkName: "=\(script)"))
  }

  func run(_ source: String) throws {
    _ = try state.call(state.load(Array(source.utf8), chunkName: "=test"))
  }

  /// Runs a script that leaks what it finds in `leak`.
  func plant(_ leak: [UInt8], _ script: String) throws {
    planted = leak
    try state.setGlobal("leak", .bytes(leak))
    try run("local sweep = require('sweep') \(script)")
  }

  /// Types the lines at the prompt.
  func type() { console?.run() }

  /// Functions of the modules and methods of the classes that key material passes through.
  func functions() -> [LuaFunctionDescription] {
    let modules: Set = ["vault", "key", "identity", "role", "cluster", "secret"]
    let classes = modules.union(["deleted vault", "deleted key", "principal"])
    return state.modules.filter { modules.contains($0.name) }.flatMap(\.functions)
      .map(\.1.description)
      + state.classes.filter { classes.contains($0.name) }.flatMap(\.methods)
      // That one reads the table of functions, and nothing of the object.
      .filter { $0.0 != "help" }.map(\.1.description)
  }

  /// The places where something may be found, and what lies there.
  func haystacks() throws -> [(place: String, content: Data)] {
    session.close()
    var haystacks = [("screen", screen)]
    for backup in backups { haystacks.append(("backup", Data(backup))) }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let content = try Data(contentsOf: folder.appending(path: name))
      if name.hasSuffix(".key") {
        // What seals the rest lies in its own file and in no other place.
        needles.add("root key", [UInt8](content))
      } else {
        haystacks.append((name, content))
      }
    }
    // Its lines are JSON texts: what they say is looked at too.
    let written = History(path: folder.appending(path: "history").path) { $0 }.entries
    haystacks.append(("history", Data(written.joined(separator: "\n").utf8)))
    for backup in backups { needles.add("backup", text: String(decoding: backup, as: UTF8.self)) }
    return haystacks
  }

  /// What was found where, a line each.
  func findings() throws -> [String] {
    let haystacks = try haystacks()
    let found = haystacks.flatMap { place, content in
      needles.found(in: content).filter { place != "backup" || $0.needle.secret != "backup" }
        .map { "\($0.needle.secret) as \($0.needle.encoding) in \(place) after \($0.before)" }
    }
    return found
  }

  // MARK: What scripts call

  private func probe() -> LuaModule {
    LuaModule("leaks", "What the scripts of this test call.") { module in
      module.function("see", "Notes what would come to a screen.") { [unowned self] call in
        screen.append(Data(try call.bytes(1)) + Data("\n".utf8))
        return .nil
      }
      module.function("called", "Notes that a function was called.") { [unowned self] call in
        called.insert(try call.string(1))
        return .nil
      }
      module.function("seed", "Notes a DEK seed.") { [unowned self] call in
        needles.add("DEK seed", try call.bytes(1))
        return .nil
      }
      module.function("backup", "Notes a backup.") { [unowned self] call in
        backups.append(try call.bytes(1))
        return .nil
      }
      module.function("fields", "Names the fields of a class.") { [unowned self] call in
        let name = try call.string(1)
        let getters = state.classes.first { $0.name == name }?.getters ?? []
        return .array(getters.map { .string($0.0) })
      }
      module.function("functions", "Describes every function and method.") { [unowned self] _ in
        .array(
          functions().map { description in
            .table([
              "name": .string(description.name),
              "options": .array(
                (description.options ?? []).map {
                  .table(["name": .string($0.name), "required": .boolean($0.isRequired)])
                }
              ),
            ])
          }
        )
      }
      plants(module)
    }
  }

  // MARK: Leaks made on purpose

  private func plants(_ module: LuaModule) {
    // Not the text it was called with, which no error repeats.
    module.function("fail", "Fails with the text that was planted.") { [unowned self] _ in
      throw LuaError(code: "leak.planted", message: String(decoding: planted, as: UTF8.self))
    }
    module.function("object", "An object that shows a text.") { call in
      .object(Leaky(try call.bytes(1)))
    }
    module.function("log", "Writes a text to the audit log.") { [unowned self] call in
      let text = String(decoding: try call.bytes(1), as: UTF8.self)
      let workspace = try Workspace.open(path: session.path)
      defer { workspace.close() }
      try workspace.call {
        try workspace.append(
          AuditEvent(
            time: Date(timeIntervalSince1970: 0),
            vault: "kv1",
            resourceID: "",
            operation: .keyGet,
            operationVersion: "",
            httpStatusCode: 400,
            resultDescription: text
          )
        )
      }
      return .nil
    }
    module.function("write", "Writes bytes to a file of the workspace.") { [unowned self] call in
      let file = folder.appending(path: "workspace.db-planted")
      // A file that is not there yet holds nothing.
      let before = (try? Data(contentsOf: file)) ?? Data()
      try (before + Data(try call.bytes(1))).write(to: file)
      return .nil
    }
    module.function("remember", "Adds a line to the history.") { [unowned self] call in
      // As if nothing were left out.
      History(path: folder.appending(path: "history").path) { $0 }
        .append("x = '\(String(decoding: try call.bytes(1), as: UTF8.self))'")
      return .nil
    }
  }

  private static var leakyClass: LuaClass<Leaky> {
    LuaClass("leaky", "An object that shows what it should not.") { type in
      type.describe = { String(decoding: $0.bytes, as: UTF8.self) }
      type.field("field", "Shows it.") { .bytes($0.bytes) }
    }
  }
}

/// An object that shows what it should not.
private final class Leaky: LuaObject {
  let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// Lines typed at the prompt, remembered as a terminal does.
private final class TypedLines: LineReader {
  private var lines: ArraySlice<String>
  private let history: History

  init(_ lines: [String], _ history: History) {
    self.lines = lines[...]
    self.history = history
  }

  func readLine(prompt: String) -> LineResult {
    lines.popFirst().map { .line($0) } ?? .endOfInput
  }

  func remember(_ entry: String) { history.append(entry) }
}
