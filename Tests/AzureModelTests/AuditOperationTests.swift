import CryptoEngine
import FoundationEssentials
import Testing

@testable import AzureModel

/// The table of the log's operation names: what makes each row, and what the row says.
@Suite struct AuditOperationTests {
  /// Calls of the data plane: name, path of the request, and the object below the vault's address.
  ///
  /// `KEY` is the key of the tests, `VERSION` its version, `NEW` a version made by the call.
  static let keyCalls: [(KeyCall, AuditOperation, path: String, object: String)] = [
    (.create, .keyCreate, "keys/fresh/create", "keys/fresh/NEW"),
    (.importing, .keyImport, "keys/fresh", "keys/fresh/NEW"),
    (.get, .keyGet, "keys/KEY/VERSION", "keys/KEY/VERSION"),
    (.list, .keyList, "keys", ""),
    (.listVersions, .keyListVersions, "keys/KEY/versions", "keys/KEY"),
    (.update, .keyUpdate, "keys/KEY/VERSION", "keys/KEY/VERSION"),
    (.delete, .keyDelete, "keys/KEY", "keys/KEY"),
    (.getDeleted, .keyGetDeleted, "deletedkeys/KEY", "keys/KEY"),
    (.listDeleted, .keyListDeleted, "deletedkeys", ""),
    (.recover, .keyRecover, "deletedkeys/KEY/recover", "keys/KEY/VERSION"),
    (.purge, .keyPurge, "deletedkeys/KEY", "keys/KEY"),
    (.backup, .keyBackup, "keys/KEY/backup", "keys/KEY"),
    (.restore, .keyRestore, "keys/restore", "keys/KEY/VERSION"),
    (.rotate, .keyRotate, "keys/KEY/rotate", "keys/KEY/NEW"),
    (.getRotationPolicy, .keyRotationPolicyGet, "keys/KEY/rotationpolicy", "keys/KEY"),
    (.setRotationPolicy, .keyRotationPolicySet, "keys/KEY/rotationpolicy", "keys/KEY"),
    (.encrypt, .keyEncrypt, "keys/KEY/VERSION/encrypt", "keys/KEY/VERSION"),
    (.decrypt, .keyDecrypt, "keys/KEY/VERSION/decrypt", "keys/KEY/VERSION"),
    (.wrap, .keyWrap, "keys/KEY/VERSION/wrapkey", "keys/KEY/VERSION"),
    (.unwrap, .keyUnwrap, "keys/KEY/VERSION/unwrapkey", "keys/KEY/VERSION"),
    (.sign, .keySign, "keys/KEY/VERSION/sign", "keys/KEY/VERSION"),
    (.verify, .keyVerify, "keys/KEY/VERSION/verify", "keys/KEY/VERSION"),
  ]

  @Test(arguments: keyCalls)
  func `a call on keys is logged with its address and its object`(
    call: KeyCall,
    operation: AuditOperation,
    path: String,
    object: String
  ) throws {
    let (world, kid, made, caller) = try KeyRouteTests().world(
      for: call,
      KeyPermission.allCases.map(\.rawValue)
    )
    try world.azure.setDiagnostics(ofVault: "MyKeyVault", isOn: true, world.context)
    try call.make(world, kid, made, caller)
    let row = try #require(try world.azure.auditEvents().first { $0.operation == operation })
    let name = path.contains("fresh") ? "fresh" : kid.name
    let latest = try world.azure.findKey(KeyID(vaultName: kid.vault, name: name))?.version ?? ""
    func written(_ pattern: String) -> String {
      "https://mykeyvault.vault.azure.net/"
        + pattern.replacing("KEY", with: kid.name)
        .replacing("VERSION", with: kid.version ?? "").replacing("NEW", with: latest)
    }
    #expect(row.requestURI == written(path) + "?api-version=2025-07-01")
    #expect(row.objectID == written(object))
    #expect(row.claims?.objectID == caller.principal.objectID && row.clientInfo == "kmsh")
  }

  /// A request to the control plane: what is done before the log is on, and what is logged.
  struct VaultCall: CustomTestStringConvertible {
    let operation: AuditOperation
    /// Below the subscription.
    let path: String
    var status = 200
    var isDeletedBefore = false
    let make: @Sendable (Azure, CallContext) throws -> Void

