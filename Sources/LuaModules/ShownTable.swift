internal import LuaRuntime

extension LuaCall {
  /// A plain table that also shows itself: `print` and the prompt word it, everything else takes
  /// it as the table it is.
  ///
  /// - Parameters:
  ///   - value: the table.
  ///   - text: what it is shown as.
  ///   - methods: texts that methods of it return, by name.
  /// - Returns: a reference to the table.
  /// - Throws: `limit.memory`.
  func shown(
    _ value: LuaValue,
    as text: String,
    methods: [String: String] = [:]
  ) throws -> LuaValue {
    let source = """
      local value, text, texts = ...
      local methods = {}
      for name, answer in pairs(texts) do methods[name] = function() return answer end end
      return setmetatable(value, { __tostring = function() return text end, __index = methods })
      """
    let make = try state.load(Array(source.utf8), chunkName: "=shown")
    let texts = Dictionary(
      uniqueKeysWithValues: methods.map { (LuaKey($0), LuaValue.string($1)) }
    )
    let made = try state.callKeeping(make, [value, .string(text), .table(texts)])
    guard let table = made.first else {
      throw LuaError(code: "host.failure", message: "a table could not be made")
    }
    return .function(table)
  }
}

/// A card as text: a title, fields in order and aligned, what is wrong last.
struct TextCard {
  let title: String
  var fields: [(String, String)] = []
  var warnings: [String] = []

  var text: String {
    let width = fields.map(\.0.count).max() ?? 0
    let lines = fields.map { name, value in
      "  \(name)\(String(repeating: " ", count: width - name.count))  \(value)"
    }
    return ([title] + lines + warnings.map { "! \($0)" }).joined(separator: "\n")
  }
}
