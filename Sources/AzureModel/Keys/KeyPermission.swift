/// What an access policy can allow on keys, in the order policies list them.
public enum KeyPermission: String, CaseIterable, Codable, Sendable {
  // Each is spelt as the service spells it.
  case all, encrypt, decrypt, wrapKey, unwrapKey, sign, verify, get, list, create, update
  case `import`, delete, backup, restore, recover, purge, release, rotate
  case getrotationpolicy, setrotationpolicy

  /// Whether `all` in a policy stands for it, by the era that the settings name.
  func isPart(of all: PolicyAll) -> Bool {
    switch (self, all) {
    case (_, .everything): true
    case (.purge, _): false
    case (.release, .classic), (.rotate, .classic): false
    case (.getrotationpolicy, .classic), (.setrotationpolicy, .classic): false
    default: true
    }
  }
}
