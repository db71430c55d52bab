internal import LuaRuntime

/// Words results through the printer of the standard library.
///
/// The printer is loaded when the first value is shown, so that starting costs nothing.
final class ValuePrinter {
  private let state: LuaState
  private let columnCount: () -> Int
  private var show: LuaReference?

  init(state: LuaState, columnCount: @escaping () -> Int) throws {
    self.state = state
    self.columnCount = columnCount
    let objects = LuaModule("kmsh.objects", "How host objects show themselves.") { module in
      module.function("card", "A card, nil when the object has none.", parameters: "object") {
        // What another library made, such as a file of io, has none.
        guard case .object(let object)? = try? $0.value(1) else { return .nil }
        return try state.card(of: object) ?? .nil
      }
      module.function("row", "A row, nil when the object has none.", parameters: "object") {
        // What another library made, such as a file of io, has none.
        guard case .object(let object)? = try? $0.value(1) else { return .nil }
        return try state.row(of: object) ?? .nil
      }
    }
    try state.register(objects, asGlobal: false)
  }

  /// The lines for some results; none for nothing or a lone nil.
  func text(_ values: [LuaReference]) throws -> String {
    guard !values.isEmpty else { return "" }
    let arguments = [LuaValue.integer(Int64(columnCount()))] + values.map { .function($0) }
    return try state.call(function(), arguments).first?.text ?? ""
  }

  /// What words results in Lua: takes a width and the values, returns the lines.
  func function() throws -> LuaReference {
    if let show { return show }
    let loaded = try load()
    show = loaded
    return loaded
  }

  private func load() throws -> LuaReference {
    let source = """
      local printer, objects = require('util.printer'), require('kmsh.objects')
      local concat, select = table.concat, select
      return function(width, ...)
        local count = select('#', ...)
        if count == 1 and (...) == nil then return '' end
        local options, lines = { width = width, card = objects.card, row = objects.row }, {}
        for index = 1, count do lines[index] = printer.text((select(index, ...)), options) end
        return concat(lines, '\\n')
      end
      """
    let chunk = try state.load(Array(source.utf8), chunkName: "=console")
    guard let show = try state.callKeeping(chunk).first else {
      throw LuaError(code: "host.failure", message: "the printer is not to be had")
    }
    return show
  }
}
