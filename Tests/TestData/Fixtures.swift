public import Foundation

/// Values as they lay in the etcd of a real cluster.
public enum Fixtures {
  /// Where the files lie.
  public static let folder = TestFolder.url("Fixtures", variable: "KMSH_FIXTURES")

  /// The folder beside the tests, whatever the environment says: for tests that know it by heart.
  public static let own = TestFolder.url.appending(path: "Fixtures")

  /// The list of entries and keys.
  public static func file() throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: "entries.json"))
    return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// What is known of each entry.
  public static func entries() throws -> [[String: Any]] { try file().list("entries") }

  /// The stored value of an entry.
  public static func value(_ entry: [String: Any]) throws -> [UInt8] {
    guard let name = entry["value_file"] as? String else { return entry.base64("value_b64") }
    return try bytes(name)
  }

  /// A file of the folder.
  public static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }
}
