import FoundationEssentials
import Testing

@testable import AzureModel

@Suite struct AssignmentStoreTests {
  @Test func `what is deleted loses the assignments at it and under it, no others`() throws {
    let world = try World()
    let vault = try world.vault("kv1")
    let ada = try world.user().objectID
    let others = [try world.vault("kv1-2"), try world.vault("kv12")].map(\.resourceID)
    let under = [vault.resourceID, vault.resourceID + "/keys/a", vault.resourceID + "/keys/b"]
    for scope in under + others { try world.assign("Reader", to: ada, at: scope) }
    let scope = Scope(known: vault.resourceID.uppercased())
    #expect(try world.azure.assignments(under: scope).map(\.scope.description) == under)
    try world.azure.removeAssignments(under: scope, at: world.context.now)
    #expect(try world.azure.assignments(under: scope).isEmpty)
    let left = try world.azure.listRoleAssignments(principalID: ada, context: world.context)
    #expect(Set(left.map(\.scope.description)) == Set(others))
  }

  @Test func `more assignments than one page are found and removed`() throws {
    let world = try World()
    let vault = try world.vault()
    for n in 0..<250 {
      let id = String(String(n + 1_000_000_000_000).dropFirst())
      try world.assign(
        "Reader",
        to: "00000000-0000-4000-8000-\(id)",
        at: vault.resourceID,
        type: .user
      )
    }
    let scope = Scope(known: vault.resourceID)
    #expect(try world.azure.assignments(at: scope).count == 250)
    try world.azure.removeAssignments(under: scope, at: world.context.now)
    #expect(try world.azure.assignments(under: scope).isEmpty)
    let id = world.account.subscriptionID
    #expect(try world.store.find(RoleAssignmentCount.self, id: id)?.count == 1)
  }

  @Test func `a subscription takes 4,000 assignments, removed ones not counted`() throws {
    let world = try World()
    let vault = try world.vault()
    let id = world.account.subscriptionID
    try world.store.put(RoleAssignmentCount(id: id, count: 3999))
    let ada = try world.user().objectID
    try world.assign("Reader", to: ada, at: vault.resourceID)
    let before = world.store.contents
    let error = refused(.roleRefused) { try world.assign("Owner", to: ada, at: vault.resourceID) }
    #expect(error?.azureCode == "RoleAssignmentLimitExceeded" && error?.status == 400)
    #expect(error?.message == "No more role assignments can be created.")
    #expect(world.store.contents == before)
    try world.azure.revokeRole(
      role: "Reader",
      principalID: ada,
      scope: vault.resourceID,
      context: world.context
    )
    try world.assign("Owner", to: ada, at: vault.resourceID)
  }

  /// Random assignments, and a plain list of them: the same grants after each step.
  @Test(arguments: UInt64(0)..<25)
  func `the store agrees with a plain list of assignments`(seed: UInt64) throws {
    let world = try World(seed: seed)
    let random = SeededIdentifiers(seed: seed ^ 0xABCD)
    let vaults = try ["kv1", "kv1-a"].map { try world.vault($0).resourceID }
    let scopes = [world.subscription] + vaults + vaults.map { $0 + "/keys/k" }
    let users = try ["a", "b"].map { try world.user("\($0)@contoso.onmicrosoft.com") }
    let roles = ["Reader", "Key Vault Crypto User", "Key Vault Administrator"]
    var expected: Set<[String]> = []
    for _ in 0..<60 {
      let bytes = random.identifierBytes()
      func pick<T>(_ list: [T], _ n: Int) -> T { list[Int(bytes[n]) % list.count] }
      let (scope, user, role) = (pick(scopes, 0), pick(users, 1).objectID, pick(roles, 2))
      if bytes[3] < 160 {
        let options = RoleAssignmentOptions(role: role, principalID: user, scope: scope)
        try world.azure.assignRole(options, context: world.context)
        expected.insert([scope, user, role])
      } else if bytes[3] < 220, expected.remove([scope, user, role]) != nil {
        try world.azure.revokeRole(
          role: role,
          principalID: user,
          scope: scope,
          context: world.context
        )
      } else if bytes[3] >= 250 {
        try world.azure.removeAssignments(under: Scope(known: vaults[0]), at: world.context.now)
        expected = expected.filter { !$0[0].hasPrefix(vaults[0] + "/") && $0[0] != vaults[0] }
      }
      let found = try world.azure.listRoleAssignments(context: world.context)
        .filter { users.map(\.objectID).contains($0.principalID) }
        .map { [$0.scope.description, $0.principalID, RoleDefinition.find($0.roleID)?.name ?? ""] }
      #expect(Set(found) == expected && found.count == expected.count)
      for user in users {
        for vault in vaults {
          let granted =
            try world.azure.denial(
              of: "keys/encrypt/action",
              on: world.azure.vault(named: vault.hasSuffix("-a") ? "kv1-a" : "kv1"),
              key: "K",
              world.seen(by: user)
            ) == nil
          let wanted = expected.contains {
            $0[1] == user.objectID && $0[2] != "Reader"
              && [world.subscription, vault, vault + "/keys/k"].contains($0[0])
          }
          #expect(granted == wanted)
        }
      }
    }
  }
}
