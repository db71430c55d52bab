public import Foundation

/// Inputs to begin with: the golden data of the tests.
public enum Seeds {
  /// Most bytes of a seed; larger ones slow everything down.
  private static let byteCountMax = 20_000

  /// Writes a folder of inputs for each target.
  ///
  /// - Parameters:
  ///   - data: folder of the tests' data.
  ///   - folder: where the folders of the targets go.
  /// - Throws: what reading and writing files does.
  public static func write(from data: URL, into folder: URL) throws {
    let vectors = data.appending(path: "Vectors")
    let kinds = [
      "identity", "aescbc", "aesgcm", "secretbox", "kms-v1", "kms-v2-seed", "kms-v2-dek",
    ]
    for (index, kind) in kinds.enumerated() {
      let file = try json(vectors.appending(path: "\(kind).json"))
      for (number, vector) in list(file, "encrypted").enumerated() {
        guard let stored = bytes(vector["stored_b64"]) else { continue }
        // The prefix stands for itself where the first byte chooses all providers.
        try save([6] + stored, folder, "stored-value", "\(index)-\(number)")
        let prefix = vector["stored_prefix"] as? String ?? ""
        let body = Array(stored.dropFirst(prefix.utf8.count))
        try save([UInt8(min(index, 5))] + body, folder, "stored-value", "body-\(index)-\(number)")
        if kind.hasPrefix("kms-v2") { try save(body, folder, "envelope", "\(index)-\(number)") }
      }
    }
    let forms = try json(vectors.appending(path: "protobuf.json"))
    for (number, vector) in list(forms, "secrets").enumerated() {
      try save(bytes(vector["storage_protobuf_b64"]) ?? [], folder, "secret", "p\(number)")
      let text = vector["storage_json"] as? String ?? ""
      try save(Array(text.utf8), folder, "secret", "j\(number)")
    }
    let cases = try json(vectors.appending(path: "encryption-config.json"))
    for (number, vector) in list(cases, "cases").enumerated() {
      let text = vector["yaml"] as? String ?? ""
      try save(Array(text.utf8), folder, "configuration", "\(number)")
    }
    let snapshot = [UInt8](
      try Data(contentsOf: data.appending(path: "Fixtures/etcd-snapshot.db"))
    ).dropLast(32)
    try save(Array(snapshot), folder, "snapshot", "real", byteCountMax: .max)
    try save(small(), folder, "snapshot", "small")
  }

  /// A database of 512-byte pages: two metas, a leaf of two revisions, a root.
  private static func small() -> [UInt8] {
    func little(_ number: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
    func page(_ id: UInt64, _ flags: UInt16, _ count: UInt16, _ body: [UInt8]) -> [UInt8] {
      let bytes = little(id) + little(flags) + little(count) + little(UInt32(0)) + body
      return bytes + [UInt8](repeating: 0, count: 512 - bytes.count)
    }
    func element(_ position: Int, _ key: Int, _ value: Int, flags: UInt32 = 0) -> [UInt8] {
      little(flags) + little(UInt32(position)) + little(UInt32(key)) + little(UInt32(value))
    }
    func revision(_ main: UInt64) -> [UInt8] {
      Array(little(main).reversed()) + [0x5F] + [UInt8](repeating: 0, count: 8)
    }
    let value: [UInt8] = [0x0A, 2, 0x2F, 0x61, 0x10, 1, 0x18, 1, 0x20, 1, 0x2A, 1, 0x78]
    let leaf =
      element(32, 17, 13) + element(46, 18, 4) + revision(1) + value + revision(2) + [0x74]
      + value.prefix(4)
    var root = element(16, 3, 16, flags: 1) + Array("key".utf8)
    root += little(UInt64(2)) + little(UInt64(0))
    var meta = little(UInt32(0xED0C_DAED)) + little(UInt32(2)) + little(UInt32(512))
    meta += little(UInt32(0)) + little(UInt64(3)) + little(UInt64(0)) + little(UInt64.max)
    meta += little(UInt64(4)) + little(UInt64(9)) + little(UInt64(0))
    return page(0, 4, 0, meta) + page(1, 4, 0, []) + page(2, 2, 2, leaf) + page(3, 2, 1, root)
  }

  private static func json(_ file: URL) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
  }

  private static func list(_ object: [String: Any], _ name: String) -> [[String: Any]] {
    object[name] as? [[String: Any]] ?? []
  }

  private static func bytes(_ base64: Any?) -> [UInt8]? {
    (base64 as? String).flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
  }

  private static func save(
    _ bytes: [UInt8],
    _ folder: URL,
    _ target: String,
    _ name: String,
    byteCountMax: Int = byteCountMax
  ) throws {
    guard bytes.count <= byteCountMax else { return }
    let place = folder.appending(path: target)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try Data(bytes).write(to: place.appending(path: name))
  }
}