    var testDescription: String { "\(operation)" }
  }

  static let vaultCalls = [
    VaultCall(operation: .vaultGet, path: vault) {
      _ = try $0.vault(named: "MyKeyVault", $1)
    },
    VaultCall(operation: .vaultList, path: "providers/Microsoft.KeyVault/vaults") {
      _ = try $0.listVaults($1)
    },
    VaultCall(operation: .vaultPut, path: vault) {
      try $0.updateVault(named: "MyKeyVault", VaultChanges(tags: ["a": "b"]), $1)
    },
    VaultCall(operation: .vaultPut, path: vault) {
      try $0.addNetworkRules([.address("198.51.100.7")], to: "MyKeyVault", $1)
    },
    VaultCall(operation: .vaultPut, path: vault) {
      try $0.deletePolicy(vault: "MyKeyVault", objectID: $1.principal.objectID, context: $1)
    },
    VaultCall(operation: .vaultDelete, path: vault) {
      try $0.deleteVault(named: "MyKeyVault", $1)
    },
    VaultCall(operation: .vaultGetDeleted, path: deletedVault, isDeletedBefore: true) {
      _ = try $0.deletedVault(named: "MyKeyVault", $1)
    },
    VaultCall(
      operation: .vaultListDeleted,
      path: "providers/Microsoft.KeyVault/deletedVaults",
      isDeletedBefore: true
    ) {
      _ = try $0.listDeletedVaults($1)
    },
    VaultCall(operation: .vaultRecover, path: vault, isDeletedBefore: true) {
      try $0.recoverVault(named: "MyKeyVault", $1)
    },
    VaultCall(
      operation: .vaultPurge,
      path: "\(deletedVault)/purge",
      status: 202,
      isDeletedBefore: true
    ) {
      try $0.purgeVault(named: "MyKeyVault", $1)
    },
  ]

  private static let vault =
    "resourceGroups/MyResourceGroup/providers/Microsoft.KeyVault/vaults/MyKeyVault"
  private static let deletedVault =
    "providers/Microsoft.KeyVault/locations/eastus/deletedVaults/MyKeyVault"

  /// A world with an audited vault, deleted or not, and an empty log.
  private func world(isDeleted: Bool) throws -> World {
    let world = try World()
    try world.vault()
    if isDeleted {
      try world.azure.setDiagnostics(ofVault: "MyKeyVault", isOn: true, world.context)
      try world.azure.deleteVault(named: "MyKeyVault", world.context)
    } else {
      try world.azure.setDiagnostics(ofVault: "MyKeyVault", isOn: true, world.context)
    }
    return world
  }

