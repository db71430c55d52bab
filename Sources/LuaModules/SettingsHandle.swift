internal import AzureModel
internal import LuaRuntime

/// The settings of the workspace: a field read or assigned asks it now.
final class SettingsHandle: LuaObject {
  let session: Session

  init(_ session: Session) { self.session = session }
}

extension LuaClass<SettingsHandle> {
  /// The class of `workspace.settings`: a field for each row of the model's table.
  static func settings() -> LuaClass<SettingsHandle> {
    LuaClass("settings", "How the modelled services behave, where eras and delays differ.") {
      type in
      type.describe = { handle in
        let settings = try handle.session.azure.settings()
        let changed = Settings.table.filter { $0.read(settings) != $0.defaultValue }
        return "settings (\(changed.count) of \(Settings.table.count) changed)"
      }
      type.isEqual = { $0.session === $1.session }
      type.card = { handle in
        let settings = try handle.session.azure.settings()
        return .card(
          "settings",
          Settings.table.map { ($0.name, $0.read(settings).luaValue) }
        )
      }
      for setting in Settings.table {
        let summary =
          "\(setting.summary); \(setting.type), default \(setting.defaultValue)"
        type.field(setting.name, summary) {
          setting.read(try $0.session.azure.settings()).luaValue
        } set: { handle, value in
          try handle.session.azure.set(setting.name, to: setting.value(value))
        }
      }
      type.method(
        "list",
        "Returns every setting with its meaning.",
        returns: "array of { name, value, default, type, summary }"
      ) { handle, _ in
        let settings = try handle.session.azure.settings()
        return .array(
          Settings.table.map {
            .table([
              "name": .string($0.name), "value": $0.read(settings).luaValue,
              "default": $0.defaultValue.luaValue, "type": .string($0.type),
              "summary": .string($0.summary),
            ])
          }
        )
      }
    }
  }
}

extension Setting {
  /// Takes a value over from Lua; nil stands for the default.
  ///
  /// - Throws: `argument.type` for what no setting can be.
  fileprivate func value(_ value: LuaValue) throws -> Value? {
    switch value {
    case .nil: return nil
    case .boolean(let flag): return .boolean(flag)
    case .integer(let number): return .integer(Int(number))
    case .number(let number):
      if let whole = Int(exactly: number) { return .integer(whole) }
    case .bytes: if let text = value.text { return .text(text) }
    default: break
    }
    throw LuaError(
      code: "argument.type",
      message: "setting '\(name)' must be \(type), got \(value.typeName)"
    )
  }
}

extension Setting.Value {
  var luaValue: LuaValue {
    switch self {
    case .boolean(let flag): .boolean(flag)
    case .integer(let number): .integer(Int64(number))
    case .text(let text): .string(text)
    }
  }
}
