import AzureModel
import CryptoEngine
import EncryptionAtRest
import Foundation
import GRDB
import Testing

@testable import WorkspaceStore

@Suite struct MigrationTests {
  /// Opens a workspace that an earlier kmsh wrote, with what `alter` does to it before.
  private func open(
    _ fixture: String,
    _ place: Place,
    alter: (Database) throws -> Void = { _ in }
  ) throws -> Workspace {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let sql = try String(
      contentsOf: folder.appending(path: "Fixtures/\(fixture).sql"),
      encoding: .utf8
    )
    try FileManager.default.createDirectory(
      at: URL(filePath: place.path).deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    let queue = try DatabaseQueue(path: place.path)
    try queue.write { db in
      try db.execute(sql: sql)
      try alter(db)
    }
    try queue.close()
    return try place.open()
  }

  @Test func `the one subscription of old gets its Owner, and everything is still there`() throws {
    let place = Place()
    let workspace = try open("before_subscriptions", place)
    let azure = Azure(store: workspace)
    let account = try azure.account(workspace)
    #expect(account.subscriptionID == "9b18b72d-87c6-4229-8702-4aa03740f4bd")
    let context = CallContext(
      principal: account.signedInUser,
      now: try workspace.now(),
      identifiers: workspace
    )
    let subscription = try azure.subscription(account.subscriptionID, workspace)
    #expect(subscription.user == account.signedInUser && subscription.tenantID == account.tenantID)
    #expect(
      try azure.describeObject(account.signedInUser.objectID) == .principal(account.signedInUser)
    )
    let owner = try #require(azure.listRoleAssignments(context: context).first)
    #expect(owner.principalID == account.signedInUser.objectID)
    #expect(owner.scope.description == subscription.resourceID)
    #expect(owner.name.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil)
    #expect(try azure.listVaults(resourceGroup: "MYRESOURCEGROUP").map(\.name) == ["MyKeyVault"])
    #expect(try azure.identity(named: "MyIdentity").tags.isEmpty)
    let key = try azure.key(vault: "MyKeyVault", name: "MyKeyName", context: context)
    #expect(key.bitCount == 2048)
    // What is made next goes into the group of old, by right of the assignment.
    let vault = try azure.createVault(
      VaultOptions(name: "new", resourceGroup: "myresourcegroup"),
      context
    )
    #expect(vault.resourceGroup == "MyResourceGroup")
    try azure.assignRole(
      RoleAssignmentOptions(
        role: "Reader",
        principalID: azure.identity(named: "MyIdentity").principalID,
        scope: vault.resourceID
      ),
      context: context
    )
    workspace.close()
    #expect(try Azure(store: place.open()).listVaults().count == 2)
  }

  @Test func `a vault of old gets the members it lacked, once`() throws {
    let place = Place()
    let workspace = try open("before_subscriptions", place)
    let vault = try #require(try workspace.find(Vault.self, id: "mykeyvault"))
    #expect(vault.sku == .standard && vault.tags.isEmpty && !vault.isAudited)
    #expect(vault.deploymentAccess == DeploymentAccess(virtualMachines: false))
    #expect(vault.updatedBy == vault.createdBy)
    #expect(vault.networkACLs == NetworkACLs())
    #expect(vault.accessPolicies.map(\.keys) == [[.all], [.encrypt, .decrypt]])
    workspace.close()
    #expect(try place.open().find(Vault.self, id: "mykeyvault") == vault)
  }

  @Test func `a key of old has its public half in one place, and opens what it sealed`() throws {
    let place = Place()
    let material = try RSAPrivateKey.generate(bitCount: 2048)
    let (modulus, exponent) = try material.publicKey.numbers()
    let kid = "https://mykeyvault.vault.azure.net/keys/MyKeyName/387967f5aa7914da707f00d324e5603b"
    // Its numbers as they were kept then, and its private part as it is sealed to this day.
    let workspace = try open("before_subscriptions", place) { db in
      let sealed = try RootKey(workspacePath: place.path).seal(material.pkcs8(), name: kid)
      let numbers = [modulus, exponent].map { Data($0).base64EncodedString() }
      try db.execute(
        sql: """
          UPDATE record SET body = CAST(json_set(CAST(body AS TEXT),
            '$.modulus', ?, '$.exponent', ?) AS BLOB) WHERE kind = 'key_version';
          INSERT INTO record SELECT 'key_material', id, parent, CAST(json_object('id', id,
            'parent', parent, 'sealed', ?) AS BLOB) FROM record WHERE kind = 'key_version';
          """,
        arguments: StatementArguments(numbers + [Data(sealed).base64EncodedString()])
      )
    }
    let azure = Azure(store: workspace)
    let context = CallContext(
      principal: try azure.account(workspace).signedInUser,
      now: try workspace.now(),
      identifiers: workspace
    )
    let key = try azure.key(vault: "MyKeyVault", name: "MyKeyName", context: context)
    #expect(key.publicNumbers == .rsa(modulus: Data(modulus), exponent: Data(exponent)))
    let sealed = try material.publicKey.encrypt(
      SecretBytes(copying: Array("before".utf8)),
      padding: .oaepSHA256
    )
    let opened = try azure.decrypt(
      key.kid,
      algorithm: .rsaOAEP256,
      value: sealed,
      context: context
    )
    #expect(opened.value.withUnsafeBytes { Array($0) } == Array("before".utf8))
  }

  @Test func `the values of an etcd of old are counted by what they are under`() throws {
    let place = Place()
    let workspace = try open("before_subscriptions", place) { db in
      for number in 1...1200 {
        try db.execute(
          sql: "INSERT INTO etcd VALUES (?, ?, ?, 1, 1, 1)",
          arguments: [
            number % 3 == 0 ? "d" : "c", Data("/registry/secrets/ns\(number % 4)/s\(number)".utf8),
            Data(StoredValues.all(1)[number % 12]),
          ]
        )
      }
    }
    for (cluster, count) in [("c", 800), ("d", 400)] {
      let store = workspace.etcd(ofCluster: cluster)
      let uses = try store.uses(inFolder: "/registry/secrets/")
      #expect(try uses == store.scannedUses(inFolder: ""))
      #expect(uses.reduce(0) { $0 + $1.count } == count)
    }
  }

  @Test func `a workspace of old gets an undo log, and its records are what they were`() throws {
    let place = Place()
    let workspace = try open("before_subscriptions", place)
    let vault = try #require(try workspace.find(Vault.self, id: "mykeyvault"))
    #expect(try workspace.undoLog().isEmpty)
    try workspace.recordingUndo { try workspace.delete(Vault.self, id: vault.id) }
    #expect(try workspace.find(Vault.self, id: vault.id) == nil)
    #expect(try workspace.undoLastEntry().changes.map(\.id) == [vault.id])
    #expect(try workspace.find(Vault.self, id: vault.id) == vault)
  }
}
