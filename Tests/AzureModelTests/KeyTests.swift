import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

@Suite struct KeyTests {
  @Test func `a new key is RSA 2048, enabled, for every operation`() throws {
    let world = try World()
    try world.vault()
    let key = try world.azure.createKey(
      KeyOptions(vault: "MyKeyVault", name: "MyKeyName"),
      context: world.context
    )
    #expect(key.kid.description.hasPrefix("https://mykeyvault.vault.azure.net/keys/MyKeyName/"))
    #expect(key.version.count == 32)
    #expect(key.type == .rsa)
    #expect(key.bitCount == 2048)
    guard case .rsa(let modulus, let exponent) = key.publicNumbers else {
      Issue.record("no RSA key")
      return
    }
    #expect(modulus.count == 256 && Array(exponent) == [1, 0, 1])
    #expect(
      key.operations.map(\.rawValue)
        == ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"]
    )
    #expect(key.isEnabled)
    #expect(key.notBefore == nil && key.expires == nil)
    #expect(key.created == world.context.now && key.updated == key.created)
  }

  @Test func `the same name again is a new version and the old one stays`() throws {
    let world = try World()
    try world.vault()
    let first = try world.key()
    let second = try world.key("mykeyname")
    #expect(second.kid.name == "MyKeyName")
    #expect(first.version != second.version)
    #expect((first.number, second.number) == (1, 2))
    #expect(try world.azure.key(first.kid, context: world.context) == first)
    #expect(try world.azure.key(first.kid.unversioned, context: world.context) == second)
    #expect(
      try world.azure.key(vault: "MYKEYVAULT", name: "MYKEYNAME", context: world.context) == second
    )
    let versions = try world.azure.listVersions(of: second.kid, context: world.context)
    #expect(versions == [first, second].sorted { $0.version < $1.version })
  }

  @Test func `the latest version is the newest, enabled or not`() throws {
    let world = try World()
    try world.vault()
    let first = try world.key()
    try world.key { $0.isDisabled = true }
    refused(.keyDisabled) {
      _ = try world.azure.key(first.kid.unversioned, context: world.context)
    }
  }

  @Test(arguments: ["", "a_b", "a/b", "ключ", "a b", String(repeating: "k", count: 128)])
  func `a bad key name is refused`(name: String) throws {
    let world = try World()
    try world.vault()
    let before = world.store.contents
    let error = refused(.argumentValue) {
      try world.azure.createKey(
        KeyOptions(vault: "MyKeyVault", name: name),
        context: world.context
      )
    }
    #expect(error?.azureCode == "BadParameter")
    refused(.argumentValue) { try world.key(name) }
    refused(.argumentValue) {
      _ = try world.azure.key(vault: "MyKeyVault", name: name, context: world.context)
    }
    #expect(world.store.contents == before)
  }

  @Test func `a body outside the rules is refused and leaves nothing`() throws {
    let world = try World()
    try world.vault()
    let before = world.store.contents
    let long = String(repeating: "t", count: 257)
    let tags = Dictionary(uniqueKeysWithValues: (0..<16).map { ("t\($0)", "") })
    let changes: [(inout KeyOptions) -> Void] = [
      { $0.ops = ["wrap"] }, { $0.tags = tags }, { $0.tags = [long: ""] },
      { $0.tags = ["": long] }, { $0.expires = Date(timeIntervalSince1970: -1) },
      { $0.notBefore = Date(timeIntervalSince1970: 253_402_300_800) },
    ]
    for change in changes {
      var options = KeyOptions(vault: "MyKeyVault", name: "k")
      change(&options)
      let error = refused(.argumentValue) {
        try world.azure.createKey(options, context: world.context)
      }
      #expect(error?.azureCode == "BadParameter" && error?.status == 400)
    }
    #expect(world.store.contents == before)
  }

  @Test func `an unknown key or version is not found`() throws {
    let world = try World()
    try world.vault()
    let kid = try KeyID(vaultName: "MyKeyVault", name: "nope")
    let error = refused(.keyNotFound) { _ = try world.azure.key(kid, context: world.context) }
    #expect(error?.status == 404)
    #expect(
      error?.message
        == "A key with (name/id) nope was not found in this key vault. If you recently deleted "
        + "this key you may be able to recover it using the correct recovery command. For help "
        + "resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
    )
    try world.key()
    let version = String(repeating: "0", count: 32)
    let other = try KeyID(vaultName: "MyKeyVault", name: "MyKeyName", version: version)
    let missing = refused(.keyNotFound) { _ = try world.azure.key(other, context: world.context) }
    #expect(missing?.message.contains("(name/id) MyKeyName/\(version) was") == true)
    #expect(try world.azure.findKey(other, context: world.context) == nil)
    #expect(try world.azure.findKey(other) == nil)
    refused(.keyNotFound) { _ = try world.azure.listVersions(of: kid, context: world.context) }
    refused(.keyNotFound) { try world.azure.updateKey(other, KeyChanges(), context: world.context) }
  }

  @Test func `keys are listed by name, page by page, disabled ones too`() throws {
    let world = try World()
    try world.vault()
    try world.vault("other-vault")
    for name in ["c", "A", "b"] { try world.key(name) { $0.isDisabled = name == "b" } }
    try world.key("b2") { $0.vault = "other-vault" }
    let page = try world.azure.listKeys(vault: "MyKeyVault", limit: 2, context: world.context)
    #expect(page.map(\.name) == ["A", "b"])
    let rest = try world.azure.listKeys(
      vault: "MyKeyVault",
      after: "B",
      limit: 2,
      context: world.context
    )
    #expect(rest.map(\.name) == ["c"])
    for limit in [0, -1, 26] {
      refused(.argumentValue) {
        _ = try world.azure.listKeys(vault: "MyKeyVault", limit: limit, context: world.context)
      }
    }
  }

  @Test func `a page has 25 keys or versions, and the pages have all`() throws {
    let world = try World()
    try world.vault()
    for number in 0..<60 { try world.key("k\(number)") }
    for _ in 0..<30 { try world.key("versions") }
    var names: [String] = []
    while true {
      let page = try world.azure.listKeys(
        vault: "MyKeyVault",
        after: names.last,
        context: world.context
      )
      #expect(page.count == min(25, 61 - names.count))
      names += page.map(\.name)
      if page.count < 25 { break }
    }
    #expect(names == names.sorted() && Set(names).count == 61)
    let kid = try KeyID(vaultName: "MyKeyVault", name: "versions")
    let first = try world.azure.listVersions(of: kid, context: world.context)
    let rest = try world.azure.listVersions(
      of: kid,
      after: first.last?.version,
      context: world.context
    )
    #expect((first.count, rest.count) == (25, 5))
    #expect(Set((first + rest).map(\.number)) == Set(1...30))
  }

  @Test func `an update changes what it names and nothing else`() throws {
    let world = try World()
    try world.vault()
    let key = try world.key { $0.tags = ["a": "1"] }
    let end = world.context.now + 1000.75
    let changed = try world.azure.updateKey(
      key.kid,
      KeyChanges(expires: end, ops: ["decrypt", "decrypt"]),
      context: world.later(60)
    )
    #expect(changed.expires == world.context.now + 1000)
    #expect(changed.operations == [.decrypt])
    #expect(changed.tags == ["a": "1"])
    #expect(changed.isEnabled && changed.notBefore == nil)
    #expect(changed.updated == world.context.now + 60 && changed.created == key.created)
    let again = try world.azure.updateKey(
      key.kid.unversioned,
      KeyChanges(tags: [:]),
      context: world.context
    )
    #expect(again.tags.isEmpty && again.expires == changed.expires)
  }

  @Test func `a refused update changes nothing`() throws {
    let world = try World()
    try world.vault()
    let key = try world.key()
    let before = world.store.contents
    refused(.argumentValue) {
      try world.azure.updateKey(
        key.kid,
        KeyChanges(isEnabled: false, ops: ["nope"]),
        context: world.context
      )
    }
    #expect(world.store.contents == before)
  }

  @Test func `the private part is stored sealed only`() throws {
    let world = try World()
    try world.vault()
    try world.key()
    let pkcs8 = try Material.get().pkcs8()
    let middle = pkcs8.withUnsafeBytes { Data($0.dropFirst(300).prefix(300)) }
    let text = world.store.contents.values.joined()
    #expect(!text.contains(middle.base64EncodedString()))
  }
}
