import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

@Suite struct AuditTests {
  /// A world with an audited vault and a key in it.
  private func world() throws -> (World, KeyID) {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    try world.azure.setDiagnostics(ofVault: "MyKeyVault", isOn: true, world.context)
    return (world, kid)
  }

  private func encrypt(_ world: World, _ kid: KeyID, _ context: CallContext? = nil) throws {
    _ = try world.azure.encrypt(
      kid,
      algorithm: .rsaOAEP256,
      value: SecretBytes("seed"),
      context: context ?? world.context
    )
  }

  @Test func `a vault logs nothing until its diagnostic setting is on, nor after it is off`() throws
  {
    let world = try World()
    #expect(try !world.vault().isAudited)
    let kid = try world.key().kid
    #expect(try world.azure.auditEvents().isEmpty)
    let vault = try world.azure.setDiagnostics(ofVault: "mykeyvault", isOn: true, world.context)
    #expect(vault.auditedSince == world.context.now)
    try encrypt(world, kid)
    #expect(try world.azure.auditEvents().count == 1)
    try world.azure.setDiagnostics(ofVault: "MyKeyVault", isOn: false, world.context)
    try encrypt(world, kid)
    #expect(try world.azure.auditEvents().count == 1)
  }

  @Test func `a row says who asked for what, from where, and what came of it`() throws {
    let (world, kid) = try world()
    try encrypt(world, kid)
    let row = try #require(try world.azure.auditEvents().first)
    let user = world.account.signedInUser
    #expect(row.number == 1 && row.time == world.context.now && row.vault == "mykeyvault")
    #expect(
      row.resourceID
        == "/SUBSCRIPTIONS/\(world.account.subscriptionID.uppercased())/RESOURCEGROUPS/"
        + "MYRESOURCEGROUP/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/MYKEYVAULT"
    )
    #expect(row.operation == .keyEncrypt && row.operationVersion == "2025-07-01")
    #expect(row.httpStatusCode == 200 && row.resultSignature == "OK")
    #expect(row.resultDescription == "" && row.durationInMilliseconds == 0)
    #expect(row.callerIPAddress == "203.0.113.10" && row.clientInfo == "kmsh")
    #expect(row.correlationID.count == 36)
    #expect(
      row.claims
        == AuditEvent.Claims(
          objectID: user.objectID,
          userPrincipalName: user.name,
          applicationID: user.applicationID
        )
    )
    #expect(row.requestURI == "\(kid)/encrypt?api-version=2025-07-01")
    #expect(row.objectID == kid.description)
  }

  @Test func `a refused call has a row with the service's words, and its changes are gone`() throws
  {
    let (world, kid) = try world()
    try world.azure.updateKey(kid, KeyChanges(isEnabled: false), context: world.context)
    let before = world.store.contents
    let error = refused(.keyDisabled) { try encrypt(world, kid) }
    let row = try #require(try world.azure.auditEvents().last)
    #expect(row.operation == .keyEncrypt && row.httpStatusCode == 403)
    #expect(row.resultSignature == "Forbidden" && row.resultDescription == error?.message)
    #expect(row.objectID == kid.description)
    #expect(world.store.contents == before)
  }

  @Test func `a row of a caller that is no user has no user principal name`() throws {
    let (world, kid) = try world()
    let identity = try world.identity()
    refused(.accessDenied) { try encrypt(world, kid, world.seen(by: identity.principal)) }
    let row = try #require(try world.azure.auditEvents().last)
    #expect(row.claims?.objectID == identity.principalID)
    #expect(row.claims?.userPrincipalName == nil)
    #expect(row.claims?.applicationID == identity.clientID)
  }

  @Test func `a token of another tenant is logged as an authentication`() throws {
    let world = try World()
    try world.vault { $0.tenantID = "72f988bf-86f1-41af-91ab-2d7cd011db47" }
    try world.azure.setDiagnostics(ofVault: "MyKeyVault", isOn: true, world.context)
    refused(.accessUnauthenticated) { try world.key() }
    let row = try #require(try world.azure.auditEvents().first)
    #expect(row.operation == .authentication && row.resultSignature == "Unauthorized")
    #expect(row.httpStatusCode == 401 && row.resultDescription.hasPrefix("AKV10032: "))
    #expect(row.requestURI.hasPrefix("https://mykeyvault.vault.azure.net/keys/MyKeyName?"))
  }

  @Test func `a key that is not there is logged as such, also when it is only looked for`() throws {
    let (world, _) = try world()
    let kid = try KeyID(vaultName: "MyKeyVault", name: "missing")
    #expect(try world.azure.findKey(kid, context: world.context) == nil)
    let row = try #require(try world.azure.auditEvents().first)
    #expect(row.operation == .keyGet && row.httpStatusCode == 404)
    #expect(row.resultSignature == "Not Found")
    #expect(row.requestURI == "\(kid)?api-version=2025-07-01" && row.objectID == kid.description)
  }

  @Test func `what a client sends as its own id of a request is the row's correlation id`() throws {
    let (world, kid) = try world()
    var context = world.context
    context.correlationID = "3e30e0a9-6d9d-4c0f-8e3e-0b6f2d3a4c5d"
    try encrypt(world, kid, context)
    try encrypt(world, kid)
    let rows = try world.azure.auditEvents()
    #expect(rows[0].correlationID == context.correlationID)
    #expect(rows[1].correlationID != rows[0].correlationID)
  }

  @Test func `a name that is none is not repeated`() throws {
    let (world, _) = try world()
    let name = "AbC123" + String(repeating: "?", count: 100_000)
    refused(.argumentValue) {
      _ = try world.azure.key(vault: "MyKeyVault", name: name, context: world.context)
    }
    let row = try #require(try world.azure.auditEvents().first)
    #expect(row.requestURI == "https://mykeyvault.vault.azure.net/keys/?api-version=2025-07-01")
    #expect(row.objectID == "https://mykeyvault.vault.azure.net/")
    #expect(row.resultDescription.hasSuffix("an invalid name: (100006 characters)"))
  }

  @Test func `a caller without rights cannot switch the log off`() throws {
    let (world, _) = try world()
    let identity = try world.identity()
    let error = refused(.accessDenied) {
      try world.azure.setDiagnostics(
        ofVault: "MyKeyVault",
        isOn: false,
        world.seen(by: identity.principal)
      )
    }
    #expect(error?.azureCode == "AuthorizationFailed")
    #expect(try world.azure.vault(named: "MyKeyVault").isAudited)
  }
}
