internal import AzureModel
internal import CryptoEngine
internal import FoundationEssentials
internal import LuaRuntime
internal import WorkspaceStore

extension LuaClass<KeyHandle> {
  /// The class of key handles.
  static func key(_ session: Session) -> LuaClass<KeyHandle> {
    LuaClass("key", "One version of a key.") { type in
      type.describe = { "key \($0.kid)" }
      type.isEqual = { $0.kid == $1.kid }
      type.card = { try $0.record().card(now: session.workspace.now()) }
      type.row = { try $0.record().row }
      type.keyFields()
      type.method("versions", "Returns all versions, oldest first.", returns: "array of keys") {
        handle,
        _ in
        .array(
          try session.azure.versions(of: handle.kid, context: session.context()).map {
            .object(KeyHandle($0.kid, session))
          }
        )
      }
      type.method(
        "update",
        "Changes attributes of this version; what is left out stays.",
        options: [
          .optional("enabled", .boolean, "whether it can be used", az: "--enabled"),
          .optional("expires", .string, "time from which it does not encrypt", az: "--expires"),
          .optional("not_before", .string, "time before which it does not encrypt"),
          .optional("ops", .strings, "operations the key permits", az: "--ops"),
          .optional("tags", .table, "replaces all tags", az: "--tags"),
        ],
        returns: "key"
      ) { handle, call in
        let options = try call.options()
        _ = try session.azure.updateKey(
          handle.kid,
          KeyChanges(
            isEnabled: options.optionalBoolean("enabled"),
            expires: options.optionalDate("expires"),
            notBefore: options.optionalDate("not_before"),
            ops: options.contains("ops") ? options.strings("ops") : nil,
            tags: options.optionalTags("tags")
          ),
          context: session.context()
        )
        return .object(handle)
      }
      type.method(
        "encrypt",
        "Encrypts bytes in the vault.",
        options: cipherOptions,
        returns: "{ kid, algorithm, value }"
      ) { handle, call in
        let options = try call.options()
        let sealed = try session.azure.encrypt(
          handle.kid,
          algorithm: EncryptionAlgorithm(rawValue: options.string("algorithm")),
          value: SecretBytes(copying: options.bytes("value")),
          context: session.context()
        )
        return .table([
          "kid": .string(sealed.kid.description),
          "algorithm": .string(sealed.algorithm.rawValue), "value": .bytes(sealed.value),
        ])
      }
      type.method(
        "decrypt",
        "Decrypts bytes in the vault.",
        options: cipherOptions,
        returns: "{ kid, algorithm, value }"
      ) { handle, call in
        let options = try call.options()
        let opened = try session.azure.decrypt(
          handle.kid,
          algorithm: EncryptionAlgorithm(rawValue: options.string("algorithm")),
          value: options.bytes("value"),
          context: session.context()
        )
        return .table([
          "kid": .string(opened.kid.description),
          "algorithm": .string(opened.algorithm.rawValue),
          "value": .bytes(opened.value.withUnsafeBytes { [UInt8]($0) }),
        ])
      }
    }
  }

  private func keyFields() {
    field("kid", "Full identifier, version included.") { .string(try $0.record().kid.description) }
    field("name", "Name as created.") { .string(try $0.record().kid.name) }
    field("version", "32 hex digits.") { .string(try $0.record().version) }
    field("vault", "The vault it lies in.") {
      .object(VaultHandle($0.kid.vault, $0.session))
    }
    field("kty", "Key type.") { .string(try $0.record().type.rawValue) }
    field("size", "Bits of the modulus.") { .integer(Int64(try $0.record().bitCount)) }
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
    field("n", "Modulus, big-endian bytes.") { .bytes([UInt8](try $0.record().modulus)) }
    field("e", "Public exponent, big-endian bytes.") { .bytes([UInt8](try $0.record().exponent)) }
  }
}

/// Options of the cryptographic operations.
private let cipherOptions: [LuaOption] = [
  .required("algorithm", .string, "RSA-OAEP-256, RSA-OAEP or RSA1_5", az: "--algorithm"),
  .required("value", .secret, "bytes", az: "--value"),
]
