internal import AzureModel
internal import ClusterModel
public import LuaRuntime
internal import WorkspaceStore

/// A live handle to a resource group.
final class GroupHandle: LuaObject {
  let session: Session
  /// Name as first used.
  let name: String

  init(_ name: String, _ session: Session) {
    self.name = name
    self.session = session
  }

  /// What the handle stands for.
  ///
  /// - Throws: `resource_group.not_found` once it is gone.
  func group() throws -> ResourceGroup {
    try session.azure.resourceGroup(named: name, session.context())
  }
}

extension LuaModule {
  /// The Lua module `group`.
  public static func group(_ session: Session) -> LuaModule {
    LuaModule("group", "Resource groups; the first thing created in one makes it.") { module in
      module.function(
        "create",
        "Makes a resource group; one that is there already is returned.",
        options: [
          .required("name", .string, "1 to 90 letters, digits and -_.()", az: "--name"),
          .required("location", .string, "such as eastus", az: "--location"),
          .optional("tags", .table, "labels", az: "--tags"),
        ],
        returns: "group"
      ) { call in
        let options = try call.options()
        let made = try session.azure.createResourceGroup(
          options.string("name"),
          location: options.string("location"),
          tags: options.optionalTags("tags"),
          session.context()
        )
        return .object(GroupHandle(made.name, session))
      }
      module.function(
        "get",
        "Returns a resource group by name.",
        parameters: "name",
        returns: "group"
      ) { call in
        let found = try session.azure.resourceGroup(named: call.string(1), session.context())
        return .object(GroupHandle(found.name, session))
      }
      module.function(
        "find",
        "As get, nil when there is none.",
        parameters: "name",
        returns: "group?"
      ) { call in
        do {
          let found = try session.azure.resourceGroup(named: call.string(1), session.context())
          return .object(GroupHandle(found.name, session))
        } catch let error as AzureError where error.code == .resourceGroupNotFound {
          return .nil
        }
      }
      module.function(
        "list",
        "Returns the resource groups of the subscription in use, in order of name.",
        returns: "array of groups"
      ) { _ in
        .array(
          try session.azure.listResourceGroups(session.context())
            .map { .object(GroupHandle($0.name, session)) }
        )
      }
      module.takes(.resourceGroups, "get", "find")
    }
  }
}

extension LuaClass<GroupHandle> {
  /// The class of resource groups.
  static func group() -> LuaClass<GroupHandle> {
    LuaClass("group", "A resource group.") { type in
      type.describe = { "group \($0.name)" }
      type.isEqual = { $0.name.lowercased() == $1.name.lowercased() }
      type.card = { handle in
        let group = try handle.group()
        let members = try handle.session.members(of: group).names
        return .card(
          "group \(group.name)",
          [
            ("location", .string(group.location)), ("id", .string(group.resourceID)),
            ("holds", .string(members.isEmpty ? "nothing" : members.joined(separator: ", "))),
          ]
        )
      }
      type.row = {
        let group = try $0.group()
        return .row([("name", .string(group.name)), ("location", .string(group.location))])
      }
      type.field("name", "Name as first used.") { .string(try $0.group().name) }
      type.field("id", "ARM id.") { .string(try $0.group().resourceID) }
      type.field("location", "Region.") { .string(try $0.group().location) }
      type.field("tags", "Labels.") { JSONTree.strings(try $0.group().labels ?? [:]).luaValue }
      type.method("show", "Returns what `az group show` prints.", returns: "table") { handle, _ in
        try handle.group().azShape.luaValue
      }
      type.method(
        "delete",
        "Deletes it with the clusters, identities and vaults in it; vaults can be recovered.",
        options: [LuaOptions.confirmation]
      ) { handle, call in
        try handle.session.delete(handle.group(), call.options())
        return .nil
      }
    }
  }
}

/// What lies in a resource group.
private struct GroupMembers {
  let clusters: [Cluster]
  let identities: [ManagedIdentity]
  let vaults: [Vault]

  /// Each with its kind.
  var names: [String] {
    clusters.map { "cluster \($0.name)" } + identities.map { "identity \($0.name)" }
      + vaults.map { "vault \($0.name)" }
  }
}

extension Session {
  fileprivate func members(of group: ResourceGroup) throws -> GroupMembers {
    GroupMembers(
      clusters: try clusters.list(resourceGroup: group.name),
      identities: try azure.listIdentities(resourceGroup: group.name),
      vaults: try azure.listVaults(resourceGroup: group.name)
    )
  }

  /// Deletes a group and all that lies in it, together or not at all.
  fileprivate func delete(_ group: ResourceGroup, _ options: LuaOptions) throws {
    let members = try members(of: group)
    if !members.names.isEmpty {
      try options.confirm(
        "group \(group.name) holds \(members.names.joined(separator: ", ")), which are deleted "
          + "with it",
        name: group.name,
        in: self
      )
    }
    let context = try context()
    try workspace.userTransaction {
      try azure.authorizeDeleting(group, context)
      for cluster in members.clusters { try clusters.delete(cluster, context) }
      for identity in members.identities {
        try azure.deleteIdentity(id: identity.resourceID, context: context)
      }
      for vault in members.vaults { _ = try azure.deleteVault(named: vault.name, context) }
      try azure.deleteResourceGroup(named: group.name, context)
    }
  }
}
