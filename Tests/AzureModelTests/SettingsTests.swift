import AzureModel
import Foundation
import Testing

@Suite struct SettingsTests {
  @Test func `every setting has its own name, a text and a default of its type`() throws {
    let names = Settings.table.map(\.name)
    #expect(Set(names).count == names.count && names.count >= 3)
    for setting in Settings.table {
      #expect(setting.name.wholeMatch(of: /[a-z][a-z_]*/) != nil)
      #expect(!setting.summary.isEmpty && !setting.type.isEmpty)
      let world = try World()
      try world.azure.set(setting.name, to: setting.defaultValue)
      #expect(try world.azure.settings() == Settings())
    }
  }

  @Test(arguments: [
    ("vault_rbac_default", Setting.Value.boolean(true)),
    ("role_propagation", .text("PT10M")), ("policy_all", .text("classic")),
  ])
  func `what is set is kept, and nil brings the default back`(
    name: String,
    value: Setting.Value
  ) throws {
    let world = try World()
    let setting = try #require(Settings.table.first { $0.name == name })
    try world.azure.set(name, to: value)
    #expect(setting.read(try Azure(store: world.store).settings()) == value)
    try world.azure.set(name, to: nil)
    #expect(try world.azure.settings() == Settings())
  }

  @Test(arguments: [
    ("vault_rbac_default", Setting.Value.text("yes")), ("vault_rbac_default", .integer(1)),
    ("role_propagation", .text("10 minutes")), ("role_propagation", .integer(600)),
    ("role_propagation", .text("")), ("policy_all", .text("Classic")), ("nothing", .boolean(true)),
  ])
  func `a value of another type is refused and changes nothing`(
    name: String,
    value: Setting.Value
  ) throws {
    let world = try World()
    try world.azure.set("vault_rbac_default", to: .boolean(true))
    let before = world.store.contents
    refused(.argumentValue) { try world.azure.set(name, to: value) }
    #expect(world.store.contents == before)
  }

  @Test func `a setting goes with the transaction that fails`() throws {
    struct Failure: Error {}
    let world = try World()
    #expect(throws: Failure.self) {
      try world.store.transaction {
        try world.azure.set("vault_rbac_default", to: .boolean(true))
        #expect(try world.azure.settings().vaultRBACDefault)
        throw Failure()
      }
    }
    #expect(try !world.azure.settings().vaultRBACDefault)
  }

  @Test(arguments: [(false, nil, false), (true, nil, true), (true, false, false)])
  func `a vault uses RBAC as told, else as the setting has it (R112)`(
    setting: Bool,
    option: Bool?,
    expected: Bool
  ) throws {
    let world = try World()
    try world.azure.set("vault_rbac_default", to: .boolean(setting))
    let vault = try world.vault { $0.enableRBACAuthorization = option }
    #expect(vault.enableRBACAuthorization == expected)
    #expect(vault.accessPolicies.isEmpty == expected)
  }

  @Test func `every setting stands in the README as the table has it`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let lines = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
      .split(separator: "\n")
    for setting in Settings.table {
      let value = "\(setting.defaultValue)".replacing("'", with: "")
      let row = "| `\(setting.name)` | `\(value)` | \(setting.summary) |"
      #expect(lines.contains(Substring(row)), "the README lacks: \(row)")
    }
  }
}
