/// A data-plane operation on keys: the grant it needs and how messages name it.
struct KeyAccess: Sendable {
  let permission: KeyPermission
  /// Data action under `Microsoft.KeyVault/vaults/`.
  let dataAction: String
  /// How the audit log names it.
  let audit: AuditOperation
  /// What the key must list in `key_ops`, if anything.
  var operation: KeyOperation?
  /// Refused outside the version's time; undoing what was done with it in time is not.
  var needsValidity = false
  /// Refused while the version is switched off.
  var needsEnabled = false

  /// Lower-case verb of the route.
  var verb: String { permission.rawValue.lowercased() }

  static let create = KeyAccess(
    permission: .create,
    dataAction: "keys/create/action",
    audit: .keyCreate
  )
  static let importing = KeyAccess(
    permission: .import,
    dataAction: "keys/import/action",
    audit: .keyImport
  )
  static let get = KeyAccess(
    permission: .get,
    dataAction: "keys/read",
    audit: .keyGet,
    needsEnabled: true
  )
  static let list = KeyAccess(permission: .list, dataAction: "keys/read", audit: .keyList)
  static let listVersions = KeyAccess(
    permission: .list,
    dataAction: "keys/read",
    audit: .keyListVersions
  )
  static let update = KeyAccess(
    permission: .update,
    dataAction: "keys/update/action",
    audit: .keyUpdate
  )
  static let encrypt = KeyAccess(
    permission: .encrypt,
    dataAction: "keys/encrypt/action",
    audit: .keyEncrypt,
    operation: .encrypt,
    needsValidity: true,
    needsEnabled: true
  )
  static let decrypt = KeyAccess(
    permission: .decrypt,
    dataAction: "keys/decrypt/action",
    audit: .keyDecrypt,
    operation: .decrypt,
    needsEnabled: true
  )
}