  @Test(arguments: vaultCalls)
  func `a request about a vault is logged`(call: VaultCall) throws {
    let world = try world(isDeleted: call.isDeletedBefore)
    let before = try world.azure.auditEvents().count
    try call.make(world.azure, world.context)
    let rows = try world.azure.auditEvents().dropFirst(before)
    let row = try #require(rows.first { $0.operation == call.operation })
    #expect(rows.count(where: { $0.operation != .vaultPolicyChanged }) == 1)
    #expect(
      row.requestURI
        == "https://management.azure.com/subscriptions/\(world.account.subscriptionID)/\(call.path)"
        + "?api-version=2023-07-01"
    )
    #expect(row.operationVersion == "2023-07-01" && row.clientInfo == "azure-resource-manager/2.0")
    #expect(row.objectID == "https://mykeyvault.vault.azure.net/")
    #expect(row.httpStatusCode == call.status && row.callerIPAddress == "203.0.113.10")
    #expect(row.resourceID.hasSuffix("/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/MYKEYVAULT"))
  }

  @Test(arguments: vaultCalls.filter { ![.vaultList, .vaultListDeleted].contains($0.operation) })
  func `a request about a vault that is refused is logged too`(call: VaultCall) throws {
    let world = try world(isDeleted: call.isDeletedBefore)
    let identity = try world.identity()
    let before = world.store.contents
    let error = refused(.accessDenied) {
      try call.make(world.azure, world.seen(by: identity.principal))
    }
    let row = try #require(try world.azure.auditEvents().last)
    #expect(row.operation == call.operation && row.httpStatusCode == 403)
    #expect(row.resultSignature == "Forbidden" && row.resultDescription == error?.message)
    #expect(row.claims?.objectID == identity.principalID)
    #expect(world.store.contents == before)
  }

  @Test func `in the newer era the control plane is asked with the newer api-version`() throws {
    let world = try world(isDeleted: false)
    try world.azure.set("vault_rbac_default", to: .boolean(true))
    _ = try world.azure.vault(named: "MyKeyVault", world.context)
    #expect(try world.azure.auditEvents().last?.operationVersion == "2026-02-01")
  }

  @Test func `a change of access policies is told by itself, without a caller`() throws {
    let world = try world(isDeleted: false)
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: world.account.tenantID,
      keyPermissions: ["get"],
      context: world.context
    )
    let rows = try world.azure.auditEvents()
    #expect(rows.map(\.operation) == [.vaultPut, .vaultPolicyChanged])
    #expect(rows[1].claims == nil && rows[1].requestURI == "" && rows[1].callerIPAddress == "")
    #expect(rows[1].objectID == "https://mykeyvault.vault.azure.net/")
    refused(.argumentValue) {
      try world.azure.setPolicy(
        vault: "MyKeyVault",
        objectID: "nobody",
        keyPermissions: ["get"],
        context: world.context
      )
    }
    #expect(try world.azure.auditEvents().map(\.operation).suffix(1) == [.vaultPut])
  }

  /// What a vault logs by itself when the clock has passed its time.
  @Test func `near expiry, expiry and due rotations are logged at their time`() throws {
    let world = try world(isDeleted: false)
    let start = world.context.now
    let day = 86_400.0
    try world.key { $0.expires = start + 100 * day }
    try world.key("Rotated")
    try world.azure.setRotationPolicy(
      of: KeyID(vaultName: "MyKeyVault", name: "Rotated"),
      actions: [
        RotationPolicy.LifetimeAction(
          .rotate,
          .timeAfterCreate(ISO8601Duration(parsing: "P50D"))
        )
      ],
      expiryTime: nil,
      context: world.context
    )
    let before = try world.azure.auditEvents().count
    try world.azure.settleAuditedVaults(world.later(101 * day))
    let rows = try world.azure.auditEvents().dropFirst(before)
    #expect(
      rows.map(\.operation) == [.keyRotateIfDue, .keyNearExpiry, .keyExpired, .keyRotateIfDue]
    )
    #expect(
      rows.map { $0.time.timeIntervalSince(start) / day } == [50, 70, 100, 100]
    )
    #expect(rows.allSatisfy { $0.claims == nil && $0.requestURI == "" })
    #expect(
      rows[before + 1].objectID.hasPrefix("https://mykeyvault.vault.azure.net/keys/MyKeyName")
    )
    try world.azure.settleAuditedVaults(world.later(101 * day))
    #expect(try world.azure.auditEvents().count == before + 4)
  }

  @Test func `a later expiry is told anew`() throws {
    let world = try world(isDeleted: false)
    let start = world.context.now
    let kid = try world.key { $0.expires = start }.kid
    let names = { try world.azure.auditEvents().map(\.operation).filter { $0 == .keyExpired } }
    #expect(try names().count == 1)
    try world.azure.updateKey(kid, KeyChanges(expires: start + 60), context: world.context)
    #expect(try names().count == 1)
    try world.azure.settleAuditedVaults(world.later(60))
    #expect(try names().count == 2)
  }

  @Test func `every operation is made somewhere here, or has a reason not to be`() {
    let made =
      Self.keyCalls.map(\.1) + Self.vaultCalls.map(\.operation)
      + [.vaultPolicyChanged, .keyNearExpiry, .keyExpired, .keyRotateIfDue]
      // A token of another tenant: AuditTests.
      + [.authentication]
    // az writes the whole vault with PUT; nothing in the shell sends a PATCH.
    #expect(Set(made).union([.vaultPatch]) == Set(AuditOperation.allCases))
  }

  @Test func `rows outlive their vault, and a vault of the same name starts without a log`() throws
  {
    let world = try world(isDeleted: true)
    try world.azure.purgeVault(named: "MyKeyVault", world.context)
    let operations = try world.azure.auditEvents(AuditFilter(vault: "MyKeyVault")).map(\.operation)
    #expect(operations == [.vaultDelete, .vaultPurge])
    #expect(try !world.vault().isAudited)
  }
}
