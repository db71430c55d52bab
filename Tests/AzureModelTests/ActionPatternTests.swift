import Testing

@testable import AzureModel

@Suite struct ActionPatternTests {
  private func matches(_ pattern: String, _ action: String) -> Bool {
    ActionPattern(pattern).matches(Array(action.lowercased().utf8))
  }

  @Test(arguments: [
    ("*", "Microsoft.KeyVault/vaults/write", true), ("*", "", true),
    ("*/read", "Microsoft.KeyVault/vaults/read", true),
    ("*/read", "Microsoft.KeyVault/vaults/write", false),
    ("*/read", "Microsoft.KeyVault/vaults/secrets/readMetadata/action", false),
    ("Microsoft.KeyVault/*", "microsoft.keyvault/VAULTS/write", true),
    ("Microsoft.KeyVault/*", "Microsoft.KeyVault", false),
    ("Microsoft.KeyVault/*", "Microsoft.KeyVaults/write", false),
    ("Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/keys/encrypt/action", true),
    (
      "Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/keyrotationpolicies/read",
      false
    ),
    ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/keys/read", true),
    ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/keys/versions/read", true),
    ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/read", true),
    ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaultsread", false),
    (
      "Microsoft.Authorization/*/Write", "Microsoft.Authorization/roleAssignments/write", true
    ),
    ("Microsoft.Authorization/*/Write", "Microsoft.Authorization/write", true),
    ("a/*/b/*/c", "a/b/c", true), ("a/*/b/*/c", "a/1/b/2/3/c", true), ("a/*/b/*/c", "a/c", false),
    ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "abcd", false), ("a*b*", "aXbY", true),
    ("abc", "ABC", true), ("abc", "abcd", false), ("abcd", "abc", false), ("", "", true),
    ("", "a", false), ("**", "a/b", true), ("a.c", "abc", false), ("a?c", "abc", false),
  ])
  func `a star stands for any text, a segment of one for none too`(
    pattern: String,
    action: String,
    expected: Bool
  ) {
    #expect(matches(pattern, action) == expected)
  }

  /// What a pattern means, said once more as a regular expression.
  private func meaning(_ pattern: String) throws -> Regex<AnyRegexOutput> {
    let parts = pattern.split(separator: "/*/", omittingEmptySubsequences: false).map { part in
      part.map { $0 == "*" ? ".*" : "[\($0)]" }.joined()
    }
    return try Regex(parts.joined(separator: "/(?:.*/)?")).ignoresCase()
  }

  @Test(arguments: UInt64(0)..<200)
  func `it agrees with a regular expression on random patterns`(seed: UInt64) throws {
    let random = SeededIdentifiers(seed: seed)
    func text(_ alphabet: String, upTo count: Int) -> String {
      let letters = Array(alphabet)
      let bytes = random.identifierBytes()
      return String(
        bytes.prefix(Int(bytes[15]) % (count + 1)).map { letters[Int($0) % letters.count] }
      )
    }
    for _ in 0..<50 {
      let (pattern, action) = (text("ab/*", upTo: 8), text("aB/", upTo: 8))
      let expected = try meaning(pattern)
      #expect(
        matches(pattern, action) == (action.wholeMatch(of: expected) != nil),
        "\(pattern) \(action)"
      )
    }
  }
}
