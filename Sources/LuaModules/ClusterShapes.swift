internal import AzureModel
internal import ClusterModel
internal import LuaRuntime

extension ClusterHandle {
  /// The cluster's JSON shapes.
  func shapes() throws -> ClusterShapes {
    try session.clusters.shapes(of: cluster(), session.context())
  }
}

extension Cluster {
  func card(
    kms: KMSView,
    health: APIServerHealth,
    state: ProvisioningState
  ) throws -> LuaValue {
    var fields: [(String, LuaValue)] = [
      ("resource_group", .string(resourceGroup)), ("location", .string(location)),
      ("kubernetes_version", .string(kubernetesVersion)),
    ]
    if state != .succeeded { fields.append(("provisioning_state", .string(state.rawValue))) }
    if powerState != .running { fields.append(("power_state", .string(powerState.rawValue))) }
    fields += [
      ("api server", .string(health.state.rawValue)),
      ("kms", kms.isEnabled ? .string("on, \(kms.version)") : "off"),
    ]
    if let current = kms.current {
      fields.append(
        (kms.isEnabled ? "current key" : "retained key", .string(current.kid.description))
      )
    }
    if let previous = kms.previous {
      fields.append(("previous key", .string(previous.kid.description)))
    }
    return .card(
      "cluster \(name)",
      fields,
      warnings: health.reasons.map(\.warning) + [health.note].compactMap(\.self)
        + kms.warnings.map(\.text)
    )
  }

  var row: LuaValue {
    .row([
      ("name", .string(name)), ("resource_group", .string(resourceGroup)),
      ("version", .string(kubernetesVersion)), ("kms", kms?.isEnabled == true ? "on" : "off"),
      ("key", .string(kms?.current.description ?? "")),
    ])
  }
}

extension ClusterWarning {
  /// Message and rule in a line.
  var text: String { [rule, message].compactMap(\.self).joined(separator: "  ") }

  var luaValue: LuaValue {
    .table(["message": .string(message), "rule": .optional(rule.map { .string($0) })])
  }
}
