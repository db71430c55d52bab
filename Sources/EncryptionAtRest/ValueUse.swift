/// What values have in common that are under one key: provider, name and key id.
public struct ValueGroup: Hashable, Sendable, Comparable {
  /// Kind of provider.
  public let provider: StoredProvider
  /// Name of the provider or of the local key, nil in clear.
  public let name: String?
  /// Key that wraps them, nil where none is known.
  public let keyID: String?

  /// Names a group by its parts.
  public init(provider: StoredProvider, name: String?, keyID: String?) {
    self.provider = provider
    self.name = name
    self.keyID = keyID
  }

  /// The group that a value's header puts it in.
  public init(_ header: ValueHeader) {
    self.init(provider: header.provider, name: header.name, keyID: header.keyID)
  }

  private var order: [String] { [provider.rawValue, name ?? "", keyID ?? ""] }

  /// By provider, then name, then key.
  public static func < (left: ValueGroup, right: ValueGroup) -> Bool {
    left.order.lexicographicallyPrecedes(right.order)
  }
}

/// How many values of one folder are in one group.
public struct ValueUse: Hashable, Sendable, Comparable {
  /// The keys' common start up to their last slash, such as `/registry/secrets/default/`.
  public let folder: String
  /// What the values are under.
  public let group: ValueGroup
  /// How many they are, from 1.
  public let count: Int

  /// Puts a use together, as a store counted it.
  public init(folder: String, group: ValueGroup, count: Int) {
    self.folder = folder
    self.group = group
    self.count = count
  }

  /// The folder of a key; empty when there is no slash in it.
  public static func folder(of key: String) -> String {
    key.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(key[...$0]) } ?? ""
  }

  /// By folder, then group.
  public static func < (left: ValueUse, right: ValueUse) -> Bool {
    guard left.folder == right.folder else {
      return left.folder.utf8.lexicographicallyPrecedes(right.folder.utf8)
    }
    return left.group < right.group
  }
}

extension KeyValueStore {
  private static var batchCount: Int { 1000 }

  /// Calls `body` with the key and the group of each value in a folder and below; false stops.
  private func walk(
    _ folder: String,
    _ body: (String, ValueGroup) throws -> Bool
  ) throws {
    var headers = HeaderReader()
    var after: String?
    while true {
      let batch = try entries(prefix: folder, after: after, limit: Self.batchCount)
      for entry in batch {
        guard try body(entry.key, ValueGroup(headers.read(entry.value))) else { return }
      }
      guard let last = batch.last else { return }
      after = last.key
    }
  }

  /// Counts as `uses` does, by looking at every value.
  public func scannedUses(inFolder folder: String) throws -> [ValueUse] {
    var counts: [String: [ValueGroup: Int]] = [:]
    try walk(folder) { key, group in
      counts[ValueUse.folder(of: key), default: [:]][group, default: 0] += 1
      return true
    }
    return counts.flatMap { folder, groups in
      groups.map { ValueUse(folder: folder, group: $0, count: $1) }
    }.sorted()
  }

  /// Looks at every value, unless a store knows better.
  public func uses(inFolder folder: String) throws -> [ValueUse] {
    try scannedUses(inFolder: folder)
  }

  /// Looks for the keys, unless a store knows better.
  public func keys(of use: ValueUse, limit: Int) throws -> [String] {
    var keys: [String] = []
    try walk(use.folder) { key, group in
      if group == use.group, ValueUse.folder(of: key) == use.folder { keys.append(key) }
      return keys.count < limit
    }
    return keys
  }
}
