import Foundation

/// Reads the data files beside the tests, or those of another set of the same form.
enum VectorFile {
  static let folder =
    ProcessInfo.processInfo.environment["KMSH_VECTORS"].map { URL(filePath: $0) }
    ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")

  static func json(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: name))
    return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }
}

extension Dictionary<String, Any> {
  func list(_ name: String) -> [[String: Any]] { self[name] as? [[String: Any]] ?? [] }
  func text(_ name: String) -> String { self[name] as? String ?? "" }
  func hex(_ name: String) -> [UInt8] { [UInt8](hex: text(name)) }
  func base64(_ name: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: text(name)) ?? Data())
  }
}

extension [UInt8] {
  init(hex: String) {
    let digits = Array(hex.utf8).map { UInt8(String(UnicodeScalar($0)), radix: 16) ?? 0 }
    self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
