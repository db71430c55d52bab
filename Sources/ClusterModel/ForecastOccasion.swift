internal import AzureModel
internal import FoundationEssentials

/// A moment at which something may happen to a cluster by itself.
enum ForecastOccasion: Hashable {
  /// To a key, a vault or a grant.
  case change(ComingChange)
  /// The seed that writes use ends, as the plugin no longer prolongs it.
  case writesStop(Date)
  /// The version leaves community support.
  case supportEnds(KubernetesRelease, Date)
  /// The version leaves platform support.
  case platformSupportEnds(KubernetesRelease, Date)
  /// Konnectivity closes to subscriptions that did not use it for private vaults.
  case konnectivityCloses(Date)
  /// Private vaults can no longer be used through Konnectivity at all.
  case konnectivityEnds(Date)
  /// An operation on the cluster is over.
  case operationEnds(ClusterStage.Operation)

  var time: Date {
    switch self {
    case .change(let change): change.time
    case .writesStop(let time), .konnectivityCloses(let time), .konnectivityEnds(let time): time
    case .supportEnds(_, let time), .platformSupportEnds(_, let time): time
    case .operationEnds(let operation): operation.end
    }
  }

  /// Stable name.
  var what: String {
    switch self {
    case .change(let change): change.kind.rawValue
    case .writesStop: "writes_stop"
    case .supportEnds: "support_ends"
    case .platformSupportEnds: "platform_support_ends"
    case .konnectivityCloses: "konnectivity_closes"
    case .konnectivityEnds: "konnectivity_ends"
    case .operationEnds: "operation_ends"
    }
  }

  /// Whether it is about how a private vault is reached.
  var isOfTunnel: Bool {
    switch self {
    case .konnectivityCloses, .konnectivityEnds: true
    default: false
    }
  }

  /// The key or vault that it is about, for order.
  var key: String {
    if case .change(let change) = self { return change.kid?.description ?? change.vault }
    return ""
  }

  /// Whether something that is wrong is about what this happens to.
  func concerns(_ ailment: Ailment) -> Bool {
    guard case .change(let change) = self, let kid = ailment.kid else { return false }
    switch change.kind {
    case .keyBegins, .keyNearExpiry, .keyExpires: return kid == change.kid
    case .keyRotates, .keyPurged, .keyRecovered: return kid.unversioned == change.kid
    case .vaultPurged, .grantBegins, .grantEnds: return kid.vault == change.vault.lowercased()
    }
  }

  /// What an event is called, and what can be done about it before.
  struct Words {
    let subject: String
    let message: String
    var rule: String?
    let remedy: String
  }

  static let nothingToDo = "nothing to do"

  /// Words for a cluster whose health is `health` from then on.
  func words(_ cluster: Cluster, _ health: APIServerHealth) -> Words {
    switch self {
    case .change(let change): return change.words(cluster)
    case .writesStop:
      let reason = health.reasons.first { $0.kid == cluster.kms?.current } ?? health.reasons.first
      return Words(
        subject: cluster.name,
        message: "the seed that writes use ends, three minutes after the plugin last answered",
        rule: reason?.rule,
        remedy: reason?.remedy ?? "c:diagnose() tells what is wrong with the key"
      )
    case .supportEnds(let release, _):
      return Words(
        subject: release.name,
        message: "Kubernetes \(release.name) leaves community support",
        remedy: Self.upgrade(from: release)
      )
    case .platformSupportEnds(let release, _):
      return Words(
        subject: release.name,
        message: "Kubernetes \(release.name) leaves platform support too",
        remedy: Self.upgrade(from: release)
      )
    case .konnectivityCloses:
      return Words(
        subject: cluster.name,
        message: "the use of a private key vault through Konnectivity closes to subscriptions that "
          + "are not known for it",
        rule: "R10",
        remedy: Self.integrate
      )
    case .konnectivityEnds:
      return Words(
        subject: cluster.name,
        message: "with Kubernetes 1.\(KubernetesRelease.konnectivityMinorMax) ends the use of a "
          + "private key vault through Konnectivity",
        rule: "R11",
        remedy: Self.integrate
      )
    case .operationEnds(let operation) where operation.isStuck:
      return Words(
        subject: cluster.name,
        message: "the service gives up the update that cannot end",
        rule: "R79",
        remedy: "kms.recover brings the Secrets back that were stranded"
      )
    case .operationEnds(let operation):
      return Words(
        subject: cluster.name,
        message: "the cluster is no longer \(operation.state.rawValue)",
        remedy: Self.nothingToDo
      )
    }
  }

