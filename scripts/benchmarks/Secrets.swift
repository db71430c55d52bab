import EncryptionAtRest
import Foundation
import WorkspaceStore

extension Benchmarks {
  /// Clusters of many Secrets, each call in a process of its own.
  ///
  /// The rewrites of all sizes take turns, so that a machine that slows down does so for each.
  static func manySecrets(_ kmsh: String, counts: [Int] = [100_000, 1_000_000]) throws {
    let folder = try newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let clusters = counts.map { ManySecrets(kmsh, folder, $0) }
    let sealed = try clusters.map { cluster in
      try cluster.prepare()
      return try cluster.rewrite()
    }
    var rewrites: [[ManySecrets.Figure]] = clusters.map { _ in [] }
    for _ in 1...3 {
      for (index, cluster) in clusters.enumerated() {
        try cluster.rotate()
        rewrites[index].append(try cluster.rewrite())
      }
    }
    let first = rewrites.first.map(\.medianRate)
    for (index, cluster) in clusters.enumerated() {
      print("\(cluster.count) Secrets of 1 KiB")
      show("  sealed for the first time", sealed[index].rate, "/s")
      show(
        "  rewritten after a rotation",
        rewrites[index].medianRate,
        "/s",
        times: first,
        goal: index == 0 ? "40000 /s at least" : "0.80 x at least"
      )
      show(
        "    memory, at most",
        rewrites[index].map(\.peakInMebibytes).max() ?? 0,
        "MiB",
        goal: "less than 150 MiB"
      )
      try cluster.showAnswers()
      if index == 0 { try cluster.showPipe() }
      try prompts(kmsh, workspace: cluster.path)
    }
  }

  static func newFolder() throws -> URL {
    let folder = URL.temporaryDirectory.appending(path: "kmsh-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}

/// Secrets of 1 KiB in a workspace on disk.
private struct ManySecrets {
  private static let rotation = """
    c = cluster.get('c1')
    c:update{ enable_azure_keyvault_kms = true, assign_identity = identity.get('id1'),
      azure_keyvault_kms_key_id = key.create{ vault_name = 'kv1', name = 'k' .. #c:kms().history },
      azure_keyvault_kms_key_vault_network_access = 'Public' }
    """

  /// What a call over all Secrets took.
  struct Figure {
    /// Secrets in a second.
    let rate: Double
    /// The most memory it took that no file backs.
    let peakInMebibytes: Double
  }

  let kmsh: String
  let path: String
  let count: Int

  init(_ kmsh: String, _ folder: URL, _ count: Int) {
    self.kmsh = kmsh
    self.count = count
    path = folder.appending(path: "workspace-\(count).db").path
  }

  /// Runs a chunk in a process of its own; returns seconds and the most memory it took, in KiB.
  @discardableResult
  private func run(_ code: String) throws -> (seconds: Double, peak: Int) {
    var peak = 0
    var status: Int32 = 0
    let seconds = try ContinuousClock().measure {
      status = try Benchmarks.run(kmsh, ["--workspace", path, "-e", code]) { process in
        peak = max(peak, Benchmarks.anonymousMemory(of: process))
        usleep(5000)
      }.status
    }
    guard status == 0 else { throw CocoaError(.executableRuntimeMismatch) }
    return (seconds / .seconds(1), peak)
  }

  private func figure(_ code: String) throws -> Figure {
    let (seconds, peak) = try run(code)
    return Figure(rate: Double(count) / seconds, peakInMebibytes: Double(peak) / 1024)
  }

  /// Makes a cluster whose Secrets lie in clear, put there in one transaction, and enables KMS.
  func prepare() throws {
    try run(
      """
      local v = vault.create{ name = 'kv1', resource_group = 'rg' }
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
      cluster.create{ name = 'c1', resource_group = 'rg' }
      """
    )
    try fill()
    try rotate()
  }

  private func fill() throws {
    let workspace = try Workspace.open(path: path)
    defer { workspace.close() }
    let etcd = workspace.etcd(ofCluster: "rg/c1")
    try etcd.transaction {
      for number in 0..<count {
        let secret = KubernetesSecret(
          name: "s\(number % 100_000 + 100_000)",
          namespace: "ns\(number / 100_000 + 10)",
          data: ["value": [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 1024)],
          uid: "\(number)",
          creationTimestamp: Date(timeIntervalSince1970: 1_767_225_600)
        )
        _ = try etcd.put(secret.storageBytes(), at: secret.storagePath, ifRevision: 0)
      }
    }
  }

  /// Gives the cluster a new key.
  func rotate() throws { try run(Self.rotation) }

  /// Rewrites every Secret.
  func rewrite() throws -> Figure {
    try figure("local r = cluster.get('c1'):rewrite_secrets{} assert(r.written == \(count))")
  }

  /// Prints what the rewrite takes as the document has it, in two processes.
  func showPipe() throws {
    try rotate()
    let pipe = try KubectlPipe(kmsh: kmsh, workspace: path).run()
    Benchmarks.show(
      "  kubectl get | kubectl replace",
      Double(count) / pipe.seconds,
      "/s",
      goal: "10000 /s at least"
    )
    for (name, peak) in zip(["get", "replace"], pipe.peaks) {
      Benchmarks.show(
        "    memory of \(name), at most",
        Double(peak) / 1024,
        "MiB",
        goal: "less than 100 MiB"
      )
    }
  }

  /// Prints what the answers take that come before an act.
  func showAnswers() throws {
    let inventories = try (1...3).map { _ in
      try figure("assert(cluster.get('c1'):inventory{}.values == \(count))")
    }
    Benchmarks.show(
      "  c:inventory",
      inventories.medianRate,
      "/s",
      goal: count >= 1_000_000 ? "300000 /s at least" : nil
    )
    let peak = inventories.map(\.peakInMebibytes).max() ?? 0
    Benchmarks.show("    memory, at most", peak, "MiB")
    // The difference of two processes, whose start takes longer than a call.
    let (fewCalls, manyCalls) = (1, 1001)
    let times = try [fewCalls, manyCalls].map { calls in
      try run(
        """
        local c = cluster.get('c1') local kid = c:kms().previous.kid
        for _ = 1, \(calls) do assert(not c:can_delete(kid).safe) end
        """
      ).seconds
    }
    let call = (times[1] - times[0]) / Double(manyCalls - fewCalls)
    Benchmarks.show("  c:can_delete", call * 1e3, "ms", goal: "less than 50 ms")
    Benchmarks.show("    from the start of the process", times[0] * 1e3, "ms")
  }
}

extension [ManySecrets.Figure] {
  fileprivate var medianRate: Double { map(\.rate).sorted()[count / 2] }
}
