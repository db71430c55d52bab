internal import LuaRuntime

/// The kinds of things in a workspace that options and arguments name.
extension NameSource {
  static let vaults = NameSource("vault")
  static let deletedVaults = NameSource("deleted vault")
  /// Names of keys in the vault that `vault_name` or the object names.
  static let keyNames = NameSource("key name")
  /// Names of deleted keys in that vault.
  static let deletedKeyNames = NameSource("deleted key name")
  /// Identifiers of key versions.
  static let keyIDs = NameSource("kid")
  static let identities = NameSource("identity")
  /// Users and identities, by what they sign in with or are named.
  static let principals = NameSource("principal")
  static let clusters = NameSource("cluster")
  /// Namespaces of the cluster that `cluster` or the object names.
  static let namespaces = NameSource("namespace")
  /// Secrets of a cluster, in the namespace that is given or in `default`.
  static let secrets = NameSource("secret")
  static let resourceGroups = NameSource("resource group")
  /// ARM ids of what has one.
  static let resourceIDs = NameSource("resource id")
  static let checkpoints = NameSource("checkpoint")

  /// Names of role definitions.
  static let roles = NameSource("role")
  /// Operations that keys permit.
  static let keyOperations = NameSource("key operation")
  /// Permissions on keys that access policies grant.
  static let keyPermissions = NameSource("key permission")
}
