import AzureModel
import FoundationEssentials
import Testing

/// The table of data-plane routes: the grant that each call needs, and how the log names it.
@Suite struct KeyRouteTests {
  /// Call, permission of access policies, data action of roles, `operationName`.
  static let routes: [(KeyCall, String, String, String)] = [
    (.create, "create", "keys/create/action", "KeyCreate"),
    (.importing, "import", "keys/import/action", "KeyImport"),
    (.get, "get", "keys/read", "KeyGet"),
    (.list, "list", "keys/read", "KeyList"),
    (.listVersions, "list", "keys/read", "KeyListVersions"),
    (.update, "update", "keys/update/action", "KeyUpdate"),
    (.delete, "delete", "keys/delete", "KeyDelete"),
    (.getDeleted, "get", "keys/read", "KeyGetDeleted"),
    (.listDeleted, "list", "keys/read", "KeyListDeleted"),
    (.recover, "recover", "keys/recover/action", "KeyRecover"),
    (.purge, "purge", "keys/purge/action", "KeyPurge"),
    (.backup, "backup", "keys/backup/action", "KeyBackup"),
    (.restore, "restore", "keys/restore/action", "KeyRestore"),
    (.rotate, "rotate", "keys/rotate/action", "KeyRotate"),
    (
      .getRotationPolicy, "getrotationpolicy", "keyrotationpolicies/read", "KeyRotationPolicyGet"
    ),
    (
      .setRotationPolicy, "setrotationpolicy", "keyrotationpolicies/write", "KeyRotationPolicySet"
    ),
    (.encrypt, "encrypt", "keys/encrypt/action", "KeyEncrypt"),
    (.decrypt, "decrypt", "keys/decrypt/action", "KeyDecrypt"),
    (.wrap, "wrapKey", "keys/wrap/action", "KeyWrap"),
    (.unwrap, "unwrapKey", "keys/unwrap/action", "KeyUnwrap"),
    (.sign, "sign", "keys/sign/action", "KeySign"),
    (.verify, "verify", "keys/verify/action", "KeyVerify"),
  ]

  @Test func `the table has every call`() {
    #expect(Self.routes.map(\.0) == KeyCall.allCases)
  }

  /// A world in which the call can be made, by an identity with exactly these permissions.
  func world(
    for call: KeyCall,
    _ permissions: [String]
  ) throws -> (World, KeyID, MadeWithKey, CallContext) {
    let world = try World()
    try world.vault()
    let identity = try world.identity()
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: identity.principalID,
      keyPermissions: permissions,
      context: world.context
    )
    let kid = try world.key().kid
    let made = try MadeWithKey(world, kid)
    if [.getDeleted, .listDeleted, .recover, .purge, .restore].contains(call) {
      try world.azure.deleteKey(kid, context: world.context)
    }
    if call == .restore {
      // Its day has come: it is purged.
      _ = try world.azure.listKeys(vault: "MyKeyVault", context: world.later(90 * 86_400))
    }
    return (world, kid, made, world.seen(by: identity.principal))
  }

  @Test(arguments: routes)
  func `a call needs its own permission and no other`(
    call: KeyCall,
    permission: String,
    dataAction: String,
    operationName: String
  ) throws {
    let (world, kid, made, context) = try world(for: call, [permission])
    try call.make(world, kid, made, context)
    let others = KeyPermission.allCases.map(\.rawValue).filter { $0 != "all" && $0 != permission }
    let (strict, key, old, stranger) = try self.world(for: call, others)
    let before = strict.store.contents
    let error = refused(.accessDenied) { try call.make(strict, key, old, stranger) }
    #expect(error?.message.contains("does not have keys \(permission) permission on") == true)
    #expect(error?.status == 403 && error?.azureCode == "Forbidden")
    #expect(error?.innerCode == "AccessDenied")
    #expect(strict.store.contents == before)
  }

  @Test(arguments: routes)
  func `under roles a denied call names its data action`(
    call: KeyCall,
    permission: String,
    dataAction: String,
    operationName: String
  ) throws {
    let (world, kid, made, _) = try world(for: call, [])
    let vault = try world.vault("rbac-vault") { $0.enableRBACAuthorization = true }
    let other = try KeyID(vaultName: vault.name, name: kid.name, version: kid.version)
    let error = refused(.accessDenied) { try call.make(world, other, made, world.context) }
    #expect(
      error?.message.contains("\r\nAction: 'Microsoft.KeyVault/vaults/\(dataAction)'") == true
    )
    #expect(error?.innerCode == "ForbiddenByRbac" && error?.status == 403)
  }

  @Test(arguments: routes)
  func `the log has a row for a call, refused or not`(
    call: KeyCall,
    permission: String,
    dataAction: String,
    operationName: String
  ) throws {
    for permissions in [[permission], []] {
      let (world, kid, made, context) = try world(for: call, permissions)
      try world.azure.setDiagnostics(ofVault: "MyKeyVault", isOn: true, world.context)
      if permissions.isEmpty {
        refused(.accessDenied) { try call.make(world, kid, made, context) }
      } else {
        try call.make(world, kid, made, context)
      }
      let rows = try world.azure.auditEvents().filter { $0.operation.rawValue.hasPrefix("Key") }
      #expect(rows.map(\.operation.rawValue) == [operationName])
      let status = permissions.isEmpty ? 403 : call == .purge ? 204 : 200
      #expect(rows.first?.httpStatusCode == status)
    }
  }
}
