import AzureModel
import Testing

@Suite struct KeyIDTests {
  private let version = "8a06cfbb62aa4bf3b4650d1026ede271"

  @Test func `an id falls into its parts`() throws {
    let kid = try KeyID(parsing: "https://MyKeyVault.vault.azure.net/keys/MyKeyName/\(version)")
    #expect(kid.vault == "mykeyvault")
    #expect(kid.host == "mykeyvault.vault.azure.net")
    #expect(kid.name == "MyKeyName")
    #expect(kid.version == version)
    #expect(kid.description == "https://mykeyvault.vault.azure.net/keys/MyKeyName/\(version)")
    #expect(kid.unversioned.description == "https://mykeyvault.vault.azure.net/keys/MyKeyName")
  }

  @Test func `letter case does not make another id`() throws {
    let kid = try KeyID(parsing: "https://kv1.vault.azure.net/keys/k/\(version)")
    let other = try KeyID(parsing: "HTTPS://KV1.VAULT.AZURE.NET/KEYS/K/\(version.uppercased())")
    #expect(kid == other)
    #expect(Set([kid, other]).count == 1)
    #expect(kid != kid.unversioned)
    #expect(try KeyID(parsing: "https://kv1.vault.azure.net/keys/k/") == kid.unversioned)
    #expect(try KeyID(vaultName: "Kv1", name: "k", version: version) == kid)
  }

  @Test(
    arguments: [
      "", "MyKeyName", "http://kv1.vault.azure.net/keys/k", "https://",
      "https://kv1.vault.azure.net",
      "https://kv1.vault.azure.net/keys", "https://kv1.vault.azure.net/keys/",
      "https://kv1.vault.azure.net/secrets/k", "https://kv1.vault.azure.cn/keys/k",
      "https://vault.azure.net/keys/k", "https://evil.com/kv1.vault.azure.net/keys/k",
      "https://a.kv1.vault.azure.net/keys/k", "https://kv1.vault.azure.net:443/keys/k",
      "https://kv1.vault.azure.net/keys/a_b", "https://kv1.vault.azure.net/keys/k/latest",
      "https://kv1.vault.azure.net/keys/k//", "https://kv1.vault.azure.net//keys/k",
      "https://kv1.vault.azure.net/keys/k/8a06cfbb62aa4bf3b4650d1026ede271/",
      "https://kv1.vault.azure.net/keys/k/8a06cfbb62aa4bf3b4650d1026ede27",
      "https://kv1.vault.azure.net/keys/k/8a06cfbb62aa4bf3b4650d1026ede27g",
      "https://kv1.vault.azure.net/keys/k?x=1", " https://kv1.vault.azure.net/keys/k",
      "https://kv1.vault.azure.net/keys/k\n",
      "https://kv1.vault.azure.net/keys/" + String(repeating: "k", count: 128),
    ])
  func `what is no id is refused`(text: String) {
    refused(.keyIDInvalid) { _ = try KeyID(parsing: text) }
  }

  @Test func `a text without end is refused`() {
    let text = "https://kv1.vault.azure.net/keys/" + String(repeating: "k", count: 100_000)
    #expect(throws: AzureError.self) { try KeyID(parsing: text) }
  }
}
