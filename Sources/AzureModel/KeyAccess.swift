/// A data-plane operation on keys: the grant it needs and how messages name it.
struct KeyAccess: Sendable {
  let permission: KeyPermission
  /// Data action under `Microsoft.KeyVault/vaults/`.
  let dataAction: String
  /// What the key must list in `key_ops`, if anything.
  var operation: KeyOperation?
  /// Refused outside the version's time; undoing what was done with it in time is not.
  var needsValidity = false
  /// Refused while the version is switched off.
  var needsEnabled = false

  /// Lower-case verb of the route.
  var verb: String { permission.rawValue.lowercased() }

  static let create = KeyAccess(permission: .create, dataAction: "keys/create/action")
  static let importing = KeyAccess(permission: .import, dataAction: "keys/import/action")
  static let get = KeyAccess(permission: .get, dataAction: "keys/read", needsEnabled: true)
  static let list = KeyAccess(permission: .list, dataAction: "keys/read")
  static let update = KeyAccess(permission: .update, dataAction: "keys/update/action")
  static let encrypt = KeyAccess(
    permission: .encrypt,
    dataAction: "keys/encrypt/action",
    operation: .encrypt,
    needsValidity: true,
    needsEnabled: true
  )
  static let decrypt = KeyAccess(
    permission: .decrypt,
    dataAction: "keys/decrypt/action",
    operation: .decrypt,
    needsEnabled: true
  )
}
