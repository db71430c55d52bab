import AzureModel
import FoundationEssentials
import Testing

@Suite struct DirectoryTests {
  @Test func `users and service principals are found by their ids and names`() throws {
    let world = try World()
    let azure = world.azure
    let ada = try azure.createUser(
      name: "Ada@contoso.onmicrosoft.com",
      displayName: "Ada Lovelace",
      context: world.context
    )
    let app = try azure.createServicePrincipal(displayName: "deploy", context: world.context)
    #expect(ada.kind == .user && app.kind == .servicePrincipal)
    #expect(ada.tenantID == world.account.tenantID && app.tenantID == ada.tenantID)
    for principal in [ada, app] {
      #expect(try azure.principal(objectID: principal.objectID.uppercased()) == principal)
      #expect(try azure.findPrincipal(named: principal.name.uppercased()) == principal)
    }
    #expect(try azure.findPrincipal(named: app.applicationID) == app)
    #expect(try azure.describeObject(app.applicationID) == .application(of: app))
    #expect(try azure.displayName(of: ada) == "Ada Lovelace")
    #expect(try azure.displayName(of: app) == "deploy")
    #expect(
      try Set(azure.listPrincipals().map(\.name))
        == ["learner@contoso.onmicrosoft.com", ada.name, "deploy"]
    )
  }

  @Test func `a user's name is taken once, a service principal's is not an id`() throws {
    let world = try World()
    let ada = try world.user()
    let error = refused(.principalExists) { _ = try world.user(ada.name.uppercased()) }
    #expect(
      error?.message
        == "Another object with the same value for property userPrincipalName already exists."
    )
    for _ in 1...2 {
      try world.azure.createServicePrincipal(displayName: "twin", context: world.context)
    }
    refused(.argumentValue) { _ = try world.azure.findPrincipal(named: "twin") }
  }

  @Test(arguments: [
    "", "ada", "@contoso.com", "ada@", "a@b@c", "a b@contoso.com", "ada@con toso",
    String(repeating: "a", count: 65) + "@contoso.com", "ada@" + String(repeating: "b", count: 110),
    "\u{e4}da@contoso.com",
  ])
  func `a name that no one signs in with is refused`(name: String) throws {
    let world = try World()
    let before = world.store.contents
    refused(.argumentValue) { _ = try world.user(name) }
    #expect(world.store.contents == before)
  }

  @Test(arguments: ["", "a\nb", String(repeating: "n", count: 257)])
  func `a display name has its limits`(name: String) throws {
    let world = try World()
    refused(.argumentValue) {
      try world.azure.createServicePrincipal(displayName: name, context: world.context)
    }
  }

  @Test func `only the signed-in user changes the directory`() throws {
    let world = try World()
    let ada = try world.user()
    try world.assign("Owner", to: ada.objectID, at: world.subscription)
    let context = world.seen(by: ada)
    let before = world.store.contents
    let error = refused(.accessDenied) {
      try world.azure.createUser(name: "bob@contoso.com", context: context)
    }
    #expect(error?.azureCode == "Authorization_RequestDenied" && error?.status == 403)
    refused(.accessDenied) {
      try world.azure.createServicePrincipal(displayName: "x", context: context)
    }
    refused(.accessDenied) {
      try world.azure.deletePrincipal(objectID: ada.objectID, context: context)
    }
    #expect(world.store.contents == before)
  }

  @Test func `a deleted principal is no one, and its grants help no one`() throws {
    let world = try World()
    let app = try world.azure.createServicePrincipal(displayName: "app", context: world.context)
    try world.assign("Reader", to: app.objectID, at: world.subscription)
    try world.azure.deletePrincipal(objectID: app.objectID, context: world.context)
    #expect(try world.azure.describeObject(app.objectID) == .unknown)
    #expect(try world.azure.describeObject(app.applicationID) == .unknown)
    refused(.principalNotFound) { _ = try world.azure.principal(objectID: app.objectID) }
    refused(.principalNotFound) {
      try world.azure.deletePrincipal(objectID: app.objectID, context: world.context)
    }
    let left = try world.azure.listRoleAssignments(
      principalID: app.objectID,
      context: world.context
    )
    #expect(left.count == 1)
  }

  @Test func `an identity and the signed-in user are not deleted from the directory`() throws {
    let world = try World()
    let identity = try world.identity()
    for id in [identity.principalID, world.account.signedInUser.objectID] {
      refused(.argumentValue) {
        try world.azure.deletePrincipal(objectID: id, context: world.context)
      }
    }
    refused(.principalNotFound) {
      try world.azure.deletePrincipal(objectID: identity.clientID, context: world.context)
    }
  }

  @Test func `a resource's own identity lives as long as it is given`() throws {
    let world = try World()
    let cluster =
      world.subscription + "/resourceGroups/rg/providers/Microsoft.ContainerService"
      + "/managedClusters/c1"
    let made = try world.azure.createSystemIdentity(
      of: cluster,
      name: "c1",
      context: world.context
    )
    let again = try world.azure.createSystemIdentity(
      of: cluster.uppercased(),
      name: "c1",
      context: world.context
    )
    #expect(again == made && made.kind == .servicePrincipal)
    #expect(try world.azure.findSystemIdentity(of: cluster) == made)
    #expect(try world.azure.describeObject(made.objectID) == .principal(made))
    #expect(try world.azure.describeObject(made.applicationID) == .application(of: made))
    #expect(try !world.azure.listPrincipals().contains(made))
    try world.azure.deleteSystemIdentity(of: cluster)
    try world.azure.deleteSystemIdentity(of: cluster)
    #expect(try world.azure.findSystemIdentity(of: cluster) == nil)
    #expect(try world.azure.describeObject(made.objectID) == .unknown)
  }

  @Test func `a user has the shape that az ad user show prints`() throws {
    let world = try World()
    let ada = try world.user()
    #expect(
      ada.azShape(displayName: "Ada")
        == [
          "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
          "businessPhones": [], "displayName": "Ada", "givenName": nil,
          "id": .string(ada.objectID), "jobTitle": nil, "mail": nil, "mobilePhone": nil,
          "officeLocation": nil, "preferredLanguage": nil, "surname": nil,
          "userPrincipalName": "ada@contoso.onmicrosoft.com",
        ]
    )
  }
}
