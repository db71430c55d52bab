/// What an audit comes to: whether a key can be retired, and whether anything lies in clear.
public struct AuditVerdict: Hashable, Sendable {
  /// Key that is to be retired, as it was named; nil when none was.
  public let key: String?
  /// Values that are lost with it, or may be.
  public let needs: Int
  /// Of these, values of KMS v1, which names no key, that no other given key unwraps.
  public let mayNeed: Int
  /// Values in clear that should not be.
  public let exposed: Int
  /// Values that are damaged, or that a key given for them does not open.
  public let unreadable: Int

  /// Whether the key can go; nil when none was named.
  public var isSafe: Bool? { key == nil ? nil : needs == 0 }

  /// Whether there is nothing to do: no value needs the key, and none lies in clear.
  public var isClean: Bool { needs == 0 && exposed == 0 }

  /// The verdict in one line.
  public var text: String {
    var inClear = "\(Self.count(exposed)) in clear that should be encrypted"
    if unreadable > 0 { inClear += "; \(Self.count(unreadable)) unreadable" }
    guard let key else { return inClear }
    let unnamed = mayNeed > 0 ? " (\(mayNeed) of them under KMS v1, which names no key)" : ""
    let verb = needs == 1 ? "needs" : "need"
    return "safe to retire key \(key): \(needs == 0 ? "yes" : "no"), "
      + "\(Self.count(needs)) still \(verb) it\(unnamed); \(inClear)"
  }

  private static func count(_ number: Int) -> String { "\(number) value\(number == 1 ? "" : "s")" }
}

extension Audit {
  /// What was found so far comes to.
  public var verdict: AuditVerdict {
    AuditVerdict(
      key: options.retire,
      needs: totals.needingRetired,
      mayNeed: totals.mayNeedRetired,
      exposed: totals.exposed,
      unreadable: totals.unreadable
    )
  }
}
