public import FoundationEssentials

/// What a branch of a workspace changed among its records, settings and checkpoints.
public struct RecordChange: Sendable {
  /// Kind in the store; `setting` for a setting, `checkpoint` for a checkpoint.
  public let kind: String
  /// Id in the store.
  public let id: String
  /// Its JSON text, or a setting's value, before; of a checkpoint how much it holds; nil when there
  /// was none.
  public let before: Data?
  /// The same after; nil when there is none any more.
  public let after: Data?
}

extension RecordChange {
  /// What servers, vaults and keys remember of what they saw, written when someone only looks.
  static let memoryKinds: Set = [
    "api_server", "api_server_source", "key_alarm", "transaction_count",
  ]
  /// What the model keeps for itself: memories, sealed material, counters.
  public static let bookkeepingKinds = memoryKinds.union(["key_material", "role_assignment_count"])
}

/// The names of what was written since a branch began, each with its text from before.
///
/// Only the first write of a name is noted, so that the texts are those at the branch's beginning.
/// What a rollback within the branch took back is told apart at the end, when both texts are equal.
struct ChangeJournal {
  struct Name: Hashable {
    let kind: String
    let id: String
  }

  /// Most names kept.
  static let countMax = 10_000

  private(set) var texts: [Name: Data?] = [:]
  /// Whether there were more.
  private(set) var isTruncated = false

  /// Notes a write that is about to happen.
  mutating func note(_ name: Name, _ text: () throws -> Data?) rethrows {
    guard texts[name] == nil else { return }
    guard texts.count < Self.countMax else {
      isTruncated = true
      return
    }
    texts[name] = .some(try text())
  }
}
