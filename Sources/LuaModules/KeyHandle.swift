internal import AzureModel
internal import CryptoEngine
internal import FoundationEssentials
internal import LuaRuntime
internal import WorkspaceStore

/// A live handle to one version of a key.
final class KeyHandle: LuaObject {
  let session: Session
  /// Full identifier, version included.
  let kid: KeyID

  init(_ kid: KeyID, _ session: Session) {
    self.kid = kid
    self.session = session
  }

  /// What the handle stands for, as the vault tells the caller.
  ///
  /// - Throws: `key.not_found` once it is gone, `key.disabled` as the service refuses even get.
  func key() throws -> Key { try session.azure.key(kid, context: session.context()) }

  /// What the workspace keeps of it, whatever a caller may do with it.
  ///
  /// - Throws: `key.not_found` once it is gone.
  func record() throws -> Key {
    _ = try vault()
    if let key = try session.azure.findKey(kid) { return key }
    return try key()
  }

  /// The vault it lies in.
  func vault() throws -> Vault { try session.azure.vault(named: kid.vault) }
}

extension LuaClass<KeyHandle> {
  /// The class of key handles.
  static func key(_ session: Session) -> LuaClass<KeyHandle> {
    LuaClass("key", "One version of a key.") { type in
      type.describe = { "key \($0.kid)" }
      type.isEqual = { $0.kid == $1.kid }
      type.card = { handle in
        try handle.record().card(now: session.workspace.now(), uses: session.uses(of: handle.kid))
      }
      type.row = { try $0.record().row }
      type.keyFields()
      type.keyMaterialFields()
      type.keyLife(session)
      type.keyRotation(session)
      type.keyCiphers(session)
      type.keySignatures(session)
    }
  }

  private func keyFields() {
    field("kid", "Full identifier, version included.") { .string(try $0.record().kid.description) }
    field("name", "Name as created.") { .string(try $0.record().name) }
    field("version", "32 hex digits.") { .string(try $0.record().version) }
    field("vault", "The vault it lies in.") { .object(VaultHandle($0.kid.vault, $0.session)) }
    field("key_ops", "Operations the key permits.") {
      .array(try $0.record().operations.map { .string($0.rawValue) })
    }
    field("enabled", "Whether it can be used.") { .boolean(try $0.record().isEnabled) }
    field("not_before", "Time before which it does not encrypt.") {
      .optional(try $0.record().notBefore.map { .string($0.rfc3339) })
    }
    field("expires", "Time from which it does not encrypt.") {
      .optional(try $0.record().expires.map { .string($0.rfc3339) })
    }
    field("created", "Time of creation.") { .string(try $0.record().created.rfc3339) }
    field("updated", "Time of the last change.") { .string(try $0.record().updated.rfc3339) }
    field("recovery_level", "How it can come back once deleted.") {
      _ = try $0.record()
      return .string(try $0.vault().recoveryLevel)
    }
    field("recoverable_days", "For how many days it can come back once deleted.") {
      _ = try $0.record()
      return .integer(Int64(try $0.vault().softDeleteRetentionInDays))
    }
    field("tags", "Text by name.") {
      .table(
        Dictionary(
          uniqueKeysWithValues: try $0.record().tags.map { (LuaKey($0), LuaValue.string($1)) }
        )
      )
    }
  }

  private func keyMaterialFields() {
    field("kty", "Key type.") { .string(try $0.record().type.rawValue) }
    field("size", "Bits of the modulus, or of the curve.") {
      .integer(Int64(try $0.record().bitCount))
    }
    field("curve", "Name of the curve, for an EC key.") {
      guard case .ec(let curve, _, _) = try $0.record().publicNumbers else { return .nil }
      return .string(curve.rawValue)
    }
    field("n", "Modulus of an RSA key, big-endian bytes.") {
      guard case .rsa(let modulus, _) = try $0.record().publicNumbers else { return .nil }
      return .bytes([UInt8](modulus))
    }
    field("e", "Public exponent of an RSA key, big-endian bytes.") {
      guard case .rsa(_, let exponent) = try $0.record().publicNumbers else { return .nil }
      return .bytes([UInt8](exponent))
    }
    field("x", "First coordinate of an EC key, big-endian bytes.") {
      guard case .ec(_, let x, _) = try $0.record().publicNumbers else { return .nil }
      return .bytes([UInt8](x))
    }
    field("y", "Second coordinate of an EC key, big-endian bytes.") {
      guard case .ec(_, _, let y) = try $0.record().publicNumbers else { return .nil }
      return .bytes([UInt8](y))
    }
  }
}
