import AzureModel
import CryptoEngine
import FoundationEssentials
import Synchronization
import Testing

/// Passes everything on to a store in memory, but for the n-th write.
final class FailingStore: AzureStore {
  struct Failure: Error {}
  let kept: MemoryRecordStore
  private let writesLeft: Mutex<Int>

  init(_ kept: MemoryRecordStore, failingAt write: Int) {
    self.kept = kept
    writesLeft = Mutex(write)
  }

  private func write() throws {
    let left = writesLeft.withLock { left in
      left -= 1
      return left
    }
    if left == 0 { throw Failure() }
  }

  func find<R: Record>(_ type: R.Type, id: String) throws -> R? { try kept.find(type, id: id) }
  func list<R: Record>(_ type: R.Type, parent: String?, after: String?, limit: Int) throws -> [R] {
    try kept.list(type, parent: parent, after: after, limit: limit)
  }
  func put<R: Record>(_ record: R) throws {
    try write()
    try kept.put(record)
  }
  func delete<R: Record>(_ type: R.Type, id: String) throws {
    try write()
    try kept.delete(type, id: id)
  }
  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try kept.transaction(body)
  }
  func revision<R: Record>(of type: R.Type) throws -> Int { try kept.revision(of: type) }
  func call<Result>(_ body: () throws -> Result) throws -> Result { try kept.call(body) }
  func userTransaction<Result>(_ body: () throws -> Result) throws -> Result {
    try kept.userTransaction(body)
  }
  func append(_ event: AuditEvent) { kept.append(event) }
  func auditEvents(_ filter: AuditFilter, after last: AuditEvent?, limit: Int) -> [AuditEvent] {
    kept.auditEvents(filter, after: last, limit: limit)
  }
  func sealMaterial(_ material: SecretBytes, name: String) throws -> [UInt8] {
    try write()
    return try kept.sealMaterial(material, name: name)
  }
  func openMaterial(_ sealed: [UInt8], name: String) throws -> SecretBytes {
    try kept.openMaterial(sealed, name: name)
  }
}

@Suite struct FailingStoreTests {
  /// Fails the first write, then the second and so on, until the call gets through.
  private func failEachWrite(
    of call: (Azure, World) throws -> Void,
    expected writeCount: Int
  ) throws {
    let world = try World()
    try world.vault()
    try world.key()
    let before = world.store.contents
    for write in 1...writeCount {
      let azure = Azure(store: FailingStore(world.store, failingAt: write))
      #expect(throws: FailingStore.Failure.self) { try call(azure, world) }
      #expect(world.store.contents == before)
    }
    try call(Azure(store: FailingStore(world.store, failingAt: writeCount + 1)), world)
    #expect(world.store.contents != before)
  }

  @Test func `a vault is made wholly or not at all`() throws {
    try failEachWrite(
      of: { azure, world in
        try azure.createVault(VaultOptions(name: "new", resourceGroup: "new"), world.context)
      },
      expected: 2
    )
  }

  @Test func `a key version is made wholly or not at all`() throws {
    try failEachWrite(
      of: { azure, world in
        try azure.importKey(
          KeyOptions(vault: "MyKeyVault", name: "MyKeyName"),
          privateKey: Material.get(),
          context: world.context
        )
      },
      expected: 4
    )
  }

  @Test func `an identity is made wholly or not at all`() throws {
    try failEachWrite(
      of: { azure, world in
        try azure.createIdentity(name: "new", resourceGroup: "new", context: world.context)
      },
      expected: 4
    )
  }

  @Test func `a policy is set wholly or not at all`() throws {
    try failEachWrite(
      of: { azure, world in
        try azure.setPolicy(
          vault: "MyKeyVault",
          objectID: world.account.tenantID,
          keyPermissions: ["get"],
          context: world.context
        )
      },
      expected: 1
    )
  }

  @Test func `a role is assigned, and taken away, wholly or not at all`() throws {
    let options = RoleAssignmentOptions(
      role: "Reader",
      principalID: "00000000-0000-4000-8000-000000000001",
      principalType: .user,
      scope: "/subscriptions/\(try World().account.subscriptionID)"
    )
    try failEachWrite(
      of: { azure, world in _ = try azure.createRoleAssignment(options, context: world.context) },
      expected: 2
    )
    try failEachWrite(
      of: { azure, world in
        try azure.store.transaction {
          try azure.elevateAccess(context: world.context)
          try azure.revokeRole(
            role: "Owner",
            principalID: nil,
            scope: options.scope,
            context: world.context
          )
        }
      },
      expected: 3
    )
  }

  @Test func `a subscription is made wholly or not at all`() throws {
    try failEachWrite(
      of: { azure, world in try azure.createSubscription(context: world.context) },
      expected: 4
    )
  }

  @Test func `a service principal is made wholly or not at all`() throws {
    try failEachWrite(
      of: { azure, world in
        try azure.createServicePrincipal(displayName: "app", context: world.context)
      },
      expected: 2
    )
  }

  /// Every call that changes a vault, with how many writes it makes.
  private static let vaultCalls: [(Int, @Sendable (Azure, CallContext) throws -> Void)] = [
    (1, { try $0.updateVault(named: "MyKeyVault", VaultChanges(tags: ["a": "b"]), $1) }),
    (1, { try $0.addNetworkRules([.address("203.0.113.7")], to: "MyKeyVault", $1) }),
    (1, { try $0.removeNetworkRules([.address("203.0.113.7")], from: "MyKeyVault", $1) }),
    (
      1,
      {
        try $0.connectPrivateEndpoint(PrivateEndpointOptions(endpoint: "p2"), to: "MyKeyVault", $1)
      }
    ),
    (1, { try $0.deletePrivateEndpoint("pe", of: "MyKeyVault", $1) }),
    (1, { try $0.decideConnection("c", of: "MyKeyVault", isApproved: false, $1) }),
    (1, { try $0.deleteConnection("c", of: "MyKeyVault", $1) }),
    (2, { try $0.deleteVault(named: "MyKeyVault", $1) }),
    (2, { try $0.recoverVault(named: "gone", $1) }),
    (4, { try $0.purgeVault(named: "gone", $1) }),
    (4, { try $0.purgeDueVaults(at: $1.now + 90 * 86_400) }),
  ]

  @Test(arguments: vaultCalls.indices)
  func `a vault changes wholly or not at all`(index: Int) throws {
    let (writeCount, call) = Self.vaultCalls[index]
    var world = try World()
    for name in ["MyKeyVault", "gone"] {
      try world.vault(name)
      try world.key { $0.vault = name }
    }
    try world.azure.connectPrivateEndpoint(
      PrivateEndpointOptions(endpoint: "pe", connectionName: "c"),
      to: "MyKeyVault",
      world.context
    )
    try world.azure.deleteVault(named: "gone", world.context)
    let before = world.store.contents
    world.context.now += 1
    for write in 1...writeCount {
      let azure = Azure(store: FailingStore(world.store, failingAt: write))
      #expect(throws: FailingStore.Failure.self) { try call(azure, world.context) }
      #expect(world.store.contents == before)
    }
    try call(Azure(store: FailingStore(world.store, failingAt: writeCount + 1)), world.context)
    #expect(world.store.contents != before)
  }
}
