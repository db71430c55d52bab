/// An operation as the audit log of a vault names it.
///
/// Source: Key Vault logging, `operationName`.
public enum AuditOperation: String, CaseIterable, Codable, Sendable {
  // Each is named as the log names it; a call refused with 401 is logged as `Authentication`.
  case authentication = "Authentication"
  case vaultGet = "VaultGet"
  case vaultPut = "VaultPut"
  case vaultPatch = "VaultPatch"
  case vaultDelete = "VaultDelete"
  case vaultList = "VaultList"
  case vaultRecover = "VaultRecover"
  case vaultGetDeleted = "VaultGetDeleted"
  case vaultListDeleted = "VaultListDeleted"
  case vaultPurge = "VaultPurge"
  case keyCreate = "KeyCreate"
  case keyImport = "KeyImport"
  case keyGet = "KeyGet"
  case keyList = "KeyList"
  case keyListVersions = "KeyListVersions"
  case keyUpdate = "KeyUpdate"
  case keyDelete = "KeyDelete"
  case keyGetDeleted = "KeyGetDeleted"
  case keyListDeleted = "KeyListDeleted"
  case keyRecover = "KeyRecover"
  case keyPurge = "KeyPurge"
  case keyBackup = "KeyBackup"
  case keyRestore = "KeyRestore"
  case keyEncrypt = "KeyEncrypt"
  case keyDecrypt = "KeyDecrypt"
  case keyWrap = "KeyWrap"
  case keyUnwrap = "KeyUnwrap"
  case keySign = "KeySign"
  case keyVerify = "KeyVerify"
  case keyRotate = "KeyRotate"
  case keyRotateIfDue = "KeyRotateIfDue"
  case keyRotationPolicyGet = "KeyRotationPolicyGet"
  case keyRotationPolicySet = "KeyRotationPolicySet"
  case keyNearExpiry = "KeyNearExpiryEventGridNotification"
  case keyExpired = "KeyExpiredEventGridNotification"
  case vaultPolicyChanged = "VaultAccessPolicyChangedEventGridNotification"

  /// HTTP status of the answer when all is well.
  var statusOfSuccess: Int {
    switch self {
    case .keyPurge: 204
    case .vaultPurge: 202
    default: 200
    }
  }

  /// Path of the request below the vault's address; nil for what is not asked of the data plane.
  ///
  /// `asked` is the version in the request, empty for the latest; `served` the one that answered,
  /// which a client looks up before it names it.
  ///
  /// Source: Key Vault REST API, keys.
  func path(key name: String, asked: String, served: String) -> String? {
    let key = "keys/\(name)"
    return switch self {
    case .keyCreate: "\(key)/create"
    case .keyImport, .keyDelete: key
    case .keyGet, .keyUpdate: asked.isEmpty ? key : "\(key)/\(asked)"
    case .keyList: "keys"
    case .keyListVersions: "\(key)/versions"
    case .keyGetDeleted, .keyPurge: "deletedkeys/\(name)"
    case .keyListDeleted: "deletedkeys"
    case .keyRecover: "deletedkeys/\(name)/recover"
    case .keyBackup: "\(key)/backup"
    case .keyRestore: "keys/restore"
    case .keyEncrypt: "\(key)/\(served)/encrypt"
    case .keyDecrypt: "\(key)/\(served)/decrypt"
    case .keyWrap: "\(key)/\(served)/wrapkey"
    case .keyUnwrap: "\(key)/\(served)/unwrapkey"
    case .keySign: "\(key)/\(served)/sign"
    case .keyVerify: "\(key)/\(served)/verify"
    case .keyRotate: "\(key)/rotate"
    case .keyRotationPolicyGet, .keyRotationPolicySet: "\(key)/rotationpolicy"
    default: nil
    }
  }

  /// Address of a request to the control plane about a vault.
  ///
  /// Source: Key Vault REST API, vaults.
  func resourceURI(of vault: Vault) -> String {
    let provider = "/subscriptions/\(vault.subscriptionID)/providers/Microsoft.KeyVault"
    let deleted = "\(provider)/locations/\(vault.location)/deletedVaults/\(vault.name)"
    let path =
      switch self {
      case .vaultList: "\(provider)/vaults"
      case .vaultListDeleted: "\(provider)/deletedVaults"
      case .vaultGetDeleted: deleted
      case .vaultPurge: "\(deleted)/purge"
      default: vault.resourceID
      }
    return "https://management.azure.com\(path)"
  }
}
