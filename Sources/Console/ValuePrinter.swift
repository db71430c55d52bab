internal import LuaRuntime

/// Words results through the printer of the standard library.
///
/// The printer is loaded when the first value is shown, so that starting costs nothing.
final class ValuePrinter {
  private let state: LuaState
  private let columnCount: () -> Int
  private let palette: Palette
  private var show: LuaReference?

  init(state: LuaState, columnCount: @escaping () -> Int, palette: Palette) {
    self.state = state
    self.columnCount = columnCount
    self.palette = palette
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
      local codes = ...
      local printer, show = require('util.printer'), require('util.show')
      local concat, select, next = table.concat, select, next
      local function paint(meaning, text)
        local code = codes[meaning]
        return code and '\\27[' .. code .. 'm' .. text .. '\\27[0m' or text
      end
      return function(width, ...)
        local count = select('#', ...)
        if count == 1 and (...) == nil then return '' end
        local options, lines = show.options{ width = width, paint = next(codes) and paint }, {}
        for index = 1, count do lines[index] = printer.text((select(index, ...)), options) end
        return concat(lines, '\\n')
      end
      """
    let codes: [LuaKey: LuaValue] =
      palette.isColoured
      ? Dictionary(
        uniqueKeysWithValues: Palette.Meaning.allCases.map {
          (LuaKey($0.rawValue), LuaValue.string($0.code))
        }
      ) : [:]
    let chunk = try state.load(Array(source.utf8), chunkName: "=console")
    guard let show = try state.callKeeping(chunk, [.table(codes)]).first else {
      throw LuaError(code: "host.failure", message: "the printer is not to be had")
    }
    return show
  }
}
