internal import AzureModel
internal import FoundationEssentials
internal import LuaRuntime

/// How a function names a soft-deleted key.
private let deletedKeyOptions: [LuaOption] = [
  vaultNameOption,
  .required("name", .string, "name of the deleted key", az: "--name")
    .naming(.deletedKeyNames),
]

extension LuaModule {
  /// What `key` offers for soft-deleted keys.
  func deletedKeys(_ session: Session) {
    function(
      "get_deleted",
      "Returns a soft-deleted key.",
      options: deletedKeyOptions,
      returns: "deleted key"
    ) { call in
      let kid = try session.deletedKeyID(call.options())
      let deleted = try session.azure.deletedKey(kid, context: session.context())
      return .object(DeletedKeyHandle(deleted.key.kid.unversioned, session))
    }
    function(
      "list_deleted",
      "Returns the soft-deleted keys of a vault, in order of name.",
      options: [vaultNameOption],
      returns: "array of deleted keys"
    ) { call in
      let name = try session.vaultName(call.options().value("vault_name"))
      var pages = Pages<DeletedKey>(after: \.name) { last in
        try session.azure.listDeletedKeys(vault: name, after: last, context: session.context())
      }
      var handles: [LuaValue] = []
      while let deleted = try pages.next() {
        handles.append(.object(DeletedKeyHandle(deleted.key.kid.unversioned, session)))
      }
      return .array(handles)
    }
    function(
      "recover",
      "Brings a soft-deleted key back with all its versions.",
      options: deletedKeyOptions,
      returns: "key"
    ) { call in
      let kid = try session.deletedKeyID(call.options())
      let key = try session.azure.recoverKey(kid, context: session.context())
      return .object(KeyHandle(key.kid, session))
    }
    function(
      "purge",
      "Destroys a soft-deleted key: what is encrypted with it can never be opened again.",
      options: deletedKeyOptions + [LuaOptions.confirmation]
    ) { call in
      let options = try call.options()
      try session.purge(session.deletedKeyID(options), options)
      return .nil
    }
  }

  /// What `key` offers for backups.
  func keyBackups(_ session: Session) {
    function(
      "restore",
      "Restores what k:backup() returned, in the same subscription and geography.",
      options: [vaultNameOption, .required("blob", .secret, "the backup", az: "--file")],
      returns: "key"
    ) { call in
      let options = try call.options()
      let key = try session.azure.restoreKey(
        options.bytes("blob"),
        toVault: session.vaultName(options.value("vault_name")),
        context: session.context()
      )
      return .object(KeyHandle(key.kid, session))
    }
  }
}

extension Session {
  fileprivate func deletedKeyID(_ options: LuaOptions) throws -> KeyID {
    try KeyID(
      vaultName: vaultName(options.value("vault_name")),
      name: options.string("name")
    )
  }

  /// Purges a key once a script said that it means it.
  fileprivate func purge(_ kid: KeyID, _ options: LuaOptions) throws {
    if let deleted = try azure.findDeletedKey(kid, context: context()) {
      try options.confirm(losses(byPurging: deleted), name: deleted.name, rule: "R20", in: self)
    }
    try azure.purgeKey(kid, context: context())
  }
}

/// A live handle to a soft-deleted key.
final class DeletedKeyHandle: LuaObject {
  let session: Session
  /// Id without version.
  let kid: KeyID

  init(_ kid: KeyID, _ session: Session) {
    self.kid = kid
    self.session = session
  }

  /// What the handle stands for.
  ///
  /// - Throws: `key.not_found` once it is recovered or purged.
  func deleted() throws -> DeletedKey {
    let context = try session.context()
    if let deleted = try session.azure.findDeletedKey(kid, context: context) { return deleted }
    return try session.azure.deletedKey(kid, context: context)
  }
}

extension LuaClass<DeletedKeyHandle> {
  /// The class of soft-deleted keys.
  static func deletedKey(_ session: Session) -> LuaClass<DeletedKeyHandle> {
    LuaClass("deleted key", "A key that was deleted and can be recovered until it is purged.") {
      type in
      type.describe = { "deleted key \($0.kid)" }
      type.isEqual = { $0.kid == $1.kid }
      type.card = { try $0.deleted().card }
      type.row = { try $0.deleted().row }
      type.field("kid", "Full identifier of the newest version.") {
        .string(try $0.deleted().key.kid.description)
      }
      type.field("name", "Name as created.") { .string(try $0.deleted().name) }
      type.field("vault", "The vault it lies in.") { .object(VaultHandle($0.kid.vault, session)) }
      type.field("recovery_id", "Address to recover it at.") {
        .string(try $0.deleted().recoveryID)
      }
      type.field("deleted_date", "When it was deleted.") {
        .string(try $0.deleted().deletedDate.rfc3339)
      }
      type.field("scheduled_purge_date", "When it is purged by itself.") {
        .string(try $0.deleted().scheduledPurgeDate.rfc3339)
      }
      type.method("recover", "Brings it back with all its versions.", returns: "key") {
        handle,
        _ in
        let key = try session.azure.recoverKey(handle.kid, context: session.context())
        return .object(KeyHandle(key.kid, session))
      }
      type.method(
        "purge",
        "Destroys it: what is encrypted with it can never be opened again.",
        options: [LuaOptions.confirmation]
      ) { handle, call in
        try session.purge(handle.kid, call.options())
        return .nil
      }
      type.method("show", "Returns what az keyvault key show-deleted prints.", returns: "table") {
        handle,
        _ in
        let deleted = try session.azure.deletedKey(handle.kid, context: session.context())
        return deleted.azShape(in: try session.azure.vault(named: handle.kid.vault)).luaValue
      }
    }
  }
}
