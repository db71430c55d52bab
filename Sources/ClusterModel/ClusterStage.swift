internal import FoundationEssentials

/// What the resource says of the last operation on a cluster.
///
/// Source: AKS specification §1.
public enum ProvisioningState: String, CaseIterable, Codable, Sendable {
  /// Being made.
  case creating = "Creating"
  /// Being changed.
  case updating = "Updating"
  /// Moving to another version.
  case upgrading = "Upgrading"
  /// Being deleted.
  case deleting = "Deleting"
  /// Being started.
  case starting = "Starting"
  /// Being stopped.
  case stopping = "Stopping"
  /// The last operation ended well.
  case succeeded = "Succeeded"
  /// The last operation failed.
  case failed = "Failed"
  /// The last operation was aborted.
  case canceled = "Canceled"
}

/// Whether a cluster runs.
public enum PowerState: String, CaseIterable, Codable, Sendable {
  /// Its machines run.
  case running = "Running"
  /// It was stopped, and can be started.
  case stopped = "Stopped"
}

/// Where a cluster stands in its life, beyond what its resource is asked to be.
struct ClusterStage: Codable, Hashable, Sendable {
  /// An operation that takes time.
  struct Operation: Codable, Hashable, Sendable {
    /// What the resource says meanwhile.
    let state: ProvisioningState
    let started: Date
    /// When it ends; for one that cannot, when it is given up.
    let end: Date
    /// Whether it waits for API servers that cannot read every Secret.
    let isStuck: Bool
  }

  /// The last operation that took time, over or not.
  var operation: Operation?
  /// How the last operation ended, or will end.
  var outcome = ProvisioningState.succeeded
  var power = PowerState.running
  /// Whether it went down for good: seed rule R29.
  var isDown = false
  /// Whether API Server VNet Integration waits for a start.
  var isIntegrationPending = false
  /// ARM id of the API server's subnet, where one was given.
  var apiServerSubnetID: String?
  /// When its API servers last started, if that was later than the cluster was made.
  var started: Date?
  /// Machines of the scale set, where that was told another number than the cluster.
  var machineCount: Int?
}

extension Cluster {
  /// Changes where the cluster stands.
  mutating func enter(_ change: (inout ClusterStage) -> Void) {
    var next = stage ?? ClusterStage()
    change(&next)
    stage = next
  }

  /// Whether it runs or was stopped.
  public var powerState: PowerState { stage?.power ?? .running }

  /// Whether it went down and cannot be brought back.
  ///
  /// Source: seed rule R29.
  public var isDown: Bool { stage?.isDown ?? false }

  /// Whether its API servers run.
  public var isRunning: Bool { powerState == .running && !isDown }

  /// Machines there are, which the scale set may have been told behind the cluster's back.
  var machineCount: Int { stage?.machineCount ?? nodeCount }

  /// When its API servers last started.
  var started: Date { stage?.started ?? created }
}
