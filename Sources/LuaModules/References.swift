internal import AzureModel
internal import LuaRuntime

/// How an option names a thing: by handle, by name or by full id.
extension Session {
  /// Reads a vault's name off a handle, a name or an ARM id.
  func vaultName(_ value: LuaValue) throws -> String {
    switch value {
    case .object(let handle as VaultHandle): handle.name
    case .object(let handle as DeletedVaultHandle): handle.name
    default: try text(value, "a vault").lastPathComponent
    }
  }

  static let vaultPlaceOptions: [LuaOption] = [
    .required("name", .string, "name as created").naming(.vaults),
    .optional("resource_group", .string, "where it must lie").naming(.resourceGroups),
  ]

  /// Finds a vault, as the control plane tells, by handle, name, ARM id, or
  /// `{ name, resource_group? }`.
  ///
  /// - Throws: `vault.not_found`, `resource_group.not_found`, `access.denied`, `argument.value`.
  func findVault(_ value: LuaValue) throws -> Vault {
    if let id = value.text, id.hasPrefix("/") { return try azure.vault(id: id, context()) }
    guard case .table = value else {
      return try azure.vault(named: vaultName(value), context())
    }
    let options = try LuaOptions.checked(value, for: "vault.get", Self.vaultPlaceOptions)
    return try azure.vault(
      named: options.string("name"),
      resourceGroup: options.optionalString("resource_group"),
      context()
    )
  }

  /// Reads a key id off a handle or a kid, versioned or not.
  func keyID(_ value: LuaValue) throws -> KeyID {
    switch value {
    case .object(let handle as KeyHandle): handle.kid
    default: try KeyID(parsing: text(value, "a key"))
    }
  }

  /// Reads an identity's ARM id off a handle or a text; a bare text is passed on as it is.
  func identityID(_ value: LuaValue) throws -> String {
    switch value {
    case .object(let handle as IdentityHandle): return try handle.identity().resourceID
    default:
      let text = try text(value, "an identity")
      // A name serves too; anything else goes to the service's own check.
      return try findIdentity(text)?.resourceID ?? text
    }
  }

  /// Finds an identity by ARM id, principal id or name.
  func findIdentity(_ text: String) throws -> ManagedIdentity? {
    if text.hasPrefix("/") { return try azure.findIdentity(id: text) }
    return try azure.findIdentity(principalID: text) ?? azure.findIdentity(named: text)
  }

  /// As `findIdentity`.
  ///
  /// - Throws: `identity.not_found`.
  func identity(_ text: String) throws -> ManagedIdentity {
    if let found = try findIdentity(text) { return found }
    return try text.hasPrefix("/") ? azure.identity(id: text) : azure.identity(named: text)
  }

  /// Reads a text, naming what it should have been.
  func text(_ value: LuaValue, _ what: String) throws -> String {
    guard case .bytes(let bytes) = value, let text = String(validating: bytes, as: UTF8.self) else {
      throw LuaError(
        code: "argument.type",
        message: "expected \(what): a handle, a name or an id, got \(value.typeName)"
      )
    }
    // What follows would repeat it in a message. A blank is looked for first, since no name has one.
    guard !bytes.contains(UInt8(ascii: " ")) || !text.contains("-----BEGIN ") else {
      throw LuaError(
        code: "argument.value",
        message: "expected \(what): a handle, a name or an id, got PEM text",
        hint: "key.import takes a key in, etcd.audit takes keys = { [kid] = pem }"
      )
    }
    return text
  }
}

extension String {
  /// What follows the last slash: the name in an ARM id, a bare name as it is.
  fileprivate var lastPathComponent: String {
    lastIndex(of: "/") == nil ? self : split(separator: "/").last.map { String($0) } ?? self
  }
}

extension Session {
  static let keyNameOptions: [LuaOption] = [
    vaultNameOption, .required("name", .string, "name of the key").naming(.keyNames),
    .optional("version", .string, "one generation of it", default: .words("the newest")),
  ]

  /// Reads the id of a key off a kid, a handle, or `{ vault_name, name, version? }`.
  ///
  /// - Throws: `key.id_invalid`, `argument.value`.
  func namedKey(_ value: LuaValue) throws -> KeyID {
    guard case .table = value else { return try keyID(value) }
    let options = try LuaOptions.checked(value, for: "key.at", Self.keyNameOptions)
    return try KeyID(
      vaultName: vaultName(options.value("vault_name")),
      name: options.string("name"),
      version: options.optionalString("version")
    )
  }

  /// Finds a key by kid, handle, or `{ vault_name, name, version? }`.
  ///
  /// - Throws: `key.not_found`, and what the service refuses a get with.
  func findKey(_ value: LuaValue) throws -> Key {
    guard case .table = value else {
      let kid = try keyID(value)
      return try call { azure, context in try azure.key(kid, context: context) }
    }
    let options = try LuaOptions.checked(value, for: "key.get", Self.keyNameOptions)
    let vault = try vaultName(options.value("vault_name"))
    return try call { azure, context in
      try azure.key(
        vault: vault,
        name: options.string("name"),
        version: options.optionalString("version"),
        context: context
      )
    }
  }
}
