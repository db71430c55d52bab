internal import ArgumentParser
internal import FoundationEssentials
internal import LuaModules
internal import LuaRuntime

/// `kmsh docs`: the reference, from the table that `help` reads.
struct DocsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kmsh docs",
    abstract: "Print the reference: all of it, or what there is on a name.",
    discussion: """
      NAME is whatever help takes: vault, vault.create, kms.rotate, R76.
      """
  )

  /// What is written.
  enum Form: String, EnumerableFlag {
    case text, markdown, man, stubs, luacheckrc

    static func help(for value: Form) -> ArgumentHelp? {
      switch value {
      case .text: "Plain text, as help prints it. This is the default."
      case .markdown: "Markdown."
      case .man: "The man page, for man(1)."
      case .stubs: "Stubs for editors that speak LuaCATS; with NAME those of one module."
      case .luacheckrc: "The globals, for luacheck."
      }
    }
  }

  @Flag var form = Form.text

  @Argument(help: "A module, class, function or rule; default: all.")
  var name: String?

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp("With --stubs: write a file for each module there.", valueName: "folder")
  )
  var folder: String?

  func validate() throws {
    if folder != nil, form != .stubs || name != nil {
      throw ValidationError("--to goes with --stubs, for all modules")
    }
  }

  /// Returns what was asked for.
  ///
  /// - Throws: `help.unknown`.
  func text() throws -> String {
    let state = try LuaState()
    let session = Session(path: ":memory:")
    defer { session.close() }
    try Library.register(in: state, session)
    let library = Host.standardLibrary()
    try state.setModulePath(library.map { [$0] } ?? [])
    let source = "return require('docs.forms')[...](select(2, ...))"
    let chunk = try state.load(Array(source.utf8), chunkName: "=docs")
    let arguments: [LuaValue] = [
      .string(form.rawValue), .string(name ?? ""), .string(Versions.kmsh),
      .string(MainCommand.helpMessage(columns: 78)), .optional(folder.map { .string($0) }),
    ]
    do {
      return try state.call(chunk, arguments).first?.text ?? ""
    } catch var error as LuaError {
      // Where in the library a name was found missing says nothing.
      error.traceback = nil
      throw error
    }
  }
}
