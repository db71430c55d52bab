internal import CryptoEngine

/// A key as somebody names it, held against the key ids that stored values carry.
///
/// A value carries the id that its plugin gave: the plugin for Key Vault writes the hash of the kid,
/// others write the kid; logs and metrics show the hash of the id. Letter case, space around and a
/// slash at the end do not count. A kid without version means every version, 32 hex digits a
/// version of any key, and another bare text the name of a key, of a provider or of a local key;
/// of these no hash tells whether it is meant.
///
/// Source: specification §3.7, §9.
public struct KeyReference: Sendable {
  /// Whether a key id is the key's; unknown for what does not tell.
  public enum Match: Sendable { case yes, no, unknown }

  /// The ids of the one key, in lower case.
  let ids: Set<String>
  /// Cipher and name of a local key, which no KMS value needs.
  let local: (cipher: LocalKeysProvider.Cipher, name: String)?
  /// The text, if it may be the name of a provider or of a local key.
  let bareName: String?
  /// What a kid contains that is meant beside the ids.
  private let part: String?

  /// Takes a kid, a key id, a hash, a version, a name, or `CIPHER:NAME`.
  public init(_ given: String) {
    let text = given.trimmingSpaceAndSlashes
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    local = LocalKeysProvider.Cipher(rawValue: String(parts[0])).flatMap {
      parts.count == 2 ? ($0, String(parts[1])) : nil
    }
    let id = text.hasPrefix("sha256:") ? String(text.dropFirst("sha256:".count)) : text
    let pieces = id.split(separator: "/", omittingEmptySubsequences: false)
    let isKid = pieces.count >= 5 && pieces[1].isEmpty && pieces[3].lowercased() == "keys"
    let isHash = Self.isHex(id, count: 64)
    bareName = pieces.count > 1 || isHash ? nil : id
    part =
      if isKid, pieces.count == 5 {
        id.lowercased() + "/"
      } else if Self.isHex(id, count: 32) {
        "/" + id.lowercased()
      } else {
        bareName.map { "/keys/\($0.lowercased())/" }
      }
    var spellings: Set<String> = [given, id]
    if isKid {
      let head = pieces[...2].map { $0.lowercased() } + pieces[3...].map { String($0) }
      spellings.formUnion([head.joined(separator: "/"), id.lowercased()])
    }
    ids = Set(spellings.map { $0.lowercased() } + spellings.map(Self.hash))
  }

  private static func hash(_ text: String) -> String {
    // Where there is no SHA-256, no hash can name a key either.
    (try? Digest.sha256(text.utf8).lowerHex) ?? text
  }

  private static func isHex(_ text: String, count: Int) -> Bool {
    text.utf8.count == count && text.allSatisfy { $0.isASCII && $0.isHexDigit }
  }

  /// Holds a value's key id against it; nil when the value names none.
  public func match(_ keyID: String?) -> Match {
    if local != nil { return .no }
    guard let keyID else { return .unknown }
    let lower = keyID.lowercased()
    if ids.contains(lower) || ids.contains(Self.hash(keyID)) { return .yes }
    guard let part else { return .no }
    if "\(lower)/".contains(part) { return .yes }
    return Self.isHex(lower, count: 64) ? .unknown : .no
  }

  /// Whether both may mean one key.
  func overlaps(_ other: KeyReference) -> Bool { !ids.isDisjoint(with: other.ids) }
}

extension String {
  fileprivate var trimmingSpaceAndSlashes: String {
    let text = drop(while: \.isWhitespace)
    let end = text.lastIndex { !$0.isWhitespace && $0 != "/" }
    return end.map { String(text[...$0]) } ?? ""
  }
}
