import AzureModel
import ClusterModel
import EncryptionAtRest
import FoundationEssentials
import Testing

@Suite struct ClusterLifeTests {
  private func world(kms: Bool = true) throws -> World {
    let world = try World()
    _ = try world.cluster(kms ? try world.key() : nil)
    return world
  }

  private func unreachable(_ world: World, _ message: String) {
    let calls: [() throws -> Void] = [
      { try world.secret("n") },
      { _ = try world.server().secret(namespace: "default", name: "s") },
      { _ = try world.server().listSecrets() }, { _ = try world.server().rewriteSecrets() },
      { _ = try world.clusters.pods(of: world.cluster(), world.context) },
    ]
    for call in calls {
      let error = #expect(throws: ClusterError.self) { try call() }
      #expect(error?.code == .unreachable && error?.message.hasPrefix(message) == true)
    }
  }

  @Test func `a stopped cluster answers nothing, and starts with nothing in memory`() throws {
    var world = try world()
    try world.secret("s")
    _ = try world.clusters.stop(world.cluster(), world.context)
    #expect(try world.cluster().powerState == .stopped && world.state() == .succeeded)
    unreachable(
      world,
      "Unable to connect to the server: dial tcp: lookup c1-rg-"
    )
    let error = try world.refused(.stopped) { try world.update() }
    #expect(error?.status == 409 && error?.azureCode == "OperationNotAllowed")
    // Nobody polls meanwhile.
    world.context.now += 86_400
    try world.clusters.catchUp(world.context)
    #expect(try world.clusters.kmsClient(of: world.cluster(), world.context) == nil)
    _ = try world.clusters.stop(world.cluster(), world.context)
    _ = try world.clusters.start(world.cluster(), world.context)
    let client = try #require(try world.clusters.kmsClient(of: world.cluster(), world.context))
    #expect(client.verdict?.time == world.context.now && client.problem == nil)
    #expect(try world.server().secret(namespace: "default", name: "s").object.name == "s")
    _ = try world.clusters.start(world.cluster(), world.context)
  }

  @Test func `a start without its key fails, and the next one that works mends it`() throws {
    let world = try world()
    let kid = try #require(try world.cluster().kms?.current)
    _ = try world.clusters.stop(world.cluster(), world.context)
    var changes = KeyChanges()
    changes.isEnabled = false
    _ = try world.azure.updateKey(kid, changes, context: world.context)
    _ = try world.clusters.start(world.cluster(), world.context)
    #expect(try world.state() == .failed && world.cluster().powerState == .running)
    changes.isEnabled = true
    _ = try world.azure.updateKey(kid, changes, context: world.context)
    var later = world
    later.context.now += 60
    try later.update()
    #expect(try later.state() == .succeeded)
  }

