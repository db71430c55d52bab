internal import AzureModel
internal import ClusterModel
internal import FoundationEssentials
internal import LuaRuntime

extension KMSView {
  var luaValue: LuaValue {
    .table([
      "enabled": .boolean(isEnabled), "version": .string(version),
      "current": .optional(current?.luaValue), "previous": .optional(previous?.luaValue),
      "network_access": .optional(networkAccess.map { .string($0.rawValue) }),
      "tunnel": .string(tunnel.rawValue),
      "warnings": warnings.isEmpty ? .nil : .array(warnings.map(\.luaValue)),
      "history": .array(
        history.map {
          .table([
            "kid": .string($0.kid.description), "from": .string($0.from.rfc3339),
            "to": .optional($0.to.map { .string($0.rfc3339) }),
          ])
        }
      ),
    ])
  }

  func text(_ name: String) -> String {
    var card = TextCard(title: "KMS of \(name)")
    card.fields.append(("state", state))
    if let current {
      card.fields.append((isEnabled ? "current key" : "retained key", current.text))
    }
    if let previous { card.fields.append(("previous key", previous.text)) }
    if let networkAccess { card.fields.append(("network access", networkAccess.rawValue)) }
    card.fields.append(("tunnel", tunnel.rawValue))
    card.fields += warnings.map { ("warning", $0.text) }
    card.fields += history.enumerated().map { index, period in
      (
        index == 0 ? "history" : "",
        "\(period.from.rfc3339) to \(period.to?.rfc3339 ?? "now")  \(period.kid)"
      )
    }
    return card.text
  }

  private var state: String {
    if isEnabled { return "on, \(version)" }
    return current == nil ? "off, never used" : "off, what was sealed needs the retained key"
  }
}

extension KMSSlot {
  var luaValue: LuaValue {
    .table([
      "kid": .string(kid.description), "usable": .boolean(problem == nil),
      "why": .optional(problem.map { .string($0.line) }),
    ])
  }

  fileprivate var text: String {
    problem.map { "\(kid)  not usable: \($0.line)" } ?? "\(kid)  usable"
  }
}

extension Ailment {
  /// Name and words, in one line.
  var line: String { "\(id): \(message.oneLine)" }

  /// How it is told below a card.
  var warning: String {
    [rule, line, remedy].compactMap(\.self).joined(separator: "  ")
  }

  /// How it is told at length.
  fileprivate var paragraph: String {
    """
    \(id)\(rule.map { " (\($0))" } ?? ""): \(message.oneLine)
        cause   \(cause)
        remedy  \(remedy)
    """
  }

  fileprivate func luaValue(_ cluster: Cluster, as name: LuaKey) -> LuaValue {
    .table([
      name: .string(id), "message": .string(message), "cause": .string(cause),
      "remedy": .string(remedy), "severity": .string(severity.rawValue),
      "rule": .optional(rule.map { .string($0) }),
      "kid": .optional(kid.map { .string($0.description) }),
      "fix": .optional(CureScript(for: cluster).text(cure).map { .string($0) }),
    ])
  }
}

extension String {
  fileprivate var oneLine: String {
    split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

extension APIServerHealth {
  func luaValue(_ cluster: Cluster) -> LuaValue {
    .table([
      "api_server": .string(state.rawValue),
      "reasons": .array(reasons.map { $0.luaValue(cluster, as: "code") }),
      "knows": .optional(
        knowledge.map {
          .table([
            "ok": .boolean($0.problem == nil), "message": .optional($0.problem.map { .string($0) }),
            "asked": .string($0.asked.rfc3339), "next_poll": .string($0.next.rfc3339),
            "writes_until": .optional($0.writesUntil.map { .string($0.rfc3339) }),
          ])
        }
      ),
      "note": .optional(note.map { .string($0) }),
    ])
  }

  func text(_ name: String) -> String {
    var card = TextCard(title: "API server of \(name): \(state.rawValue)")
    if let note { card.fields.append(("note", note)) }
    card.warnings = reasons.map(\.paragraph)
    return card.text
  }
}

extension Diagnosis {
  func luaValue(_ cluster: Cluster) -> LuaValue {
    .table([
      "status": .string(status), "enabled": .boolean(isEnabled),
      "key_id": .optional(kid.map { .string($0.description) }),
      "findings": .array(findings.map { $0.luaValue(cluster, as: "id") }),
    ])
  }

  func text(_ name: String) -> String {
    TextCard(
      title: "KMS of \(name): \(status.oneLine)",
      warnings: findings.map { ($0.severity == .warning ? "warning: " : "") + $0.paragraph }
    ).text
  }
}
