internal import AzureModel
internal import ClusterModel
internal import EncryptionAtRest
internal import LuaRuntime

extension LuaClass<ClusterHandle> {
  /// Answers about what is stored, before anything is done.
  func clusterAnswers(_ session: Session) {
    method(
      "can_delete",
      "Tells whether a key can be deleted, and what would be lost with it.",
      parameters: "key",
      returns: "{ safe, safe_to_disable, slots, secrets, may_need, examples, explanation, rule, … }"
    ) { handle, call in
      let cluster = try handle.cluster()
      let key = try session.keyID(call.value(1))
      let verdict = try session.clusters.deletionVerdict(of: key, for: cluster)
      return try call.shown(
        verdict.luaValue(cluster: cluster.name),
        as: verdict.explanation(cluster: cluster.name)
      )
    }
    takes(.keyIDs, "can_delete")
    method(
      "inventory",
      "Tells of every Secret what it is under, whether it is stale, and whether it can be read.",
      options: [
        .optional("namespace", .string, "only this one", default: .words("all"), az: "--namespace")
          .naming(.namespaces)
      ],
      returns: "{ values, stale, in_clear, unreadable, groups, namespaces, each }"
    ) { handle, call in
      let options = try call.options()
      let namespace = options.optionalString("namespace")
      let server = try handle.apiServer()
      var inventory = try SecretInventory(server, namespace: namespace)
      let state = call.state
      let totals = try inventory.counted { _ in !state.isInterrupted }
      var members = totals.luaMembers(kid: inventory.kid)
      // A second walk, a Secret a step: nothing of the first is kept.
      var walk = try SecretInventory(server, namespace: namespace)
      members["each"] = .object(
        LuaIterator("cluster:inventory") {
          if let secret = try walk.next() { return secret.luaValue }
          walk = try SecretInventory(server, namespace: namespace)
          return .nil
        }
      )
      return try call.shown(.table(members), as: totals.text(handle.name, kid: inventory.kid))
    }
  }
}

extension DeletionVerdict {
  func luaValue(cluster: String) -> LuaValue {
    .table([
      "safe": .boolean(isSafe), "safe_to_disable": .boolean(isSafeToDisable),
      "kid": .string(key.description),
      "slots": .array(
        need.slots.map {
          .table(["slot": .string($0.role.rawValue), "kid": .string($0.kid.description)])
        }
      ),
      "secrets": .integer(Int64(need.secretCount)),
      "other_values": .integer(Int64(need.otherCount)),
      "may_need": .integer(Int64(need.unknownCount)),
      "examples": .array(examples.map { .string($0) }),
      "versions_in_use": .array(siblings.map { .string($0.description) }),
      "other_clusters": .array(otherClusters.map { .string($0) }),
      "checkpoints": .array(keptStates.map { .string($0) }),
      "explanation": .string(explanation(cluster: cluster)), "rule": .string(rule),
    ])
  }
}

extension InventoriedSecret {
  /// The Secret as plain data, named as `etcd.audit` names what both tell.
  fileprivate var luaValue: LuaValue {
    .table([
      "etcd_key": .string(storagePath), "namespace": .string(namespace), "name": .string(name),
      "provider": .string(header.provider.family),
      "kms_version": .optional(header.provider.kmsVersion.map { .string($0) }),
      "provider_name": .optional(header.name.map { .string($0) }),
      "key_id": .optional(header.keyID.map { .string($0) }),
      "kid": .optional(kid.map { .string($0.description) }),
      "dek_source_type": .optional(header.sourceType.map { .string($0.name) }),
      "stale": .optional(isStale.map { .boolean($0) }), "readable": .boolean(isReadable),
      "problem": .optional(problem.map { .string($0) }),
    ])
  }
}

extension StoredProvider {
  /// `kms` for both versions of it.
  fileprivate var family: String { isKMS ? "kms" : rawValue }
}

extension InventoryTotals {
  fileprivate func luaMembers(kid: (String) -> KeyID?) -> [LuaKey: LuaValue] {
    var members = total.luaMembers
    members["groups"] = .array(
      groups.sorted { $0.key < $1.key }.map { group, counts in
        var members = counts.luaMembers
        members["provider"] = .string(group.provider.family)
        members["kms_version"] = .optional(group.provider.kmsVersion.map { .string($0) })
        members["provider_name"] = .optional(group.name.map { .string($0) })
        members["key_id"] = .optional(group.keyID.map { .string($0) })
        members["kid"] = .optional(group.keyID.flatMap(kid).map { .string($0.description) })
        return .table(members)
      }
    )
    members["namespaces"] = .table(
      Dictionary(
        uniqueKeysWithValues: namespaces.map { name, counts in
          var members = counts.luaMembers
          members["done"] = .boolean(counts.isDone)
          return (LuaKey(name), .table(members))
        }
      )
    )
    return members
  }

  /// Counts, and a line for each group.
  fileprivate func text(_ cluster: String, kid: (String) -> KeyID?) -> String {
    let lines = groups.sorted { $0.key < $1.key }.map { group, counts in
      let version = group.provider.kmsVersion.map { " \($0)" } ?? ""
      let key = group.keyID.map { "  key \(kid($0)?.description ?? $0)" } ?? ""
      let isPlain = group.provider == .identity
      return "  \(isPlain ? "in clear" : group.provider.family + version)\(key): \(counts.text)"
    }
    return (["Secrets of \(cluster): \(total.text)"] + lines).joined(separator: "\n")
  }
}

extension InventoryTotals.Counts {
  fileprivate var luaMembers: [LuaKey: LuaValue] {
    [
      "values": .integer(Int64(values)), "stale": .integer(Int64(stale)),
      "unreadable": .integer(Int64(unreadable)), "in_clear": .integer(Int64(inClear)),
    ]
  }

  fileprivate var text: String {
    "\(values), \(stale) stale, \(inClear) in clear, \(unreadable) unreadable"
  }
}
