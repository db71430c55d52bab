internal import AzureModel
internal import ClusterModel
internal import EncryptionAtRest
internal import FoundationEssentials
internal import LuaRuntime

extension LuaClass<ClusterHandle> {
  /// Adds what upgrades a cluster, scales, stops, starts and ends it.
  func clusterLife(_ session: Session) {
    multi(
      "upgrade",
      "Moves the cluster to another version of Kubernetes, one minor version at a time.",
      options: [
        .required("kubernetes_version", .string, "such as 1.33", az: "--kubernetes-version")
      ],
      returns: "cluster, warning?"
    ) { handle, call in
      let version = try call.options().string("kubernetes_version")
      let (cluster, context) = (try handle.cluster(), try session.context())
      let warning = try session.clusters.upgradeWarning(cluster, to: version, context)
      _ = try session.clusters.upgrade(cluster, to: version, context)
      return [.object(handle)] + (warning.map { [.string($0.message)] } ?? [])
    }
    clusterScaling(session)
    changing("stop", "Stops the cluster: nothing runs, its etcd stays.", session) {
      clusters,
      cluster,
      context in _ = try clusters.stop(cluster, context)
    }
    changing("start", "Starts the cluster; its API servers begin with nothing in memory.", session)
    {
      clusters,
      cluster,
      context in _ = try clusters.start(cluster, context)
    }
    changing(
      "operation_abort",
      "Stops waiting for the operation in progress; the cluster stays as that left it.",
      session
    ) { clusters, cluster, context in _ = try clusters.abortOperation(cluster, context) }
    clusterDeletion(session)
    method(
      "pods",
      "Returns the pods, as `kubectl get pods` lists them; the KMS plugin is none of them (R04).",
      options: [
        .optional("namespace", .string, "only this one", default: .words("all"), az: "--namespace")
          .naming(.namespaces)
      ],
      returns: "array of { namespace, name, ready, status, restarts, age, created, node? }"
    ) { handle, call in
      let namespace = try call.options().optionalString("namespace")
      let context = try session.context()
      return .array(
        try session.clusters.pods(of: handle.cluster(), namespace: namespace, context)
          .map { $0.luaValue(now: context.now) }
      )
    }
  }

  private func clusterScaling(_ session: Session) {
    method(
      "scale",
      "Gives the node pool another number of nodes.",
      options: [
        .optional(
          "nodepool_name",
          .string,
          "name of the pool",
          default: .words("the only one"),
          az: "--nodepool-name"
        ),
        .required("node_count", .integer, "1 to 1000", az: "--node-count"),
      ],
      returns: "cluster"
    ) { handle, call in
      let options = try call.options()
      _ = try session.clusters.scale(
        handle.cluster(),
        pool: options.optionalString("nodepool_name"),
        nodeCount: Int(clamping: options.optionalInteger("node_count") ?? 0),
        session.context()
      )
      return .object(handle)
    }
    method(
      "vmss_scale",
      "Scales the machines behind the cluster's back; to zero ends a cluster under KMS (R29).",
      options: [.required("capacity", .integer, "0 to 1000", az: "--new-capacity")],
      returns: "cluster"
    ) { handle, call in
      _ = try session.clusters.scaleMachines(
        of: handle.cluster(),
        to: Int(clamping: call.options().optionalInteger("capacity") ?? 0),
        session.context()
      )
      return .object(handle)
    }
  }

  private func clusterDeletion(_ session: Session) {
    method(
      "delete",
      "Deletes the cluster with all that is in its etcd; vault, key and identity stay.",
      options: [LuaOptions.confirmation],
      returns: ""
    ) { handle, call in
      let cluster = try handle.cluster()
      let count = try session.clusters.secretGroups(of: cluster).reduce(0) { $0 + $1.count }
      if count > 0 {
        try call.options().confirm(
          "cluster \(cluster.name) holds \(count) Secret\(count == 1 ? "" : "s"), lost with it",
          name: cluster.name,
          in: session
        )
      }
      try session.clusters.delete(cluster, session.context())
      return .nil
    }
  }

  /// Adds a method without options that changes the cluster and returns its handle.
  private func changing(
    _ name: String,
    _ summary: String,
    _ session: Session,
    _ change: @escaping (ManagedClusters, Cluster, CallContext) throws -> Void
  ) {
    method(name, summary, returns: "cluster") { handle, _ in
      try change(session.clusters, handle.cluster(), session.context())
      return .object(handle)
    }
  }
}

extension Pod {
  /// A row, with the age as `kubectl` words it.
  fileprivate func luaValue(now: Date) -> LuaValue {
    .table([
      "namespace": .string(namespace), "name": .string(name), "ready": .string(ready),
      "status": .string(status), "restarts": 0, "age": .string(Self.age(since: created, now)),
      "node": .optional(node.map { .string($0) }), "created": .string(created.rfc3339),
    ])
  }

  /// The two largest units, or one where the other says little, as `kubectl` prints ages.
  ///
  /// Source: Kubernetes, `duration.HumanDuration`.
  static func age(since start: Date, _ now: Date) -> String {
    let seconds = Int(max(now.timeIntervalSince(start), 0))
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
    func two(_ large: Int, _ mark: String, _ small: Int, _ smallMark: String) -> String {
      small == 0 ? "\(large)\(mark)" : "\(large)\(mark)\(small)\(smallMark)"
    }
    switch seconds {
    case ..<120: return "\(seconds)s"
    case ..<600: return two(minutes, "m", seconds % 60, "s")
    case ..<10_800: return "\(minutes)m"
    case ..<28_800: return two(hours, "h", minutes % 60, "m")
    case ..<172_800: return "\(hours)h"
    case ..<691_200: return two(days, "d", hours % 24, "h")
    case ..<63_072_000: return "\(days)d"
    case ..<252_288_000: return two(days / 365, "y", days % 365, "d")
    default: return "\(days / 365)y"
    }
  }
}
