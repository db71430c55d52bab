import Testing

@testable import AzureModel

/// What a refusal repeats of what it was given.
@Suite struct EchoTests {
  private static let word = String(repeating: "x", count: 40)

  @Test(arguments: [
    "", "MyKeyVault", word, "\(word) \(word)", "/\(word)/\(word)",
    "https://kv1.vault.azure.net/keys/MyKeyName/387967f5aa7914da707f00d324e5603b",
    "Azure Kubernetes Service RBAC Cluster Admin", "/subscriptions/s/resourceGroups/rg",
  ])
  func `names, words and paths come back as they are`(text: String) {
    #expect(text.echoed == text)
  }

  @Test(arguments: [
    word + "x", "a \(word)x", "\(word)/\(word)", "/a/\(word)x", "-----BEGIN\n\(word)",
    String(repeating: "a ", count: 513), String(repeating: "/a", count: 513),
  ])
  func `anything longer is told by its length`(text: String) {
    #expect(text.echoed == "(\(text.count) characters)")
  }
}
