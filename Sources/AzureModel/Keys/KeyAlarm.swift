import FoundationEssentials

/// What a key does by itself once the workspace clock gets there.
///
/// ## Design
///
/// Nothing runs in the background: what is due is done when the vault is next called, before the
/// call itself, in order of time, as if it had been done on time. A key has one alarm at most, the
/// earliest; the vault holds the time of the first of all, so that a call with nothing due pays
/// one comparison. Looking through every key instead would cost a vault of ten thousand keys
/// ten thousand reads a call.
struct KeyAlarm: Record, Hashable {
  enum Action: String, Codable, Sendable {
    /// A new version, as the rotation policy says.
    case rotate
    /// Word that the latest version is about to expire, or has expired.
    case tell
    /// A deleted key comes back.
    case recover
    /// A deleted key goes for good.
    case purge
  }

  static let kind = "key_alarm"
  /// Orders the alarms of a vault by time, then by name.
  var id: String { "\(key.vault)/\(Self.stamp(time))/\(key.name.lowercased())" }
  var parent: String { key.vault }
  /// The key, without a version.
  let key: KeyID
  /// When it is due, whole seconds.
  let time: Date
  let action: Action

  /// Seconds since the year 1, in as many digits for any time a clock can show.
  private static func stamp(_ time: Date) -> String {
    let seconds = Int(time.timeIntervalSince1970) + 62_135_596_800
    let digits = String(max(0, seconds))
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
  }
}
