import AzureModel
import Testing

@Suite struct ResourceGroupTests {
  @Test func `a group is made once, where it was first made`() throws {
    let world = try World()
    let azure = world.azure
    let made = try azure.createResourceGroup(
      "rg",
      location: "West US",
      tags: ["a": "b"],
      world.context
    )
    #expect(made.location == "westus" && made.labels == ["a": "b"])
    let again = try azure.createResourceGroup("RG", location: "westus", world.context)
    #expect(again == made)
    let before = world.store.contents
    let error = refused(.argumentValue) {
      try azure.createResourceGroup("rg", location: "eastus", tags: [:], world.context)
    }
    #expect(error?.azureCode == "InvalidResourceGroupLocation" && error?.status == 409)
    #expect(world.store.contents == before)
  }

  @Test func `groups are found and listed by name, those of the subscription in use`() throws {
    let world = try World()
    let azure = world.azure
    try world.vault()
    try azure.createResourceGroup("another", location: "westus", world.context)
    #expect(try azure.resourceGroup(named: "MYRESOURCEGROUP", world.context).location == "eastus")
    #expect(
      try azure.listResourceGroups(world.context).map(\.name) == ["another", "MyResourceGroup"]
    )
    let error = refused(.resourceGroupNotFound) {
      _ = try azure.resourceGroup(named: "nope", world.context)
    }
    #expect(error?.status == 404 && error?.azureCode == "ResourceGroupNotFound")
  }

  @Test func `who has no role there neither makes, reads, lists nor deletes a group`() throws {
    let world = try World()
    let azure = world.azure
    try azure.createResourceGroup("rg", location: "westus", world.context)
    let user = try azure.createUser(
      name: "ada@contoso.onmicrosoft.com",
      displayName: nil,
      context: world.context
    )
    let stranger = world.seen(by: user)
    let before = world.store.contents
    refused(.accessDenied) {
      try azure.createResourceGroup("other", location: "westus", stranger)
    }
    refused(.accessDenied) { _ = try azure.resourceGroup(named: "rg", stranger) }
    refused(.accessDenied) { try azure.deleteResourceGroup(named: "rg", stranger) }
    #expect(try azure.listResourceGroups(stranger).isEmpty)
    #expect(world.store.contents == before)
  }

  @Test func `a group that is deleted takes the role assignments at it along`() throws {
    let world = try World()
    let azure = world.azure
    let group = try azure.createResourceGroup("rg", location: "westus", world.context)
    try azure.assignRole(
      RoleAssignmentOptions(
        role: "Reader",
        principalID: world.account.signedInUser.objectID,
        scope: group.resourceID
      ),
      context: world.context
    )
    try azure.deleteResourceGroup(named: "RG", world.context)
    refused(.resourceGroupNotFound) { _ = try azure.resourceGroup(named: "rg", world.context) }
    #expect(
      try azure.listRoleAssignments(context: world.context)
        .allSatisfy { !$0.scope.description.contains("/resourceGroups/rg") }
    )
  }

  @Test func `a diagnostic setting keeps its name and places while it is on`() throws {
    let world = try World()
    try world.vault()
    let setting = try DiagnosticSetting(name: "logs", workspace: "w1")
    func set(_ isOn: Bool, _ setting: DiagnosticSetting? = nil) throws -> Vault {
      try world.azure.setDiagnostics(
        ofVault: "MyKeyVault",
        isOn: isOn,
        setting: setting,
        world.context
      )
    }
    #expect(try set(true, setting).diagnosticSetting == setting)
    #expect(try set(true).diagnosticSetting == setting)
    #expect(try set(false).diagnosticSetting == nil)
    for name in ["", "a/b", String(repeating: "x", count: 261)] {
      refused(.argumentValue) { _ = try DiagnosticSetting(name: name) }
    }
  }
}
