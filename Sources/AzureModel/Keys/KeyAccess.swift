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
}

// Life cycle.
extension KeyAccess {
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
  static let delete = KeyAccess(permission: .delete, dataAction: "keys/delete", audit: .keyDelete)
  static let getDeleted = KeyAccess(
    permission: .get,
    dataAction: "keys/read",
    audit: .keyGetDeleted
  )
  static let listDeleted = KeyAccess(
    permission: .list,
    dataAction: "keys/read",
    audit: .keyListDeleted
  )
  static let recover = KeyAccess(
    permission: .recover,
    dataAction: "keys/recover/action",
    audit: .keyRecover
  )
  static let purge = KeyAccess(
    permission: .purge,
    dataAction: "keys/purge/action",
    audit: .keyPurge
  )
  static let backup = KeyAccess(
    permission: .backup,
    dataAction: "keys/backup/action",
    audit: .keyBackup,
    needsEnabled: true
  )
  static let restore = KeyAccess(
    permission: .restore,
    dataAction: "keys/restore/action",
    audit: .keyRestore
  )
  static let rotate = KeyAccess(
    permission: .rotate,
    dataAction: "keys/rotate/action",
    audit: .keyRotate
  )
  static let getRotationPolicy = KeyAccess(
    permission: .getrotationpolicy,
    dataAction: "keyrotationpolicies/read",
    audit: .keyRotationPolicyGet
  )
  static let setRotationPolicy = KeyAccess(
    permission: .setrotationpolicy,
    dataAction: "keyrotationpolicies/write",
    audit: .keyRotationPolicySet
  )
}

// Work with a key: what makes new dependence on it needs it valid, what undoes that does not.
extension KeyAccess {
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
  static let wrap = KeyAccess(
    permission: .wrapKey,
    dataAction: "keys/wrap/action",
    audit: .keyWrap,
    operation: .wrapKey,
    needsValidity: true,
    needsEnabled: true
  )
  static let unwrap = KeyAccess(
    permission: .unwrapKey,
    dataAction: "keys/unwrap/action",
    audit: .keyUnwrap,
    operation: .unwrapKey,
    needsEnabled: true
  )
  static let sign = KeyAccess(
    permission: .sign,
    dataAction: "keys/sign/action",
    audit: .keySign,
    operation: .sign,
    needsValidity: true,
    needsEnabled: true
  )
  static let verify = KeyAccess(
    permission: .verify,
    dataAction: "keys/verify/action",
    audit: .keyVerify,
    operation: .verify,
    needsEnabled: true
  )
}
