internal import AzureModel
internal import ClusterModel
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
      return verdict.luaValue(cluster: cluster.name)
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