  @Test func `an operation that takes time keeps others out with 409, and ends by itself`() throws {
    var world = try World()
    try world.azure.set("cluster_operation_duration", to: .text("PT5M"))
    _ = try world.cluster(world.key())
    #expect(try world.state() == .creating)
    world.context.now += 300
    #expect(try world.state() == .succeeded)
    let key = try world.key()
    _ = try world.use(key)
    #expect(try world.state() == .updating && world.cluster().kms?.current == key.kid)
    let calls: [() throws -> Void] = [
      { try world.update() }, { _ = try world.use(key) },
      { _ = try world.clusters.stop(world.cluster(), world.context) },
      { _ = try world.clusters.start(world.cluster(), world.context) },
      { _ = try world.clusters.scale(world.cluster(), nodeCount: 5, world.context) },
      { _ = try world.clusters.upgrade(world.cluster(), to: "1.34", world.context) },
      { try world.clusters.delete(world.cluster(), world.context) },
    ]
    for call in calls {
      let error = try world.refused(.conflict, call)
      #expect(error?.status == 409 && error?.azureCode == "OperationNotAllowed")
      #expect(
        error?.message.hasPrefix(
          "Operation is not allowed because there's an in progress update managed cluster operation"
        ) == true
      )
    }
    // Secrets are served meanwhile.
    try world.secret("s")
    world.context.now += 300
    _ = try world.clusters.upgrade(world.cluster(), to: "1.34", world.context)
    #expect(try world.state() == .upgrading)
    _ = try world.clusters.abortOperation(world.cluster(), world.context)
    #expect(try world.state() == .canceled)
    try world.refused(.invalid) {
      _ = try world.clusters.abortOperation(world.cluster(), world.context)
    }
    for (state, change) in [
      (.stopping, world.clusters.stop), (.starting, world.clusters.start),
    ] as [(ProvisioningState, (Cluster, CallContext) throws -> Cluster)] {
      _ = try change(world.cluster(), world.context)
      #expect(try world.state() == state)
      world.context.now += 300
    }
  }

  @Test func `scaled to zero behind its back, a cluster under KMS is down for good (R29)`() throws {
    let world = try world()
    try world.secret("s")
    _ = try world.clusters.scaleMachines(of: world.cluster(), to: 0, world.context)
    #expect(try world.cluster().isDown && world.state() == .failed)
    unreachable(world, "Unable to connect to the server: dial tcp")
    let key = try world.key()
    let calls: [() throws -> Void] = [
      { try world.update() }, { _ = try world.use(key) }, { try world.disable() },
      { _ = try world.clusters.scaleMachines(of: world.cluster(), to: 3, world.context) },
      { _ = try world.clusters.scale(world.cluster(), nodeCount: 3, world.context) },
      { _ = try world.clusters.stop(world.cluster(), world.context) },
      { _ = try world.clusters.start(world.cluster(), world.context) },
      { _ = try world.clusters.upgrade(world.cluster(), to: "1.34", world.context) },
      { _ = try world.clusters.abortOperation(world.cluster(), world.context) },
    ]
    for call in calls.dropLast() {
      #expect(try world.refused(.down, call)?.rule == "R29")
    }
    try world.refused(.invalid, calls[8])
    // Only recreating helps.
    try world.clusters.delete(world.cluster(), world.context)
    _ = try world.cluster(key)
    #expect(try world.isHealthy())
  }

  @Test func `without KMS the machines come back, and their pods with them`() throws {
    let world = try world(kms: false)
    func pods() throws -> [Pod] { try world.clusters.pods(of: world.cluster(), world.context) }
    _ = try world.clusters.scaleMachines(of: world.cluster(), to: 0, world.context)
    #expect(try pods().allSatisfy { $0.status == "Pending" && $0.node == nil })
    _ = try world.clusters.scaleMachines(of: world.cluster(), to: 2, world.context)
    #expect(try pods().allSatisfy { $0.status == "Running" })
    #expect(try world.cluster().nodeCount == 3)
    for capacity in [-1, 1001] {
      try world.refused(.invalid) {
        _ = try world.clusters.scaleMachines(of: world.cluster(), to: capacity, world.context)
      }
    }
  }

  @Test func `a pool is scaled by its name, but not to nothing`() throws {
    let world = try world()
    _ = try world.clusters.scale(world.cluster(), pool: "nodepool1", nodeCount: 5, world.context)
    #expect(try world.cluster().nodeCount == 5)
    let zero = try world.refused(.invalid) {
      _ = try world.clusters.scale(world.cluster(), nodeCount: 0, world.context)
    }
    #expect(zero?.status == 400 && zero?.azureCode == "InvalidParameter")
    let other = try world.refused(.invalid) {
      _ = try world.clusters.scale(world.cluster(), pool: "gpu", nodeCount: 1, world.context)
    }
    #expect(other?.message == "The nodepool \"gpu\" was not found.")
  }

  @Test func `a deleted cluster leaves vault, key and identity, and nothing of its own`() throws {
    let world = try World()
    let before = world.store.contents
    let key = try world.key()
    _ = try world.cluster(key)
    try world.secret("s")
    let cluster = try world.cluster()
    try world.clusters.delete(cluster, world.context)
    #expect(try world.clusters.findCluster(named: "c1") == nil)
    #expect(try world.store.etcd(ofCluster: cluster.id).revision() == 0)
    let kinds = Set(world.store.contents.keys.map { $0.split(separator: "/")[0] })
    #expect(!kinds.contains("cluster") && !kinds.contains("api_server"))
    #expect(!kinds.contains("api_server_source"))
    #expect(before.keys.allSatisfy { world.store.contents[$0] != nil })
    let error = try world.refused(.notFound) { try world.clusters.delete(cluster, world.context) }
    #expect(error?.status == 404)
    _ = try world.cluster(key)
    #expect(try world.server().listSecrets().isEmpty)
  }

  @Test func `pods tell the tunnel, and never the plugin (R04, R14)`() throws {
    let world = try World()
    let key = try world.key()
    try world.create { $0.kms = world.kms(key) }
    func pods() throws -> [Pod] {
      try world.clusters.pods(of: world.cluster(), namespace: "kube-system", world.context)
    }
    let first = try pods()
    let agents = first.filter { $0.name.hasPrefix("konnectivity-agent-") }
    #expect(agents.count == 2 && agents.allSatisfy { $0.status == "Running" && $0.ready == "1/1" })
    #expect(!first.contains { $0.name.contains("kms") })
    #expect(Set(first.map(\.name)).count == first.count)
    #expect(try pods() == first)
    #expect(first.count { $0.name.hasPrefix("kube-proxy-") } == 3)
    #expect(
      try world.clusters.pods(of: world.cluster(), namespace: "default", world.context).isEmpty
    )
    try world.clusters.delete(world.cluster(), world.context)
    try world.create { $0.hasVNetIntegration = true }
    #expect(try !pods().contains { $0.name.hasPrefix("konnectivity") })
  }

  @Test func `enabling again: the retained key is the previous one (§17)`() throws {
    let world = try world()
    let first = try #require(try world.cluster().kms?.current)
    let second = try world.key()
    _ = try world.use(second)
    try world.disable()
    #expect(try world.cluster().kms?.slots == [second.kid])
    // Twice off is off (R94).
    try world.disable()
    #expect(try world.cluster().kms?.slots == [second.kid])
    let third = try world.key()
    _ = try world.use(third)
    #expect(try world.cluster().kms?.slots == [third.kid, second.kid])
    // With a setting the previous key outlives the time without KMS.
    try world.azure.set("kms_disable_keeps_previous", to: .boolean(true))
    try world.disable()
    #expect(try world.cluster().kms?.slots == [third.kid, second.kid])
    _ = try world.use(third)
    #expect(try world.cluster().kms?.slots == [third.kid, second.kid])
    #expect(first != second.kid)
  }

  @Test func `disabling a cluster that never had KMS changes nothing (R94)`() throws {
    let world = try world(kms: false)
    let before = try world.cluster()
    try world.disable()
    #expect(try world.cluster() == before)
  }
}
