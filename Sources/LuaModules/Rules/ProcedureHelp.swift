internal import LuaRuntime

/// The documented procedures, as `help` tells them: by the comments of their modules.
enum ProcedureHelp {
  private static let source = """
    local asked = ...
    -- A sandbox has neither.
    local path = package and package.searchpath(asked, package.path)
    local file = path and io and io.open(path)
    if not file then return nil end
    local lines = { asked }
    for line in file:lines() do
      local text = line:match('^%-%-%-@field (.*)') or line:match('^%-%-%- ?([^@].*)')
      if text then lines[#lines + 1] = '  ' .. text end
      if line:match('^local function') then break end
    end
    file:close()
    return table.concat(lines, '\\n')
    """

  /// Help on `kms` and on each procedure by its full name.
  static func topics(_ state: LuaState) -> LuaHelpTopics {
    LuaHelpTopics(
      ["kms"],
      summary: "help 'kms' tells of the documented procedures, help 'kms.rotate' of one"
    ) { [unowned state] name, _ in
      guard name == "kms" || name.wholeMatch(of: /kms\.[a-z_0-9]+/) != nil else { return nil }
      let chunk = try state.load(Array(source.utf8), chunkName: "=help")
      return try state.call(chunk, [.string(name)]).first?.text
    }
  }
}
