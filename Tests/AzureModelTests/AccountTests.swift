import AzureModel
import Testing

@Suite struct AccountTests {
  @Test func `the account is made once`() throws {
    let world = try World()
    #expect(try world.azure.account(world.context.identifiers) == world.account)
    #expect(world.account.tenantID != world.account.subscriptionID)
    #expect(world.account.signedInUser.kind == .user)
    #expect(world.account.signedInUser.tenantID == world.account.tenantID)
  }

  @Test func `the same seed gives the same account`() throws {
    #expect(try World(seed: 7).account == World(seed: 7).account)
    #expect(try World(seed: 7).account != World(seed: 8).account)
  }

  @Test func `guids are of version 4 and key versions 32 digits`() throws {
    let identifiers = SeededIdentifiers()
    for _ in 0..<100 {
      let guid = Array(try identifiers.guid())
      #expect(guid.count == 36 && guid[14] == "4" && "89ab".contains(guid[19]))
      let version = try identifiers.keyVersion()
      #expect(version.count == 32 && version.allSatisfy { "0123456789abcdef".contains($0) })
    }
  }

  @Test func `group names ignore letter case and the first spelling stays`() throws {
    let world = try World()
    let azure = world.azure
    let context = world.context
    let first = try azure.resourceGroup("MyResourceGroup", location: "West US", context)
    #expect(first.location == "westus")
    let again = try azure.resourceGroup("myResourceGroup", location: "eastus", context)
    #expect(again.name == "MyResourceGroup")
    #expect(again.location == "westus")
    #expect(try azure.resourceGroup("other", context).location == "eastus")
  }

  @Test(arguments: ["", "a b", "ends.", "ü", "a/b", String(repeating: "g", count: 91)])
  func `a bad group name is refused`(name: String) throws {
    let world = try World()
    refused(.argumentValue) { _ = try world.azure.resourceGroup(name, world.context) }
  }

  @Test(arguments: ["", "west-us", "x/y", "日本"])
  func `a bad location is refused and makes no group`(location: String) throws {
    let world = try World()
    let before = world.store.contents
    refused(.argumentValue) {
      _ = try world.azure.resourceGroup("group", location: location, world.context)
    }
    #expect(world.store.contents == before)
  }
}
