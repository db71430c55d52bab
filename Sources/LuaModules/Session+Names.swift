internal import AzureModel
internal import ClusterModel
internal import EncryptionAtRest
internal import FoundationEssentials
public import LuaRuntime
internal import WorkspaceStore

extension Session: NameProvider {
  /// Longest that a look for names goes on.
  private static let namesTimeMax = Duration.milliseconds(50)
  /// Most things of a kind that are looked through.
  private static let thingCountMax = 1000

  /// Names of what exists in the workspace, read in one look, which is no call of any service.
  ///
  /// A workspace that does not exist yet is not made. Whatever goes wrong, there are no names:
  /// whoever types is not to be stopped.
  public func names(_ query: NameQuery) -> [String] {
    guard exists else { return [] }
    do {
      let world = try world()
      let found = try world.workspace.reading { try names(query, in: world) }
      return Array(found.filter { $0.hasPrefix(query.prefix) }.prefix(query.countMax))
    } catch {
      return []
    }
  }

  private func names(_ query: NameQuery, in world: World) throws -> [String] {
    func all<R: Record>(_ type: R.Type) throws -> [R] {
      try world.workspace.list(type, parent: nil, after: nil, limit: Self.thingCountMax)
    }
    switch query.source {
    case .vaults: return try all(Vault.self).map(\.name)
    case .deletedVaults: return try all(DeletedVault.self).map(\.vault.name)
    case .identities: return try all(ManagedIdentity.self).map(\.name)
    case .principals: return try world.azure.listPrincipals().map(\.name).sorted()
    case .clusters: return try all(Cluster.self).map(\.name)
    case .resourceGroups: return try all(ResourceGroup.self).map(\.name)
    case .resourceIDs:
      return try all(Vault.self).map(\.resourceID) + all(Cluster.self).map(\.resourceID)
        + all(ManagedIdentity.self).map(\.resourceID)
    case .checkpoints: return try world.workspace.checkpoints().map(\.name)
    case .roles: return RoleDefinition.builtIn.map(\.name)
    case .keyOperations: return KeyOperation.allCases.map(\.rawValue)
    case .keyPermissions: return KeyPermission.allCases.map(\.rawValue)
    case .keyIDs:
      return try world.azure.keyIDs(startingWith: query.prefix, limit: query.countMax)
    case .keyNames, .deletedKeyNames: return try keyNames(query, in: world)
    case .namespaces, .secrets: return try secretNames(query, in: world)
    default: return []
    }
  }

  private func keyNames(_ query: NameQuery, in world: World) throws -> [String] {
    let vault: String
    switch query.given["vault_name"] ?? query.given["self"] ?? .nil {
    case .object(let handle as VaultHandle): vault = handle.name
    case let value:
      guard let text = value.text else { return [] }
      vault = text
    }
    return query.source == .deletedKeyNames
      ? try world.azure.deletedKeyNames(inVault: vault, limit: query.countMax)
      : try world.azure.keyNames(
        inVault: vault,
        startingWith: query.prefix,
        limit: query.countMax
      )
  }

  private func secretNames(_ query: NameQuery, in world: World) throws -> [String] {
    guard let cluster = try cluster(query, in: world) else { return [] }
    let etcd = world.workspace.etcd(ofCluster: cluster.id)
    if query.source == .namespaces { return try namespaces(in: etcd, query) }
    let namespace = query.given["namespace"]?.text ?? "default"
    let folder = KubernetesSecret.storagePath(namespace: namespace, name: "")
    return try etcd.entries(prefix: folder + query.prefix, after: nil, limit: query.countMax)
      .map { String($0.key.dropFirst(folder.count)) }
  }

  /// Namespaces in order, one read each: from one to the next over all that lies between.
  private func namespaces(in etcd: any KeyValueStore, _ query: NameQuery) throws -> [String] {
    let end = ContinuousClock.now + Self.namesTimeMax
    let folder = KubernetesSecret.storagePrefix
    var found: [String] = []
    var last: String?
    while found.count < query.countMax, ContinuousClock.now < end {
      let next = try etcd.entries(prefix: folder + query.prefix, after: last, limit: 1).first
      guard let name = next?.key.dropFirst(folder.count).prefix(while: { $0 != "/" }) else { break }
      found.append(String(name))
      // `0` follows the slash that ends every key of the namespace.
      last = "\(folder)\(name)0"
    }
    return found
  }

  /// The cluster that a call names, or the only one there is.
  private func cluster(_ query: NameQuery, in world: World) throws -> Cluster? {
    let all = try world.workspace.list(
      Cluster.self,
      parent: nil,
      after: nil,
      limit: Self.thingCountMax
    )
    switch query.given["cluster"] ?? query.given["self"] ?? .nil {
    case .object(let handle as ClusterHandle):
      return all.first { $0.name == handle.name && $0.resourceGroup == handle.resourceGroup }
    case .object(let handle as SecretHandle):
      return all.first { $0.name == handle.cluster.name }
    case let value:
      guard let name = value.text else { return all.count == 1 ? all[0] : nil }
      return all.first { $0.name.lowercased() == name.lowercased() || $0.resourceID == name }
    }
  }
}

extension Session {
  /// Whether there is a workspace to look at.
  private var exists: Bool {
    isOpen || (path != ":memory:" && FileManager.default.fileExists(atPath: path))
  }

  /// States to show in the prompt, in which output is easily misread: a moved or frozen clock, a
  /// checkpoint that the workspace goes on from, a transaction that may still be taken back.
  public func promptMarks() -> [String] {
    guard exists else { return [] }
    do {
      let workspace = try world().workspace
      let now = try workspace.now()
      var marks: [String] = []
      if try workspace.isFrozen() {
        marks.append("t=\(now.rfc3339.prefix(16))Z")
      } else if let moved = ClockOffset.text(now.timeIntervalSinceNow) {
        marks.append("t\(moved)")
      }
      if let checkpoint { marks.append("@\(checkpoint)") }
      if workspace.isInTransaction { marks.append("transaction") }
      return marks
    } catch {
      // The first call will tell what is wrong with the workspace.
      return []
    }
  }
}

/// How far a clock is from the machine's.
private enum ClockOffset {
  /// `+91d`, `-3h`, `+20m`; nil below a minute.
  static func text(_ seconds: TimeInterval) -> String? {
    // Half a second is lost between the two looks at the clock.
    let minutes = Int(((abs(seconds) + 0.5) / 60).rounded(.down))
    guard minutes > 0 else { return nil }
    let sign = seconds < 0 ? "-" : "+"
    if minutes >= 24 * 60 { return "\(sign)\(minutes / (24 * 60))d" }
    return minutes >= 60 ? "\(sign)\(minutes / 60)h" : "\(sign)\(minutes)m"
  }
}
