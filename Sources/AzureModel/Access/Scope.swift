/// A place in the hierarchy that a role is assigned at: the tenant root, a management group, a
/// subscription, a resource group, a resource, or a part of one such as a key of a vault.
///
/// Scopes compare without letter case; one contains another when it is the same path or a parent.
public struct Scope: Hashable, Sendable, CustomStringConvertible {
  /// As first written, such as `/subscriptions/…/resourceGroups/MyResourceGroup`.
  public let description: String
  /// In lower case, for comparing.
  let key: String

  /// Longest text that is read, in bytes: an ARM id has at most 2,048.
  static let byteCountMax = 2048
  /// The tenant root, which holds everything of the tenant.
  static let root = Scope(known: "/")

  /// Takes a path that the model made itself.
  init(known path: String) {
    description = path
    key = path.lowercased()
  }

  /// Reads a scope.
  ///
  /// - Throws: `argument.value` for what is no path.
  public init(parsing text: String) throws {
    let path = text.utf8.count > 2 && text.hasSuffix("/") ? String(text.dropLast()) : text
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    let isClean = parts.allSatisfy { part in
      !part.isEmpty && part.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 }
    }
    guard path.utf8.count <= Self.byteCountMax, path.hasPrefix("/"), path == "/" || isClean else {
      throw Self.invalid
    }
    self.init(known: path)
  }

  /// The service's answer to what is no scope.
  static let invalid = AzureError(
    .argumentValue,
    "The request did not have a subscription or a valid tenant level resource provider.",
    hint: "a scope is an ARM id such as v.id, /subscriptions/ID or /subscriptions/ID/"
      + "resourceGroups/NAME",
    status: 400,
    azureCode: "MissingSubscription"
  )

  /// A key of a vault.
  static func key(_ name: String, of vault: Vault) -> Scope {
    Scope(known: "\(vault.resourceID)/keys/\(name)")
  }

  /// Whether `other` is this place or lies under it; management groups are not paths.
  func contains(_ other: Scope) -> Bool { contains(key: other.key) }

  func contains(key other: String) -> Bool {
    if key == "/" { return true }
    guard other.utf8.starts(with: key.utf8) else { return false }
    let rest = other.utf8.dropFirst(key.utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }

  /// The subscription it lies in, in lower case; nil above subscriptions.
  public var subscriptionID: String? { part("subscriptions") }
  /// The resource group it lies in, as written; nil above groups.
  public var resourceGroup: String? {
    let parts = description.split(separator: "/")
    guard parts.count > 3, parts[2].lowercased() == "resourcegroups" else { return nil }
    return String(parts[3])
  }
  /// The management group it is, in lower case.
  var managementGroup: String? {
    let parts = key.split(separator: "/")
    let path = ["providers", "microsoft.management", "managementgroups"]
    guard parts.count == 4, parts[..<3].map(String.init) == path else { return nil }
    return String(parts[3])
  }

  private func part(_ name: String) -> String? {
    let parts = key.split(separator: "/", maxSplits: 2)
    guard parts.count > 1, parts[0] == name else { return nil }
    return String(parts[1])
  }

  /// Whether both are one place.
  public static func == (left: Scope, right: Scope) -> Bool { left.key == right.key }
  /// Hashes the place.
  public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension Scope: Codable {
  /// Reads the path.
  public init(from decoder: any Decoder) throws {
    self.init(known: try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the path as first written.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
