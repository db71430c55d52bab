public import AzureModel
public import ClusterModel
public import CryptoEngine
public import EncryptionAtRest
public import EtcdSnapshot
public import LuaRuntime
public import WorkspaceStore

extension AzureError: LuaErrorConvertible {
  /// The error as Lua sees it.
  public var luaError: LuaError {
    LuaError(
      code: code.rawValue,
      message: message,
      hint: hint,
      rule: rule,
      status: status,
      azureCode: azureCode,
      innerCode: innerCode
    )
  }
}

extension CryptoError: LuaErrorConvertible {
  /// The error as Lua sees it.
  public var luaError: LuaError { LuaError(code: code.rawValue, message: message, cause: cause) }
}

extension AtRestError: LuaErrorConvertible {
  /// The error as Lua sees it.
  public var luaError: LuaError { LuaError(code: code.rawValue, message: message) }
}

extension SnapshotError: LuaErrorConvertible {
  /// The error as Lua sees it.
  public var luaError: LuaError { LuaError(code: code.rawValue, message: message, hint: hint) }
}

extension WorkspaceError: LuaErrorConvertible {
  /// The error as Lua sees it.
  public var luaError: LuaError { LuaError(code: code.rawValue, message: message, hint: hint) }
}

extension ClusterError: LuaErrorConvertible {
  /// The error as Lua sees it.
  public var luaError: LuaError {
    LuaError(
      code: code.rawValue,
      message: message,
      hint: hint,
      rule: rule,
      status: status,
      azureCode: azureCode,
      innerCode: innerCode
    )
  }
}
