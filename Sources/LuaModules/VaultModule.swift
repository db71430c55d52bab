internal import AzureModel
public import LuaRuntime

/// A live handle to a vault: a field read asks the workspace now.
final class VaultHandle: LuaObject {
  let session: Session
  /// Name as created.
  let name: String

  init(_ name: String, _ session: Session) {
    self.name = name
    self.session = session
  }

  /// What the handle stands for.
  ///
  /// - Throws: `vault.not_found` once it is gone.
  func vault() throws -> Vault { try session.azure.vault(named: name) }
}

extension LuaModule {
  /// The Lua module `vault`.
  public static func vault(_ session: Session) -> LuaModule {
    LuaModule("vault", "Key vaults.") { module in
      module.function(
        "create",
        "Makes a vault; with the policy model its creator gets every permission.",
        options: [
          .required("name", .string, "3 to 24 letters, digits and single hyphens", az: "--name"),
          .required("resource_group", .string, "made on first use", az: "--resource-group"),
          .optional("location", .string, "default: that of the group", az: "--location"),
          .optional(
            "enable_rbac_authorization",
            .boolean,
            "roles decide instead of access policies",
            az: "--enable-rbac-authorization"
          ),
          .optional(
            "public_network_access",
            .choice(["Enabled", "Disabled"]),
            "default: Enabled",
            az: "--public-network-access"
          ),
          .optional(
            "retention_days",
            .integer,
            "7 to 90, default 90; fixed at creation",
            az: "--retention-days"
          ),
          .optional(
            "enable_purge_protection",
            .boolean,
            "cannot be switched off again",
            az: "--enable-purge-protection"
          ),
          .optional(
            "no_self_perms",
            .boolean,
            "leaves the creator's own policy out",
            az: "--no-self-perms"
          ),
          .optional("tenant_id", .string, "default: the signed-in user's tenant"),
        ],
        returns: "vault"
      ) { call in
        let options = try call.options()
        let vault = try session.azure.createVault(
          VaultOptions(
            name: options.string("name"),
            resourceGroup: options.string("resource_group"),
            location: options.optionalString("location"),
            enableRBACAuthorization: options.optionalBoolean("enable_rbac_authorization"),
            retentionDays: options.optionalInteger("retention_days").map { Int($0) },
            enablePurgeProtection: options.optionalBoolean("enable_purge_protection"),
            publicNetworkAccess: options.optionalString("public_network_access")
              .flatMap { PublicNetworkAccess(rawValue: $0) },
            noSelfPermissions: options.optionalBoolean("no_self_perms"),
            tenantID: options.optionalString("tenant_id")
          ),
          session.context()
        )
        return .object(VaultHandle(vault.name, session))
      }
      module.function("get", "Returns a vault by name.", parameters: "name", returns: "vault") {
        call in
        let name = try session.vaultName(call.value(1))
        return .object(VaultHandle(try session.azure.vault(named: name).name, session))
      }
      module.function(
        "find",
        "Returns a vault by name, nil when there is none.",
        parameters: "name",
        returns: "vault?"
      ) { call in
        let name = try session.vaultName(call.value(1))
        return try session.azure.findVault(named: name)
          .map { .object(VaultHandle($0.name, session)) } ?? .nil
      }
      module.function(
        "list",
        "Returns all vaults, or those of a group.",
        options: [
          .optional("resource_group", .string, "only this group", az: "--resource-group")
        ],
        returns: "array of vaults"
      ) { call in
        let options = try call.options()
        let vaults = try session.azure.listVaults(
          resourceGroup: options.optionalString("resource_group")
        )
        return .array(vaults.map { .object(VaultHandle($0.name, session)) })
      }
    }
  }
}

extension LuaClass<VaultHandle> {
  /// The class of vault handles.
  static func vault(_ session: Session) -> LuaClass<VaultHandle> {
    LuaClass("vault", "A key vault.") { type in
      type.describe = { "vault \($0.name)" }
      type.isEqual = { $0.name.lowercased() == $1.name.lowercased() }
      type.card = { try $0.vault().card }
      type.row = { try $0.vault().row }
      type.field("name", "Name as created.") { .string(try $0.vault().name) }
      type.field("id", "ARM id.") { .string(try $0.vault().resourceID) }
      type.field("vault_uri", "Address of the data plane.") { .string(try $0.vault().vaultURI) }
      type.field("resource_group", "Group it lies in.") { .string(try $0.vault().resourceGroup) }
      type.field("location", "Region.") { .string(try $0.vault().location) }
      type.field("tenant_id", "Tenant whose principals may call.") {
        .string(try $0.vault().tenantID)
      }
      type.field("enable_rbac_authorization", "Whether roles decide instead of policies.") {
        .boolean(try $0.vault().enableRBACAuthorization)
      }
      type.field("public_network_access", "`Enabled` or `Disabled`.") {
        .string(try $0.vault().publicNetworkAccess.rawValue)
      }
      type.field("soft_delete_retention_in_days", "Days a deleted key can be recovered.") {
        .integer(Int64(try $0.vault().softDeleteRetentionInDays))
      }
      type.field("enable_purge_protection", "Whether nothing can be purged early.") {
        .boolean(try $0.vault().enablePurgeProtection)
      }
      type.field("access_policies", "Who may do what, under the policy model.") {
        .array(try $0.vault().accessPolicies.map(\.luaValue))
      }
      type.auditMethods(session)
      type.method(
        "create_key",
        "Makes a key in the vault; again with the same name, a new version of it.",
        options: createKeyOptions,
        returns: "key"
      ) { handle, call in try session.createKey(vault: handle.name, call.options()) }
      type.method(
        "set_policy",
        "Grants key permissions to a principal; the list replaces the one it had.",
        options: [
          .required("object_id", .any, "principal id, or an identity", az: "--object-id"),
          .required(
            "key_permissions",
            .strings,
            "such as encrypt, decrypt",
            az: "--key-permissions"
          ),
        ],
        returns: "vault"
      ) { handle, call in
        let options = try call.options()
        _ = try session.azure.setPolicy(
          vault: handle.name,
          objectID: session.objectID(options.value("object_id")),
          keyPermissions: options.strings("key_permissions"),
          context: session.context()
        )
        return .object(handle)
      }
      type.method(
        "delete_policy",
        "Takes all permissions from a principal.",
        options: [
          .required("object_id", .any, "principal id, or an identity", az: "--object-id")
        ],
        returns: "vault"
      ) { handle, call in
        let options = try call.options()
        _ = try session.azure.deletePolicy(
          vault: handle.name,
          objectID: session.objectID(options.value("object_id")),
          context: session.context()
        )
        return .object(handle)
      }
    }
  }
}
