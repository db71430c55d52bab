import Testing

@testable import AzureModel

@Suite struct ScopeTests {
  private static let subscription = "/subscriptions/8f1f3c1e-0000-4000-8000-000000000001"
  private static let vault =
    subscription + "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"

  /// Each contains those after it.
  private static let chain = [
    "/", subscription, subscription + "/resourceGroups/rg", vault, vault + "/keys/k",
  ]

  @Test func `a scope contains itself and what lies under it, and nothing above`() throws {
    let chain = Self.chain.map { Scope(known: $0) }
    for (i, outer) in chain.enumerated() {
      for (j, inner) in chain.enumerated() { #expect(outer.contains(inner) == (i <= j)) }
    }
  }

  @Test(arguments: [
    (subscription, subscription + "1"),
    (subscription + "/resourceGroups/rg", subscription + "/resourceGroups/rg2/x"),
    (vault, vault + "2"), (vault, vault + "-2/keys/k"), (vault + "/keys/k", vault + "/keys/k2"),
    (vault + "/keys/k", vault + "/secrets/k"),
  ])
  func `a longer name is not a place below`(outer: String, inner: String) {
    #expect(!Scope(known: outer).contains(Scope(known: inner)))
    #expect(!Scope(known: inner).contains(Scope(known: outer)))
  }

  @Test func `letter case does not count`() throws {
    let upper = try Scope(parsing: Self.vault.uppercased())
    #expect(upper == Scope(known: Self.vault) && upper.contains(Scope(known: Self.vault)))
    #expect(upper.hashValue == Scope(known: Self.vault).hashValue)
    #expect(upper.description == Self.vault.uppercased())
  }

  @Test func `its parts are read off`() throws {
    let scope = try Scope(parsing: Self.vault + "/")
    #expect(scope.description == Self.vault)
    #expect(scope.subscriptionID == "8f1f3c1e-0000-4000-8000-000000000001")
    #expect(scope.resourceGroup == "rg" && scope.managementGroup == nil)
    #expect(Scope.root.subscriptionID == nil && Scope.root.resourceGroup == nil)
    let group = try Scope(parsing: "/providers/Microsoft.Management/managementGroups/MG")
    #expect(group.managementGroup == "mg" && group.subscriptionID == nil)
  }

  @Test(arguments: [
    "", "subscriptions/x", "//", "/a//b", "/a b", "/a\nb", "/ü", "MyKeyVault",
    "https://kv.vault.azure.net/", "/" + String(repeating: "a", count: 2048),
  ])
  func `what is no path is refused`(text: String) {
    refused(.argumentValue) { _ = try Scope(parsing: text) }
  }

  @Test(arguments: UInt64(0)..<100)
  func `containing is being a prefix by whole segments`(seed: UInt64) {
    let random = SeededIdentifiers(seed: seed)
    func path() -> [String] {
      let bytes = random.identifierBytes()
      return bytes.prefix(Int(bytes[15]) % 5).map { ["a", "ab", "B"][Int($0) % 3] }
    }
    let (outer, inner) = (path(), path())
    let expected = inner.map { $0.lowercased() }.starts(with: outer.map { $0.lowercased() })
    let scopes = [outer, inner].map { Scope(known: "/" + $0.joined(separator: "/")) }
    #expect(scopes[0].contains(scopes[1]) == expected)
  }
}