  private static let integrate =
    "move to API Server VNet Integration: enable_apiserver_vnet_integration = true, then stop and "
    + "start the cluster (R16)"

  private static func upgrade(from release: KubernetesRelease) -> String {
    guard let next = KubernetesRelease.find(minor: release.minor + 1) else {
      return "upgrade to the version after it"
    }
    return "upgrade the cluster to \(next.name) before, one minor version at a time"
  }
}

extension ComingChange {
  /// How the cluster uses the key it is about.
  private func role(in cluster: Cluster) -> KeyNeed.Slot.Role? {
    guard let kms = cluster.kms, let kid else { return nil }
    func isMeant(_ slot: KeyID) -> Bool { kid.isVersioned ? slot == kid : slot.unversioned == kid }
    if isMeant(kms.current) { return kms.isEnabled ? .current : .retained }
    return kms.previous.map(isMeant) == true ? .previous : nil
  }

  fileprivate func words(_ cluster: Cluster) -> ForecastOccasion.Words {
    let role = role(in: cluster)
    let subject = kid?.description ?? vault
    let name = role.map { "the \($0.rawValue) key" } ?? "a key that stored Secrets are under"
    let extend = "move the expiry forward with key.update{ id = kid, expires = … }"
    func words(_ message: String, _ rule: String, _ remedy: String) -> ForecastOccasion.Words {
      ForecastOccasion.Words(subject: subject, message: message, rule: rule, remedy: remedy)
    }
    let lifeRemedy =
      switch role {
      case .current:
        "\(extend), or rotate to a version that lives longer and rewrite the Secrets (R109)"
      case .previous:
        "\(extend), or rewrite the Secrets and rotate once more: the plugin then lets it go (R77)"
      case .retained: "\(extend): as long as KMS is off the API server reads with it"
      case nil: "let the cluster use that key once more and rewrite the Secrets (R79)"
      }
    switch kind {
    case .keyBegins:
      return words("the time of \(name) begins", "R75", ForecastOccasion.nothingToDo)
    case .keyNearExpiry:
      return words("the vault tells that \(name) expires soon", "R05", lifeRemedy)
    case .keyExpires:
      let rule =
        switch role {
        case .current: "R107"
        case .previous: "R76"
        case .retained: "R30"
        case nil: "R75"
        }
      return words("the time of \(name) ends", rule, lifeRemedy)
    case .keyRotates:
      return words(
        "the rotation policy makes a new version; the cluster goes on with the one it has",
        "R05",
        "let the cluster use the new version and rewrite the Secrets (kms.rotate)"
      )
    case .keyPurged:
      return words(
        "the retention of the deleted key ends",
        "R20",
        "recover it before with key.recover{ vault_name = '\(vault)', name = '\(kid?.name ?? "")' }"
      )
    case .keyRecovered:
      return words("the recovery of the deleted key is done", "R20", ForecastOccasion.nothingToDo)
    case .vaultPurged:
      return words(
        "the retention of the deleted vault ends",
        "R20",
        "recover it before with vault.recover('\(vault)')"
      )
    case .grantBegins:
      return words(
        "a role assignment of the cluster's identity begins to act",
        "R42",
        ForecastOccasion.nothingToDo
      )
    case .grantEnds:
      return words(
        "a role assignment that was taken from the cluster's identity ceases to act",
        "R92",
        "assign a role that covers encrypt and decrypt again, such as Key Vault Crypto User (R41)"
      )
    }
  }
}
