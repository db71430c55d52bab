import AzureModel
import Foundation
import GRDB
import Testing
import WorkspaceStore

@Suite struct MigrationTests {
  /// Opens a workspace that an earlier kmsh wrote.
  private func open(_ fixture: String, _ place: Place) throws -> Workspace {
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
    try queue.write { try $0.execute(sql: sql) }
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
}
