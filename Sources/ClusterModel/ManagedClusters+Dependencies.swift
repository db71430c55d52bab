public import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

extension ManagedClusters {
  /// Tells what a cluster's Secrets depend on, and the state of each part.
  ///
  /// A vault's refusals are found as a probe would find them, without a trace.
  public func dependencies(
    of cluster: Cluster,
    _ context: CallContext
  ) throws -> DependencyGraph {
    var graph = DependencyGraph()
    let owner = "cluster:\(cluster.name)"
    graph.add(.init(owner, .cluster, cluster.name, state: try health(of: cluster, context).word))
    for slot in try slotStates(of: cluster, context) {
      let label: String =
        !slot.isCurrent
        ? "holds as previous"
        : cluster.kms?.isEnabled == true ? "writes with" : "retains"
      try addKey(slot.kid, slot.refusal, of: cluster, to: &graph, context)
      graph.link(owner, label, Self.id(slot.kid))
    }
    let groups = try secretGroups(of: cluster)
    for group in groups.prefix(Self.groupCountMax) {
      try add(group, of: cluster, to: &graph, context)
    }
    let others = groups.dropFirst(Self.groupCountMax).reduce(0) { $0 + $1.count }
    if others > 0 {
      graph.add(
        .init("secrets:others", .secrets, "\(others) more", state: "not shown", count: others)
      )
    }
    try addIdentity(of: cluster, to: &graph)
    if let identity = cluster.identityID {
      graph.link(owner, "calls as", Self.id(identity: identity))
    }
    return graph
  }

  /// Most groups of Secrets shown; a healthy cluster has two.
  private static let groupCountMax = 100

  private static func id(_ kid: KeyID) -> String { "key:\(kid)" }
  private static func id(identity: String) -> String { "identity:\(identity.lowercased())" }

  // MARK: Secrets

  private func add(
    _ group: SecretGroup,
    of cluster: Cluster,
    to graph: inout DependencyGraph,
    _ context: CallContext
  ) throws {
    let under = group.keyID ?? group.provider.rawValue
    let id = "secrets:\(under)"
    let isHeld = try isHeld(group, by: cluster)
    let isPlain = group.provider == .identity
    graph.add(
      .init(
        id,
        .secrets,
        SecretGroup.text(group.count) + (isPlain ? " in clear" : ""),
        state: isHeld ? nil : "unreadable",
        count: group.count,
        examples: group.examples.map {
          String($0.dropFirst(KubernetesSecret.storagePrefix.count))
        }
      )
    )
    guard !isPlain else { return }
    let seeds = try seedCount(of: group, cluster, context)
    let seed = "seed:\(under)"
    graph.add(
      .init(
        seed,
        .seed,
        group.provider == .kmsV2
          ? "under key id \(under.prefix(12))…" : "of its own, by \(group.provider.rawValue)",
        state: isHeld ? nil : "no key unwraps it",
        count: seeds ?? group.count
      )
    )
    graph.link(id, "sealed with", seed)
    if let kid = group.kid {
      try addKey(kid, nil, of: cluster, to: &graph, context)
      graph.link(seed, "wrapped by", Self.id(kid))
    } else if group.provider == .kmsV1, isHeld {
      for kid in cluster.kms?.slots ?? [] { graph.link(seed, "wrapped by one of", Self.id(kid)) }
    }
  }

