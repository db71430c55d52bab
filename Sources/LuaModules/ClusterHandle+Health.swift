internal import AzureModel
internal import ClusterModel
internal import FoundationEssentials
internal import LuaRuntime

extension LuaClass<ClusterHandle> {
  /// Adds what is asked of a cluster: how it is, what is wrong, what depends on what.
  func clusterHealth(_ session: Session) {
    method(
      "kms",
      "Returns the KMS state that the resource lacks: both keys, and whether they work.",
      returns: "{ enabled, version, current?, previous?, network_access?, tunnel, history, "
        + "warnings? }"
    ) { handle, call in
      let view = try session.clusters.kms(of: handle.cluster(), session.context())
      return try call.shown(view.luaValue, as: view.text(handle.name))
    }
    method(
      "health",
      "Tells whether the API server is healthy, why not, and what it knows of that itself.",
      returns: "{ api_server, reasons, knows?, note? }"
    ) { handle, call in
      let cluster = try handle.cluster()
      let health = try session.clusters.health(of: cluster, session.context())
      return try call.shown(health.luaValue(cluster), as: health.text(handle.name))
    }
    method(
      "diagnose",
      "Runs a detector: each finding with cause, remedy, and Lua that cures it.",
      parameters: "detector?",
      returns: "{ status, enabled, key_id?, findings }"
    ) { handle, call in
      let cluster = try handle.cluster()
      let detector = call.isNil(1) ? .kms : try Diagnosis.Detector(named: call.string(1))
      let diagnosis = try session.clusters.diagnose(cluster, detector, session.context())
      return try call.shown(diagnosis.luaValue(cluster), as: diagnosis.text(handle.name))
    }
    method(
      "depends_on",
      "Returns what the Secrets depend on; its method dot() gives Graphviz text.",
      returns: "{ nodes, edges }"
    ) { handle, call in
      let graph = try session.clusters.dependencies(of: handle.cluster(), session.context())
      return try call.shown(
        graph.luaValue,
        as: graph.text(handle.name),
        methods: ["dot": graph.dot]
      )
    }
  }
}

extension Diagnosis.Detector {
  /// Finds a detector by name, ignoring letter case.
  ///
  /// - Throws: `argument.value`, naming the known ones.
  fileprivate init(named name: String) throws {
    let known = Self.allCases.map(\.rawValue)
    guard let found = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() })
    else {
      throw LuaError(
        code: "argument.value",
        message: "cluster:diagnose: there is no detector '\(name.echoed)'",
        hint: "detectors: \(known.joined(separator: ", "))",
        rule: "R106"
      )
    }
    self = found
  }
}
