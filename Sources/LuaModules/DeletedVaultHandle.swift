internal import AzureModel
internal import FoundationEssentials
internal import LuaRuntime

/// A live handle to a vault in deleted state.
final class DeletedVaultHandle: LuaObject {
  let session: Session
  /// Name as created.
  let name: String

  init(_ name: String, _ session: Session) {
    self.name = name
    self.session = session
  }

  /// What the handle stands for.
  ///
  /// - Throws: `vault.not_found` once it is recovered or purged.
  func deleted() throws -> DeletedVault {
    let context = try session.context()
    if let deleted = try session.azure.findDeletedVault(named: name, context) { return deleted }
    return try session.azure.deletedVault(named: name, context)
  }
}

extension LuaClass<DeletedVaultHandle> {
  /// The class of handles to deleted vaults.
  static func deletedVault(_ session: Session) -> LuaClass<DeletedVaultHandle> {
    LuaClass("deleted vault", "A vault in deleted state, until it is recovered or purged.") {
      type in
      type.describe = { "deleted vault \($0.name)" }
      type.isEqual = { $0.name.lowercased() == $1.name.lowercased() }
      type.card = { try $0.deleted().card }
      type.row = { try $0.deleted().row }
      type.field("name", "Name as created.") { .string(try $0.deleted().name) }
      type.field("id", "ARM id, which names a region and no group.") {
        .string(try $0.deleted().resourceID)
      }
      type.field("vault_id", "ARM id it had, and has again once recovered.") {
        .string(try $0.deleted().vault.resourceID)
      }
      type.field("location", "Region.") { .string(try $0.deleted().vault.location) }
      type.field("deletion_date", "When it was deleted.") {
        .string(try $0.deleted().deletionDate.rfc3339)
      }
      type.field("scheduled_purge_date", "When the service purges it.") {
        .string(try $0.deleted().scheduledPurgeDate.rfc3339)
      }
      type.field("purge_protection_enabled", "Whether no one can purge it earlier.") {
        .boolean(try $0.deleted().vault.enablePurgeProtection)
      }
      type.field("tags", "Labels it had.") {
        JSONTree.strings(try $0.deleted().vault.tags).luaValue
      }
      type.method("show", "Returns what `az keyvault show-deleted` prints.", returns: "table") {
        handle,
        _ in
        try session.azure.deletedVault(named: handle.name, session.context()).azShape.luaValue
      }
      type.method("recover", "Brings it back, but for role assignments.", returns: "vault") {
        handle,
        _ in
        try session.recoverVault(handle.name)
      }
      type.method(
        "purge",
        "Destroys it with all its keys.",
        options: [LuaOptions.confirmation]
      ) { handle, call in
        try session.purgeVault(handle.name, call.options())
        return .nil
      }
    }
  }
}

extension LuaModule {
  /// What `vault` offers for vaults in deleted state.
  func deletedVaults(_ session: Session) {
    function(
      "list_deleted",
      "Returns the vaults in deleted state.",
      returns: "array of deleted vaults"
    ) { _ in
      let deleted = try session.azure.listDeletedVaults(session.context())
      return .array(deleted.map { .object(DeletedVaultHandle($0.name, session)) })
    }
    function(
      "get_deleted",
      "Returns a vault in deleted state by name.",
      parameters: "name",
      returns: "deleted vault"
    ) { call in
      let name = try session.vaultName(call.value(1))
      let deleted = try session.azure.deletedVault(named: name, session.context())
      return .object(DeletedVaultHandle(deleted.name, session))
    }
    function(
      "recover",
      "Brings a deleted vault back with keys and policies; role assignments are lost (R18).",
      parameters: "name",
      returns: "vault"
    ) { call in try session.recoverVault(session.vaultName(call.value(1))) }
    function(
      "purge",
      "Destroys a deleted vault with all its keys; its name is free again.",
      parameters: "name, {confirm} | { name, confirm }"
    ) { call in
      let isTable: Bool
      if case .table = try call.value(1) { isTable = true } else { isTable = false }
      let options = try LuaOptions.checked(
        call.value(isTable ? 1 : 2),
        for: call.description.name,
        isTable ? Self.purgeOptions : [LuaOptions.confirmation]
      )
      let name = try session.vaultName(isTable ? options.value("name") : call.value(1))
      try session.purgeVault(name, options)
      return .nil
    }
    takes(.deletedVaults, "get_deleted", "recover", "purge")
    takes(Self.purgeOptions, "purge")
  }

  private static let purgeOptions = [
    LuaOption.required("name", .any, "name of the vault", az: "--name").naming(.deletedVaults),
    LuaOptions.confirmation,
  ]
}

extension Session {
  fileprivate func recoverVault(_ name: String) throws -> LuaValue {
    .object(VaultHandle(try azure.recoverVault(named: name, context()).name, self))
  }

  /// Purges a vault once a script said that it means it.
  fileprivate func purgeVault(_ name: String, _ options: LuaOptions) throws {
    if let deleted = try azure.findDeletedVault(named: name, context()) {
      try options.confirm(losses(byPurging: deleted), name: deleted.name, rule: "R20", in: self)
    }
    try azure.purgeVault(named: name, context())
  }
}
