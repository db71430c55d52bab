public import AzureModel
internal import CryptoEngine
public import FoundationEssentials
internal import GRDB

extension Workspace {
  /// A setting's value, nil when it was never set.
  public func setting(_ name: String) throws -> String? {
    try lookAnew()
    let text: SettingText? = try records.value(name) {
      let value = try query { db in
        try String.fetchOne(
          db.cachedStatement(sql: "SELECT value FROM setting WHERE name = ?"),
          arguments: [name]
        )
      }
      return value.map { (SettingText(value: $0), byteCount: $0.utf8.count) }
    }
    return text?.value
  }

  /// A setting as it is remembered among the records.
  private struct SettingText {
    let value: String
  }

  /// Sets a setting; nil takes it away.
  public func setSetting(_ name: String, _ value: String?) throws {
    try willChange(Self.settingKind, name)
    try write { db in
      if let value {
        try db.cachedStatement(
          sql: "INSERT INTO setting (name, value) VALUES (?, ?) "
            + "ON CONFLICT DO UPDATE SET value = excluded.value"
        ).execute(arguments: [name, value])
      } else {
        try db.cachedStatement(sql: "DELETE FROM setting WHERE name = ?")
          .execute(arguments: [name])
      }
    }
    records.drop(SettingText.self, name)
  }

  /// Count of the changes that this process has made or seen.
  public var revision: Int { revisions.last }

  // MARK: Clock

  private static let frozen = "clock.frozen"
  private static let offset = "clock.offset"

  /// The workspace's time: frozen, or the machine's moved by an offset.
  public func now() throws -> Date {
    if let frozen = try setting(Self.frozen).flatMap(TimeInterval.init) {
      return Date(timeIntervalSince1970: frozen)
    }
    return Date().addingTimeInterval(try setting(Self.offset).flatMap(TimeInterval.init) ?? 0)
  }

  /// Whether the clock stands still.
  public func isFrozen() throws -> Bool { try setting(Self.frozen) != nil }

  /// Stops the clock at a time.
  public func freeze(at time: Date) throws {
    try setSetting(Self.frozen, "\(time.timeIntervalSince1970)")
  }

  /// Lets a frozen clock go on, from where it would be had it never stood still.
  public func unfreeze() throws { try setSetting(Self.frozen, nil) }

  /// Moves the clock; a frozen one stays frozen.
  public func advance(_ move: (Date) throws -> Date) throws {
    try transaction {
      let now = try now()
      let later = try move(now)
      if try isFrozen() { return try freeze(at: later) }
      let offset = try setting(Self.offset).flatMap(TimeInterval.init) ?? 0
      try setSetting(Self.offset, "\(offset + later.timeIntervalSince(now))")
    }
  }

  /// Follows the machine's clock again.
  public func real() throws {
    try transaction {
      try setSetting(Self.frozen, nil)
      try setSetting(Self.offset, nil)
    }
  }
}

extension Workspace: IdentifierSource {
  private static let seedName = "identifiers.seed"
  private static let counterName = "identifiers.counter"

  /// Makes identifiers repeatable from here on.
  public func seed(_ seed: UInt64) throws {
    try transaction {
      try setSetting(Self.seedName, "\(seed)")
      try setSetting(Self.counterName, "0")
    }
  }

  /// Returns 16 bytes: random, or the next of the seed's row.
  public func identifierBytes() throws -> [UInt8] {
    guard let seed = try setting(Self.seedName) else { return try Random.bytes(16) }
    return try transaction {
      let counter = try setting(Self.counterName).flatMap(UInt64.init) ?? 0
      try setSetting(Self.counterName, "\(counter + 1)")
      return try Self.bytes(of: seed, "\(counter)")
    }
  }

  /// Returns 16 bytes for a row of the audit log: random, or from the seed and the row's number,
  /// so that logging takes no identifier away from the model.
  func auditIdentifierBytes(_ number: Int64) throws -> [UInt8] {
    guard let seed = try setting(Self.seedName) else { return try Random.bytes(16) }
    return try Self.bytes(of: seed, "audit \(number)")
  }

  private static func bytes(of seed: String, _ name: String) throws -> [UInt8] {
    let key = SecretBytes(copying: Array("kmsh identifiers \(seed)".utf8))
    return Array(try HMAC.sha256(key: key, message: Array(name.utf8)).prefix(16))
  }
}
