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
        options: VaultOptions.ofCreate,
        returns: "vault"
      ) { call in
        let vault = try session.azure.createVault(
          VaultOptions(call.options()),
          session.context()
        )
        return .object(VaultHandle(vault.name, session))
      }
      module.function(
        "get",
        "Returns a vault by name or ARM id.",
        parameters: "name | { name, resource_group? }",
        returns: "vault"
      ) { call in .object(VaultHandle(try session.findVault(call.value(1)).name, session)) }
      module.function(
        "find",
        "As get, nil when there is none.",
        parameters: "name | { name, resource_group? }",
        returns: "vault?"
      ) { call in
        do {
          return .object(VaultHandle(try session.findVault(call.value(1)).name, session))
        } catch let error as AzureError
          where [.vaultNotFound, .resourceGroupNotFound].contains(error.code)
        {
          return .nil
        }
      }
      module.function(
        "list",
        "Returns all vaults, or those of a group.",
        options: [
          .optional(
            "resource_group",
            .string,
            "only this group",
            default: .words("all"),
            az: "--resource-group"
          )
          .naming(.resourceGroups)
        ],
        returns: "array of vaults"
      ) { call in
        let options = try call.options()
        let vaults = try session.azure.listVaults(
          resourceGroup: options.optionalString("resource_group"),
          session.context()
        )
        return .array(vaults.map { .object(VaultHandle($0.name, session)) })
      }
      module.takes(.vaults, or: Session.vaultPlaceOptions, "get", "find")
      module.deletedVaults(session)
      module.function(
        "check_name",
        "Tells whether a name can be that of a new vault.",
        parameters: "name",
        returns: "{ name_available, reason?, message? }"
      ) { call in
        try session.azure.nameAvailability(of: call.string(1), session.context()).azShape.fields
      }
      module.multi(
        "call_from",
        "Runs a function whose calls come from elsewhere, for the network rules of vaults.",
        parameters: "{ ip_address | subnet | private_endpoint | trusted_service }, fn",
        returns: "what fn returns"
      ) { call in
        let options = try LuaOptions.checked(
          call.value(1),
          for: call.description.name,
          NetworkOrigin.ofCall
        )
        let body = try call.function(2)
        let before = session.origin
        session.origin = try NetworkOrigin(options)
        defer { session.origin = before }
        return try call.state.call(body)
      }
      module.takes(NetworkOrigin.ofCall, "call_from")
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
      type.field("sku", "`standard` or `premium`.") { .string(try $0.vault().sku.rawValue) }
      type.field("tags", "Labels.") { JSONTree.strings(try $0.vault().tags).luaValue }
      type.field("enable_soft_delete", "Always true: what is deleted can be recovered.") { _ in true
      }
      type.field("system_data", "Who made it and changed it last, and when.") {
        try $0.vault().systemDataShape.fields
      }
      type.field("provisioning_state", "Whether the resource is in order.") {
        .string(try $0.vault().provisioningState)
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
      type.networkMembers(session)
      type.lifeMethods(session)
      type.method(
        "create_key",
        "Makes a key in the vault; again with the same name, a new version of it.",
        options: createKeyOptions,
        returns: "key"
      ) { handle, call in try session.createKey(vault: handle.name, call.options()) }
      type.policyMethods(session)
    }
  }
}
