internal import EncryptionAtRest
internal import LuaRuntime

/// How a value lies in etcd, taken apart.
struct StoredShape {
  let entry: StoredEntry
  let plaintext: [UInt8]?
  let provider: StoredProvider
  private var prefixCount = 0
  private var object: EncryptedObject?

  init(_ entry: StoredEntry, plaintext: [UInt8]?) throws {
    self.entry = entry
    self.plaintext = plaintext
    provider = StoredProvider(classifying: entry.value)
    guard provider == .kmsV2, let name = StoredProvider.name(in: entry.value) else { return }
    prefixCount = "k8s:enc:kms:v2:\(name):".utf8.count
    object = try EncryptedObject(parsing: entry.value, from: prefixCount)
  }

  var luaValue: LuaValue {
    var members: [LuaKey: LuaValue] = [
      "etcd_key": .string(entry.key), "bytes": .bytes(entry.value),
      "provider": .string(provider == .kmsV1 || provider == .kmsV2 ? "kms" : provider.rawValue),
      "revision": .integer(entry.modRevision),
    ]
    members["plaintext_length"] = plaintext.map { .integer(Int64($0.count)) }
    if provider == .kmsV1 { members["kms_version"] = "v1" }
    guard let object else { return .table(members) }
    members["kms_version"] = "v2"
    members["prefix"] = .string(String(decoding: entry.value.prefix(prefixCount), as: UTF8.self))
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
    let data = object.encryptedData
    let infoCount = object.sourceType == .seed ? 32 : 0
    if data.count >= infoCount + 12 + 16 {
      if infoCount > 0 { members["info"] = .bytes(Array(data.prefix(infoCount))) }
      members["nonce"] = .bytes(Array(data[infoCount..<infoCount + 12]))
      members["tag"] = .bytes(Array(data.suffix(16)))
      members["ciphertext_length"] = .integer(Int64(data.count - infoCount - 12 - 16))
    }
    return .table(members)
  }
}
