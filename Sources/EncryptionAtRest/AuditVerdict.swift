/// What an audit comes to: whether a key can be retired, and whether anything lies in clear.
public struct AuditVerdict: Hashable, Sendable {
  /// Key that is to be retired, as it was named; nil when none was.
  public let key: String?
  /// Values that are lost with it, or may be.
  public let needs: Int
  /// Of these, values that name no key: of KMS v1 that no given key unwraps, and damaged ones.
  public let mayNeed: Int
  /// Values in clear that should not be.
  public let exposed: Int
  /// Values that are damaged, or that a key given for them does not open.
  public let unreadable: Int
  /// Whether the key is the one that is written with, as far as is known.
  public let isCurrent: Bool
  /// Whether the configuration stores Secrets in clear, so that those in clear are none too many.
  public let writesSecretsInClear: Bool

  /// Whether the key can go; nil when none was named.
  public var isSafe: Bool? { key == nil ? nil : needs == 0 && !isCurrent }

  /// Whether there is nothing to do: the key can go, and no value lies in clear.
  public var isClean: Bool { isSafe != false && exposed == 0 }

  /// The verdict in one line.
  public var text: String {
    var inClear = "\(Self.count(exposed)) in clear that should be encrypted"
    if writesSecretsInClear { inClear += " (the configuration writes Secrets in clear)" }
    if unreadable > 0 { inClear += "; \(Self.count(unreadable)) unreadable" }
    guard let key else { return inClear }
    var note = ""
    if mayNeed > 0 { note = " (\(mayNeed) of them may: they do not tell their key)" }
    if needs == 0 { note = " (no value names it)" }
    if isCurrent { note += ", and it is the one to write with" }
    let verb = needs == 1 ? "needs" : "need"
    return "safe to retire key \(key): \(isSafe == true ? "yes" : "no"), "
      + "\(Self.count(needs)) still \(verb) it\(note); \(inClear)"
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
      unreadable: totals.unreadable,
      isCurrent: retiresCurrent,
      writesSecretsInClear: options.configuration.map { configuration in
        AuditRule(configuration.providers(forResource: "secrets")).encrypts != true
      } ?? false
    )
  }

  /// Whether the key that is to be retired seals what is written: the plugin's current one, or the
  /// first key of a rule's first provider.
  private var retiresCurrent: Bool {
    guard let retire = options.retire else { return false }
    let retired = KeyReference(retire)
    if let current = options.current, KeyReference(current).overlaps(retired) { return true }
    return (options.configuration?.rules ?? []).contains { rule in
      switch rule.providers.first {
      case .aescbc(let keys), .aesgcm(let keys), .secretbox(let keys):
        let name = keys.first?.name
        let isOfCipher =
          retired.local.map { rule.providers[0].prefix == $0.cipher.prefix } ?? true
        return name != nil && isOfCipher && name == (retired.local?.name ?? retired.bareName)
      default: return false
      }
    }
  }
}
