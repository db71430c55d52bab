internal import AzureModel
public import EncryptionAtRest

/// Which Secrets a list asks for: by place, by labels and by fields.
public struct SecretSelection: Sendable {
  /// Only those of one namespace.
  public let namespace: String?
  private let labels: LabelSelector?
  private let fields: [(name: String, isEqual: Bool, value: String)]

  /// Fields that a server selects Secrets by.
  private static let names = ["metadata.name", "metadata.namespace", "type"]

  /// Reads the selectors; a nil one asks for all.
  ///
  /// - Throws: `selector.invalid`.
  public init(
    namespace: String? = nil,
    labelSelector: String? = nil,
    fieldSelector: String? = nil
  ) throws {
    self.namespace = namespace
    labels = try labelSelector.map { try LabelSelector(parsing: $0) }
    fields = try (fieldSelector ?? "").split(separator: ",").map { part in
      guard let match = part.wholeMatch(of: /\s*([^\s=!]+)(=|==|!=)([^=!]*?)\s*/) else {
        throw ClusterError(
          .selectorInvalid,
          "invalid selector: '\(part)'; can't understand '\(part)'",
          hint: "such as type=kubernetes.io/tls"
        )
      }
      let name = String(match.1)
      guard Self.names.contains(name) else {
        throw ClusterError(
          .selectorInvalid,
          "Unable to find \"/v1, Resource=secrets\" that match label selector "
            + "\"\(labelSelector ?? "")\", field selector \"\(fieldSelector ?? "")\": "
            + "field label not supported: \(name)",
          hint: "Secrets are selected by \(Self.names.joined(separator: ", "))",
          status: 400,
          azureCode: "BadRequest"
        )
      }
      return (name, match.2 != "!=", String(match.3))
    }
  }

  /// Whether a Secret is asked for.
  public func matches(_ secret: KubernetesSecret) -> Bool {
    guard labels?.matches(secret.labels) ?? true else { return false }
    return fields.allSatisfy { name, isEqual, value in
      let found =
        switch name {
        case "metadata.name": secret.name
        case "metadata.namespace": secret.namespace
        default: secret.type
        }
      return (found == value) == isEqual
    }
  }
}

extension APIServer {
  /// Finds out whether every Secret of a list can be read, as far as their keys go, so that a list
  /// which is going to fail fails before its first element.
  ///
  /// One Secret is opened of each group that lies under one key: a damaged one shows only when its
  /// turn comes.
  ///
  /// - Throws: `secret.unreadable`.
  public func checkReadable(namespace: String? = nil) throws {
    for use in try etcd.uses(inFolder: Self.prefix(namespace)) {
      // It may be gone by now, and then another tells nothing new.
      guard let key = try etcd.keys(of: use, limit: 1).first, let entry = try etcd.entry(at: key)
      else { continue }
      _ = try listed(entry)
    }
  }
}
