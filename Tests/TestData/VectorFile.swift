public import Foundation

/// Golden data that real software wrote, beside the tests or in another folder of the same form.
public enum VectorFile {
  private static let folder = TestFolder.url("Vectors", variable: "KMSH_VECTORS")

  /// Reads a file of JSON.
  public static func json(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: name))
    return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// Answers that standards and others published, which no other folder replaces.
  public static func published() throws -> [String: Any] {
    let file = TestFolder.url.appending(path: "Published/published.json")
    return try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
  }

  /// Reads a file.
  public static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }
}

/// Where the data lies.
public enum TestFolder {
  /// The folder of all data.
  public static let url = URL(filePath: #filePath).deletingLastPathComponent()

  static func url(_ name: String, variable: String) -> URL {
    ProcessInfo.processInfo.environment[variable].map { URL(filePath: $0) }
      ?? url.appending(path: name)
  }
}

extension Dictionary<String, Any> {
  /// An array of objects; empty when there is none.
  public func list(_ name: String) -> [[String: Any]] { self[name] as? [[String: Any]] ?? [] }
  /// A text; empty when there is none.
  public func text(_ name: String) -> String { self[name] as? String ?? "" }
  /// Bytes in hex.
  public func hex(_ name: String) -> [UInt8] { [UInt8](hex: text(name)) }
  /// Bytes in base64.
  public func base64(_ name: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: text(name)) ?? Data())
  }
}

extension [UInt8] {
  /// Reads hex digits.
  public init(hex: String) {
    let digits = Array(hex.utf8).map { UInt8(String(UnicodeScalar($0)), radix: 16) ?? 0 }
    self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
