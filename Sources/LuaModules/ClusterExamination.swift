internal import ClusterModel
internal import FoundationEssentials
public import WorkspaceStore

/// Looks at whether the API servers of a sound workspace can read what they store.
public enum ClusterExamination {
  /// Thrown to take back what looking changed, such as the polls that an API server makes up for.
  private struct TakeBack: Error {}

  /// Finds the clusters with Secrets that cannot be read, and changes nothing.
  ///
  /// - Throws: as opening a workspace does.
  public static func findings(path: String) throws -> [WorkspaceFinding] {
    let session = Session(path: path)
    defer { session.close() }
    var findings: [WorkspaceFinding] = []
    do {
      try session.workspace.userTransaction {
        for cluster in try session.clusters.list() {
          if let finding = try examine(cluster, session) { findings.append(finding) }
        }
        throw TakeBack()
      }
    } catch is TakeBack {
      // Everything was looked at.
    }
    return findings
  }

  private static func examine(
    _ cluster: Cluster,
    _ session: Session
  ) throws -> WorkspaceFinding? {
    let server: APIServer
    do {
      server = try session.clusters.apiServer(of: cluster, session.context())
    } catch let error as ClusterError {
      return WorkspaceFinding(
        "cluster.unreachable",
        "cluster \(cluster.name) is not looked into: \(error.message)",
        cure: error.hint,
        severity: .note
      )
    }
    var inventory = try SecretInventory(server)
    var first: InventoriedSecret?
    var count = 0
    while let secret = try inventory.next() {
      guard !secret.isReadable else { continue }
      first = first ?? secret
      count += 1
    }
    guard let first else { return nil }
    return WorkspaceFinding(
      "cluster.unreadable",
      "cluster \(cluster.name): \(count) Secret\(count == 1 ? "" : "s") cannot be read, the first "
        + "is \(first.namespace)/\(first.name): \(first.problem ?? "")",
      cure: "cluster.get('\(cluster.name)'):diagnose('KMS') tells the cause and the remedy"
    )
  }
}
