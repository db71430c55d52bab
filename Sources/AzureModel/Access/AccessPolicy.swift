/// One principal's permissions on one vault, by family.
public struct AccessPolicy: Hashable, Codable, Sendable {
  /// Tenant of the principal.
  public let tenantID: String
  /// Object id of the principal, in lower case.
  public let objectID: String
  /// Application through which the principal must call, in lower case; nil for any.
  public let applicationID: String?
  /// Permissions on keys.
  public internal(set) var keys: [KeyPermission]
  /// Permissions on secrets of the vault.
  public internal(set) var secrets: [String]
  /// Permissions on certificates.
  public internal(set) var certificates: [String]
  /// Permissions on managed storage accounts.
  public internal(set) var storage: [String]

  /// Most entries that a vault takes.
  public static let countMax = 1024

  /// Whether the entry is about a caller, whose ids are in lower case: same tenant, same object,
  /// and the application if one is named.
  func concerns(_ caller: Principal) -> Bool {
    objectID == caller.objectID && tenantID == caller.tenantID
      && (applicationID == nil || applicationID == caller.applicationID)
  }

  /// Tells whether it allows an operation on keys; what `all` covers differs by era.
  func allows(
    _ permission: KeyPermission,
    all: @autoclosure () throws -> PolicyAll
  ) rethrows -> Bool {
    try keys.contains(permission) || (keys.contains(.all) && permission.isPart(of: all()))
  }
}

/// Families of permissions in an access policy, with the names that each has.
///
/// Source: `Microsoft.KeyVault/vaults`, `Permissions`.
enum PermissionFamily: String, CaseIterable {
  case key, secret, certificate, storage

  /// Names in the order that policies list them.
  var names: [String] {
    switch self {
    case .key: KeyPermission.allCases.map(\.rawValue)
    case .secret:
      ["all", "get", "list", "set", "delete", "backup", "restore", "recover", "purge"]
    case .certificate:
      [
        "all", "get", "list", "delete", "create", "import", "update", "managecontacts",
        "getissuers", "listissuers", "setissuers", "deleteissuers", "manageissuers", "recover",
        "purge", "backup", "restore",
      ]
    case .storage:
      [
        "all", "get", "list", "delete", "set", "update", "regeneratekey", "recover", "purge",
        "backup", "restore", "setsas", "listsas", "getsas", "deletesas",
      ]
    }
  }

  /// Reads names, ignoring letter case; drops duplicates and puts them in listing order.
  ///
  /// - Throws: `argument.value`, naming the allowed values.
  func parse(_ given: [String]) throws -> [String] {
    var chosen: Set<String> = []
    for name in given {
      guard let known = names.first(where: { $0.lowercased() == name.lowercased() }) else {
        let allowed = names.sorted { $0.lowercased() < $1.lowercased() }
        throw AzureError(
          .argumentValue,
          "az keyvault set-policy: '\(name)' is not a valid value for "
            + "'--\(rawValue)-permissions'. Allowed values: \(allowed.joined(separator: ", "))."
        )
      }
      chosen.insert(known)
    }
    return names.filter(chosen.contains)
  }
}

/// What a principal is to be allowed; families that are nil stay as they are.
public struct PolicyChange: Hashable, Sendable {
  /// Object id of the principal.
  public var objectID: String
  /// Application through which it must call; nil for any.
  public var applicationID: String?
  /// Names of permissions, in any order and letter case.
  public var keys, secrets, certificates, storage: [String]?

  /// Whether any family is named.
  public var namesPermissions: Bool {
    keys != nil || secrets != nil || certificates != nil || storage != nil
  }

  /// Collects the change.
  public init(
    objectID: String,
    applicationID: String? = nil,
    keys: [String]? = nil,
    secrets: [String]? = nil,
    certificates: [String]? = nil,
    storage: [String]? = nil
  ) {
    self.objectID = objectID
    self.applicationID = applicationID
    self.keys = keys
    self.secrets = secrets
    self.certificates = certificates
    self.storage = storage
  }
}
