/// What an access policy can allow on keys, in the order policies list them.
public enum KeyPermission: String, CaseIterable, Codable, Sendable {
  // Each is spelt as the service spells it.
  case all, encrypt, decrypt, wrapKey, unwrapKey, sign, verify, get, list, create, update
  case `import`, delete, backup, restore, recover, purge, release, rotate
  case getrotationpolicy, setrotationpolicy

  /// Reads names, ignoring letter case; drops duplicates and puts them in listing order.
  ///
  /// - Throws: `argument.value`, naming the allowed values.
  public static func parse(_ names: [String]) throws -> [KeyPermission] {
    var chosen: Set<KeyPermission> = []
    for name in names {
      guard let known = allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() })
      else {
        let allowed = allCases.map(\.rawValue).sorted { $0.lowercased() < $1.lowercased() }
        throw AzureError(
          .argumentValue,
          "az keyvault set-policy: '\(name)' is not a valid value for '--key-permissions'. "
            + "Allowed values: \(allowed.joined(separator: ", "))."
        )
      }
      chosen.insert(known)
    }
    return allCases.filter(chosen.contains)
  }
}

/// One principal's permissions on one vault, by family.
public struct AccessPolicy: Hashable, Codable, Sendable {
  /// Tenant of the principal.
  public let tenantID: String
  /// Object id of the principal, in lower case.
  public let objectID: String
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

  /// Tells whether it allows an operation on keys; `all` covers every one but purge.
  public func allows(_ permission: KeyPermission) -> Bool {
    keys.contains(permission) || (permission != .purge && keys.contains(.all))
  }
}
