internal import FoundationEssentials
internal import LuaRuntime

/// Prints values and errors as JSON documents, one a line.
struct JSONOutput {
  private let state: LuaState
  private let encoder: LuaReference

  /// Loads what words values; before any script runs, which may change what it finds.
  init(_ state: LuaState) throws {
    self.state = state
    let source = """
      local encode, plain = json.encode, require('util.plain').data
      print = function(...)
        local texts = table.pack(...)
        for n = 1, texts.n do texts[n] = tostring(texts[n]) end
        require('kmsh.talk').write(table.concat(texts, '\\t') .. '\\n')
      end
      if io then io.output(io.stderr) end
      return function(value) return encode(plain(value)) end
      """
    let talk = LuaModule("kmsh.talk", "What is said beside the answers.") { module in
      module.function("write", "Writes to standard error.", parameters: "text") { call in
        Kmsh.write(String(decoding: try call.bytes(1), as: UTF8.self), to: 2)
        return .nil
      }
    }
    try state.register(talk, asGlobal: false)
    let chunk = try state.load(Array(source.utf8), chunkName: "=json")
    guard let encoder = try state.callKeeping(chunk).first else {
      throw LuaError(code: "host.failure", message: "JSON is not to be had")
    }
    self.encoder = encoder
  }

  /// One document for a value.
  func text(_ value: LuaValue) throws -> String {
    (try state.call(encoder, [value]).first?.text ?? "null") + "\n"
  }

  /// What an error that nobody caught is told as.
  private struct ErrorDocument: Encodable {
    struct Fields: Encodable {
      let code, message: String
      let hint, rule: String?
      let status: Int?
      let azure_code, inner_code, cause, traceback: String?
    }
    let error: Fields
  }

  /// One document for an error: `{"error":{"code":…,"message":…}}`.
  static func text(of error: any Error) -> String {
    let error =
      error as? LuaError ?? (error as? any LuaErrorConvertible)?.luaError
      ?? LuaError(code: "host.failure", message: "\(error)")
    let document = ErrorDocument(
      error: ErrorDocument.Fields(
        code: error.code,
        message: error.message,
        hint: error.hint,
        rule: error.rule,
        status: error.status,
        azure_code: error.azureCode,
        inner_code: error.innerCode,
        cause: error.cause,
        traceback: error.traceback
      )
    )
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts and a number, which always encode.
    return ((try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) } ?? "{}")
      + "\n"
  }
}