  /// Seeds under a group's key that the API server has unwrapped; nil when none is known.
  private func seedCount(
    of group: SecretGroup,
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> Int? {
    let sources = try kmsClient(of: cluster, context)?.sources ?? []
    let count = sources.count { $0.source.wrapped.keyID == group.keyID }
    return count == 0 ? nil : count
  }

  // MARK: Keys

  private func addKey(
    _ kid: KeyID,
    _ refusal: AzureError?,
    of cluster: Cluster,
    to graph: inout DependencyGraph,
    _ context: CallContext
  ) throws {
    let id = Self.id(kid)
    guard !graph.nodes.contains(where: { $0.id == id }) else { return }
    let own = refusal.flatMap { Self.concernsKey($0) ? Self.ailmentID($0) : nil }
    let state = try own ?? keyState(kid, context)
    graph.add(.init(id, .key, kid.description, state: state))
    let vault = "vault:\(kid.vault)"
    graph.link(id, "lies in", vault)
    graph.add(.init(vault, .vault, kid.vault, state: try vaultState(kid.vault, refusal, context)))
    try addEndpoint(to: kid.vault, of: cluster, to: &graph)
    try addGrants(on: kid, vault, of: cluster, to: &graph, context)
  }

  /// The private endpoint through which the plugin reaches a vault, if it does.
  private func addEndpoint(
    to name: String,
    of cluster: Cluster,
    to graph: inout DependencyGraph
  ) throws {
    guard let endpointID = cluster.privateEndpointID(to: name) else { return }
    let status = try azure.findVault(named: name)?.privateEndpointConnections.first {
      $0.privateEndpointID.lowercased() == endpointID.lowercased()
    }?.status
    let id = "private_endpoint:\(endpointID.lowercased())"
    graph.add(
      .init(
        id,
        .privateEndpoint,
        endpointID.split(separator: "/").last.map(String.init) ?? endpointID,
        state: status == .approved ? nil : status?.rawValue ?? "gone"
      )
    )
    graph.link("vault:\(name)", "reached through", id)
  }

  /// What is wrong with a key that no slot was tried with.
  private func keyState(_ kid: KeyID, _ context: CallContext) throws -> String? {
    guard let key = try azure.findKey(kid) else {
      return try azure.findDeletedKey(kid, context: context) == nil ? "purged" : "deleted"
    }
    if !key.isEnabled { return "disabled" }
    return key.isExpired(at: context.now) ? "expired" : nil
  }

  private func vaultState(
    _ name: String,
    _ refusal: AzureError?,
    _ context: CallContext
  ) throws -> String? {
    if try azure.findVault(named: name) == nil {
      return try azure.findDeletedVault(named: name, context) == nil ? "purged" : "deleted"
    }
    guard let code = refusal?.innerCode, code.hasPrefix("ForbiddenBy"), code != "ForbiddenByRbac"
    else { return nil }
    return code
  }

  // MARK: Grants, identity

  private func addGrants(
    on kid: KeyID,
    _ vault: String,
    of cluster: Cluster,
    to graph: inout DependencyGraph,
    _ context: CallContext
  ) throws {
    guard let armID = cluster.identityID else { return }
    let identity = Self.id(identity: armID)
    let grants =
      try self.identity(of: cluster).map {
        try azure.keyGrants(of: $0.principal, on: kid)
      } ?? []
    let canUse =
      grants.contains { $0.isActive(at: context.now) && $0.allowsEncrypting }
      && grants.contains { $0.isActive(at: context.now) && $0.allowsDecrypting }
    guard !grants.isEmpty else {
      let id = "grant:\(kid.vault):none"
      graph.add(.init(id, .grant, "of encrypt and decrypt", state: "missing"))
      graph.link(vault, "lets in by", id)
      return graph.link(id, "given to", identity)
    }
    for (index, grant) in grants.enumerated() {
      let id = "grant:\(kid.vault):\(grant.scopeKey):\(index + 1)"
      graph.add(
        .init(
          id,
          .grant,
          grant.text,
          state: canUse ? nil : grant.isActive(at: context.now) ? "not enough" : "not yet acting"
        )
      )
      graph.link(vault, "lets in by", id)
      graph.link(id, "given to", identity)
    }
  }

  private func addIdentity(of cluster: Cluster, to graph: inout DependencyGraph) throws {
    guard let armID = cluster.identityID else {
      return try addCircle(of: cluster, to: &graph)
    }
    let identity = try identity(of: cluster)
    graph.add(
      .init(
        Self.id(identity: armID),
        .identity,
        identity?.name ?? armID.split(separator: "/").last.map(String.init) ?? armID,
        state: identity == nil ? "deleted" : nil
      )
    )
  }

  /// Why KMS needs a user-assigned identity: with the cluster's own nothing can come first.
  ///
  /// Source: seed rule R22.
  private func addCircle(of cluster: Cluster, to graph: inout DependencyGraph) throws {
    let owner = "cluster:\(cluster.name)"
    let identity = "identity:\(cluster.resourceID.lowercased())"
    let grant = "grant:none"
    graph.add(.init(identity, .identity, "\(cluster.name)'s own, system-assigned"))
    graph.add(
      .init(
        grant,
        .grant,
        "of encrypt and decrypt",
        state: "cannot be given before the identity is there"
      )
    )
    graph.link(owner, "needs, before KMS is enabled,", grant)
    graph.link(grant, "given to", identity)
    graph.link(identity, "comes into being with", owner)
  }
}

extension APIServerHealth {
  /// The state of a node, nil when it is in order.
  fileprivate var word: String? { state == .healthy ? nil : state.rawValue }
}

extension KeyGrant {
  fileprivate func isActive(at time: Date) -> Bool { effective.map { time >= $0 } ?? true }

  /// What tells it from other grants.
  fileprivate var scopeKey: String {
    switch source {
    case .policy: "policy"
    case .role(let name, let scope): "\(name) \(scope)".lowercased()
    }
  }

  fileprivate var text: String {
    switch source {
    case .policy(let permissions):
      "access policy: \(permissions.map(\.rawValue).joined(separator: " "))"
    case .role(let name, let scope): "\(name) at \(scope)"
    }
  }
}
