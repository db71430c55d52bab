import AzureModel
import CryptoEngine
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
}
