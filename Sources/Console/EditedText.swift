internal import FoundationEssentials
internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

/// A text that a person changes in an editor.
enum EditedText {
  /// Longest text that is taken back, in bytes.
  private static let byteCountMax = 1 << 20

  /// Opens a text in `$VISUAL` or `$EDITOR` and returns what was made of it; nil for nothing.
  ///
  /// The file is 0600 from the beginning and gone at the end: an entry may hold a secret.
  ///
  /// - Throws: `prompt.edit`.
  static func edit(_ text: String, in state: LuaState) throws -> String? {
    let environment = ProcessInfo.processInfo.environment
    let editor = ["VISUAL", "EDITOR"].compactMap { environment[$0] }.first { !$0.isEmpty }
    guard let editor else {
      throw failure("no editor is named", hint: "set VISUAL or EDITOR, such as EDITOR=vi")
    }
    let folder = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var path = Array("\(folder)/kmsh-XXXXXX.lua".utf8CString)
    let descriptor = path.withUnsafeMutableBufferPointer { name in
      name.baseAddress.map { mkstemps($0, 4) } ?? -1
    }
    guard descriptor >= 0 else { throw failure("\(folder) takes no file", hint: nil) }
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(name) }
    let bytes = Array((text + "\n").utf8)
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    guard written == bytes.count else { throw failure("\(folder) has no room", hint: nil) }
    try run(editor, name, state)
    guard let data = FileManager.default.contents(atPath: name), data.count <= byteCountMax else {
      throw failure("what was written cannot be taken back", hint: nil)
    }
    let edited = String(decoding: data, as: UTF8.self)
    let lines = edited.split(separator: "\n", omittingEmptySubsequences: false)
    let whole = lines.reversed().drop { $0.allSatisfy(\.isWhitespace) }.reversed()
    return whole.isEmpty ? nil : whole.joined(separator: "\n")
  }

  /// Runs the editor as the shell would, since its variable may hold arguments too.
  private static func run(_ editor: String, _ name: String, _ state: LuaState) throws {
    let quoted = "'" + name.replacing("'", with: "'\\''") + "'"
    let execute = try state.load(Array("return (os.execute(...))".utf8), chunkName: "=console")
    guard case .boolean(true)? = try state.call(execute, [.string("\(editor) \(quoted)")]).first
    else { throw failure("\(editor) failed", hint: "nothing was run") }
  }

  private static func failure(_ message: String, hint: String?) -> LuaError {
    LuaError(code: "prompt.edit", message: message, hint: hint)
  }
}
