/// How a workspace behaves where the services differ by era, or take time.
///
/// A setting is one stored property here and one row of `table`; names, types, defaults and texts
/// come from nowhere else.
public struct Settings: Record, Hashable {
  /// Names the kind in the store.
  public static let kind = "settings"
  /// There is one.
  public var id: String { Self.onlyID }
  /// It lies under nothing.
  public var parent: String { "" }
  static let onlyID = "settings"

  /// Whether a vault that is not told otherwise lets role assignments decide.
  public var vaultRBACDefault = false
  /// How long a new, changed or removed role assignment takes to act.
  public var rolePropagation = ISO8601Duration.none
  /// What `all` among the key permissions of an access policy stands for.
  public var policyAll = PolicyAll.allButPurge
  /// By how much the clock may be off before a key's `not_before` and `expires` count.
  public var clockSkewLeeway = ISO8601Duration.none
  /// How long deleting a key takes.
  public var keyDeletionDelay = ISO8601Duration.none
  /// How long recovering a key takes.
  public var keyRecoveryDelay = ISO8601Duration.none

  /// Whether a vault refuses calls beyond what the service takes in ten seconds.
  public var throttling = false

  /// How long changing, upgrading, starting and stopping a cluster takes.
  public var clusterOperationDuration = ISO8601Duration.none
  /// How long a cluster's operation is waited for that cannot end.
  public var clusterOperationTimeout = ISO8601Duration(days: 1)
  /// Whether versions out of support are refused.
  public var versionSupportEnforced = false
  /// Whether disabling KMS keeps the previous key readable beside the current one.
  public var disablingKeepsPrevious = false

  /// Settings of a fresh workspace.
  public init() {}

  /// Every setting, in the order of listings.
  public static let table: [Setting] = [
    Setting(
      "vault_rbac_default",
      \.vaultRBACDefault,
      "new vaults use Azure RBAC unless told otherwise, as api-version 2026-02-01 does (R112)"
    ),
    Setting(
      "role_propagation",
      \.rolePropagation,
      "how long new, changed and removed role assignments take to act; in Azure up to PT10M (R42)"
    ),
    Setting(
      "policy_all",
      \.policyAll,
      "what 'all' among key permissions covers: in the classic era neither purge nor release, "
        + "rotate and rotation policies"
    ),
    Setting(
      "clock_skew_leeway",
      \.clockSkewLeeway,
      "by how much a key's not_before and expires may be missed; in Azure a few minutes"
    ),
    Setting(
      "key_deletion_delay",
      \.keyDeletionDelay,
      "how long deleting a key takes, until it can be recovered; in Azure some seconds"
    ),
    Setting(
      "key_recovery_delay",
      \.keyRecoveryDelay,
      "how long recovering a key takes, until it can be used; in Azure some seconds"
    ),
    Setting(
      "throttling",
      \.throttling,
      "vaults refuse calls beyond the service's limits for ten seconds of the workspace clock"
    ),
    Setting(
      "cluster_operation_duration",
      \.clusterOperationDuration,
      "how long changing, upgrading, starting and stopping a cluster takes; in Azure some minutes"
    ),
    Setting(
      "cluster_operation_timeout",
      \.clusterOperationTimeout,
      "how long a cluster stays in Updating when an operation cannot end, before it is Failed (R79)"
    ),
    Setting(
      "version_support_enforced",
      \.versionSupportEnforced,
      "Kubernetes versions that are out of support by the workspace clock are refused, as AKS does"
    ),
    Setting(
      "kms_disable_keeps_previous",
      \.disablingKeepsPrevious,
      "disabling KMS keeps the previous key readable too, not only the current one"
    ),
  ]
}

/// What `all` stands for among the key permissions of an access policy, which differs by era.
public enum PolicyAll: String, CaseIterable, Codable, Sendable {
  /// Every permission.
  case everything
  /// Every permission but purge.
  case allButPurge = "all_but_purge"
  /// Those there were before key rotation and release: not purge, release, rotate,
  /// getrotationpolicy, setrotationpolicy.
  case classic
}

extension Settings: Codable {
  /// Reads what was set; a name that is unknown, of a later version, is passed over.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.singleValueContainer().decode([String: Setting.Value].self)
    for setting in Self.table {
      if let value = values[setting.name] { try setting.write(&self, value) }
    }
  }

  /// Writes what differs from a fresh workspace.
  public func encode(to encoder: any Encoder) throws {
    let fresh = Settings()
    var values: [String: Setting.Value] = [:]
    for setting in Self.table where setting.read(self) != setting.read(fresh) {
      values[setting.name] = setting.read(self)
    }
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}

extension Azure {
  /// The workspace's settings.
  public func settings() throws -> Settings {
    try store.find(Settings.self, id: Settings.onlyID) ?? Settings()
  }

  /// Sets a setting; nil brings its default back.
  ///
  /// - Throws: `argument.value` for a value of another type or out of range, or an unknown name.
  public func set(_ name: String, to value: Setting.Value?) throws {
    guard let setting = Settings.table.first(where: { $0.name == name }) else {
      throw AzureError(
        .argumentValue,
        "there is no setting '\(name)'",
        hint: "settings: \(Settings.table.map(\.name).joined(separator: ", "))"
      )
    }
    try store.transaction {
      var settings = try settings()
      try setting.write(&settings, value ?? setting.defaultValue)
      try store.put(settings)
    }
  }
}
