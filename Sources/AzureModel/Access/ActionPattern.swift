/// A pattern of actions in a role, such as `Microsoft.KeyVault/vaults/*/read`.
///
/// Letter case does not count. A star stands for any text, also an empty one and one with slashes;
/// a whole segment `/*/` may be missing altogether, so that
/// `Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action` covers the assigning of an
/// identity itself.
struct ActionPattern: Hashable, Sendable, CustomStringConvertible {
  /// As the role spells it.
  let description: String
  private let bytes: [UInt8]

  init(_ text: String) {
    description = text
    bytes = Array(text.lowercased().utf8)
  }

  /// Whether the pattern covers an action, given in lower case.
  func matches(_ action: [UInt8]) -> Bool { matches(action, from: 0, at: 0) }

  private static let star = UInt8(ascii: "*")
  private static let slash = UInt8(ascii: "/")

  /// Compares what is left of the pattern with what is left of the action.
  private func matches(_ action: [UInt8], from start: Int, at place: Int) -> Bool {
    var (start, place) = (start, place)
    while start < bytes.count {
      if bytes[start] == Self.star {
        return (place...action.count).contains { matches(action, from: start + 1, at: $0) }
      }
      guard place < action.count, bytes[start] == action[place] else { return false }
      let isSegment = bytes[start...].starts(with: "/*/".utf8)
      if isSegment, matches(action, from: start + 3, at: place + 1) { return true }
      start += 1
      place += 1
    }
    return place == action.count
  }
}
