internal import EncryptionAtRest
internal import LuaRuntime

/// How a value lies in etcd, taken apart.
struct StoredShape {
  let stored: [UInt8]
  let provider: StoredProvider
  private var prefix: [UInt8] = []
  private var object: EncryptedObject?

  /// Takes a value apart.
  ///
  /// - Throws: `envelope.invalid`.
  init(_ stored: [UInt8]) throws {
    self.stored = stored
    provider = StoredProvider(classifying: stored)
    guard provider == .kmsV2, let name = StoredProvider.name(in: stored) else { return }
    prefix = KMSv2Provider.prefix(name: name)
    object = try EncryptedObject(parsing: stored, from: prefix.count)
  }

  /// What the bytes tell without any key.
  var members: [LuaKey: LuaValue] {
    var members: [LuaKey: LuaValue] = [
      "bytes": .bytes(stored),
      "provider": .string(provider == .kmsV1 || provider == .kmsV2 ? "kms" : provider.rawValue),
    ]
    if provider == .kmsV1 { members["kms_version"] = "v1" }
    guard let object else { return members }
    members["kms_version"] = "v2"
    members["prefix"] = .bytes(prefix)
    members["key_id"] = .string(object.source.keyID)
    members["encrypted_dek_source"] = .bytes(object.source.ciphertext)
    members["dek_source_type"] = .string(object.sourceType.name)
    members["annotations"] = .table(
      Dictionary(
        uniqueKeysWithValues: object.source.annotations.map {
          (LuaKey($0), LuaValue.bytes($1))
        }
      )
    )
    guard let parts = object.parts else { return members }
    members["info"] = .optional(parts.info.map { .bytes([UInt8]($0)) })
    members["nonce"] = .bytes([UInt8](parts.nonce))
    members["tag"] = .bytes([UInt8](parts.tag))
    members["ciphertext_length"] = .integer(Int64(parts.ciphertext.count))
    return members
  }

  /// A value of a known object, with what the object's server can tell of it.
  static func luaValue(_ entry: StoredEntry, plaintext: [UInt8]?) throws -> LuaValue {
    var members = try StoredShape(entry.value).members
    members["etcd_key"] = .string(entry.key)
    members["revision"] = .integer(entry.modRevision)
    members["plaintext_length"] = .optional(plaintext.map { .integer(Int64($0.count)) })
    return .table(members)
  }
}
