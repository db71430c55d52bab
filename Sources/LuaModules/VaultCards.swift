internal import AzureModel
internal import FoundationEssentials
internal import LuaRuntime

extension Vault {
  var card: LuaValue {
    var fields: [(String, LuaValue)] = [
      ("resource_group", .string(resourceGroup)), ("location", .string(location)),
      ("vault_uri", .string(vaultURI)),
      ("permission model", enableRBACAuthorization ? "Azure RBAC" : "access policies"),
      ("public_network_access", .string(publicNetworkAccess.rawValue)),
      ("firewall", .string(networkACLs.summary)),
      ("access_policies", .integer(Int64(accessPolicies.count))),
      ("recovery_level", .string("\(recoveryLevel), \(softDeleteRetentionInDays) days")),
    ]
    for connection in privateEndpointConnections {
      fields.append(
        ("private endpoint", .string("\(connection.name): \(connection.status.rawValue)"))
      )
    }
    return .card("vault \(name)", fields, warnings: warnings)
  }

  /// What keeps callers out, and which rule tells of it.
  private var warnings: [String] {
    let isLinked = privateEndpointConnections.contains { $0.status == .approved }
    switch (publicNetworkAccess, networkACLs.defaultAction) {
    case (.enabled, .allow): return []
    case (.enabled, .deny):
      return ["R23  the firewall is on: the KMS plugin is refused on its public path"]
    case (_, _) where isLinked: return []
    default:
      return ["R60  public access is off and no private endpoint is approved: no one gets in"]
    }
  }

  var row: LuaValue {
    .row([
      ("name", .string(name)), ("resource_group", .string(resourceGroup)),
      ("location", .string(location)),
      ("model", enableRBACAuthorization ? "rbac" : "policies"),
    ])
  }
}

extension NetworkACLs {
  fileprivate var summary: String {
    guard defaultAction == .deny else { return "off" }
    let trusted = bypass == .azureServices ? ", trusted services" : ""
    return "on, but for \(ipRules.count) ip rules, \(virtualNetworkRules.count) subnets\(trusted)"
  }
}

extension DeletedVault {
  var card: LuaValue {
    .card(
      "deleted vault \(name)",
      [
        ("vault_id", .string(vault.resourceID)), ("location", .string(vault.location)),
        ("deletion_date", .string(deletionDate.rfc3339)),
        ("scheduled_purge_date", .string(scheduledPurgeDate.rfc3339)),
        ("purge protection", vault.enablePurgeProtection ? "on" : "off"),
      ]
    )
  }

  var row: LuaValue {
    .row([
      ("name", .string(name)), ("location", .string(vault.location)),
      ("deleted", .string(deletionDate.rfc3339)),
      ("purged", .string(scheduledPurgeDate.rfc3339)),
    ])
  }
}

extension JSONTree {
  /// The document as fields of a handle: names in snake case, nulls left out.
  var fields: LuaValue {
    switch self {
    case .array(let items): .array(items.map(\.fields))
    case .object(let members):
      .table(
        Dictionary(
          uniqueKeysWithValues: members.map { (LuaKey($0.snakeCased), $1.fields) }
        ).filter { !$0.value.isNil }
      )
    case .null: .nil
    default: luaValue
    }
  }
}

extension String {
  /// `defaultAction` as `default_action`.
  fileprivate var snakeCased: String {
    reduce(into: "") { text, letter in
      if letter.isUppercase { text += "_" }
      text += letter.lowercased()
    }
  }
}
