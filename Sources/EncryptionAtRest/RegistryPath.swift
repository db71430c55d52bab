/// What a storage path says of the object that lies there.
///
/// Source: specification §1.2.
public struct RegistryPath: Hashable, Sendable {
  /// Prefix of every path unless the server was told another.
  ///
  /// Source: kube-apiserver `--etcd-prefix`.
  public static let prefixByDefault = "/registry/"

  /// Resource as an EncryptionConfiguration names it: `secrets`, `deployments.apps`.
  public let resource: String
  /// Namespace, nil for what has none.
  public let namespace: String?
  /// Name of the object; may hold slashes when the path is of no usual form.
  public let name: String

  /// Takes a path apart; nil when it does not begin with the prefix.
  public init?(_ path: String, prefix: String = prefixByDefault) {
    guard path.utf8.starts(with: prefix.utf8) else { return nil }
    self.init(parts: path.utf8.dropFirst(prefix.utf8.count).split(separator: UInt8(ascii: "/")))
  }

  private init(parts: [Substring.UTF8View.SubSequence]) {
    func text(_ index: Int) -> String { index < parts.count ? String(Substring(parts[index])) : "" }
    var resource = text(0)
    var used = 1
    if resource.utf8.contains(UInt8(ascii: ".")) {
      // Custom resources, and two kinds of built-in ones, carry their group first.
      resource = "\(text(1)).\(resource)"
      used = 2
    } else if let second = Self.twoPart["\(resource)/\(text(1))"] {
      resource = second
      used = 2
    } else {
      resource = Self.irregular[resource] ?? resource
      if let group = Self.groups[resource] { resource += ".\(group)" }
    }
    let rest = parts.dropFirst(used).map { String(Substring($0)) }
    self.resource = resource
    namespace = rest.count >= 2 ? rest[0] : nil
    name = rest.dropFirst(rest.count >= 2 ? 1 : 0).joined(separator: "/")
  }

  /// Whether no configuration can encrypt it: it has no REST interface.
  ///
  /// Source: specification §5.1.
  public var isNeverEncrypted: Bool {
    ["ranges", "masterleases", "peerserverleases"].contains(resource)
  }

  private static let twoPart = [
    "services/specs": "services", "services/endpoints": "endpoints",
  ]
  private static let irregular = [
    "minions": "nodes", "controllers": "replicationcontrollers", "ingress": "ingresses",
  ]

  /// API groups of built-in resources, which their paths do not tell; the core group has none.
  private static let groups: [String: String] = {
    let resources = [
      "admissionregistration.k8s.io":
        "mutatingwebhookconfigurations validatingwebhookconfigurations "
        + "validatingadmissionpolicies validatingadmissionpolicybindings "
        + "mutatingadmissionpolicies mutatingadmissionpolicybindings",
      "apps": "controllerrevisions daemonsets deployments replicasets statefulsets",
      "autoscaling": "horizontalpodautoscalers",
      "batch": "cronjobs jobs",
      "certificates.k8s.io":
        "certificatesigningrequests clustertrustbundles podcertificaterequests",
      "coordination.k8s.io": "leases leasecandidates",
      "discovery.k8s.io": "endpointslices",
      "flowcontrol.apiserver.k8s.io": "flowschemas prioritylevelconfigurations",
      "networking.k8s.io": "ingresses ingressclasses ipaddresses networkpolicies servicecidrs",
      "node.k8s.io": "runtimeclasses",
      "policy": "poddisruptionbudgets",
      "rbac.authorization.k8s.io": "clusterrolebindings clusterroles rolebindings roles",
      "resource.k8s.io":
        "deviceclasses devicetaintrules resourceclaims resourceclaimtemplates resourceslices",
      "scheduling.k8s.io": "priorityclasses workloads",
      "internal.apiserver.k8s.io": "storageversions",
      "storagemigration.k8s.io": "storageversionmigrations",
      "storage.k8s.io":
        "csidrivers csinodes csistoragecapacities storageclasses volumeattachments "
        + "volumeattributesclasses",
    ]
    return resources.reduce(into: [:]) { groups, entry in
      for resource in entry.value.split(separator: " ") { groups[String(resource)] = entry.key }
    }
  }()
}
