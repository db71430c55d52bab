internal import EncryptionAtRest
internal import EtcdSnapshot
internal import FoundationEssentials

/// Prints an audit as it goes, as text or as one JSON document; holds a block at most.
struct AuditReport {
  private static let blockByteCount = 1 << 16

  private let isJSON: Bool
  private let showsValues: Bool
  private let hasConfiguration: Bool
  private let write: (String) -> Void
  private var block = ""
  private var hasValues = false

  init(
    isJSON: Bool,
    showsValues: Bool,
    configuration: Bool,
    write: @escaping (String) -> Void
  ) {
    self.isJSON = isJSON
    self.showsValues = showsValues
    hasConfiguration = configuration
    self.write = write
  }

  private mutating func put(_ text: String) {
    block += text
    if block.utf8.count >= Self.blockByteCount { flush() }
  }

  private mutating func flush() {
    if !block.isEmpty { write(block) }
    block = ""
  }

  // MARK: Parts

  mutating func begin(_ info: EtcdSnapshot.Info) {
    guard isJSON else {
      return put(
        "snapshot: \(info.byteCount) bytes, revision \(info.revision), \(info.liveCount) keys, "
          + "SHA-256 \(info.sha256)\n"
      )
    }
    put("{\"snapshot\":" + Self.json(SnapshotShape(info)))
    if showsValues { put(",\"values\":[") }
  }

  mutating func add(_ value: AuditedValue) {
    guard showsValues else { return }
    if isJSON {
      put((hasValues ? ",\n" : "\n") + Self.json(ValueShape(value)))
      hasValues = true
    } else {
      put(Self.line(value))
    }
  }

  mutating func end(_ totals: AuditTotals, _ verdict: AuditVerdict) {
    if isJSON {
      if showsValues { put("]") }
      put(",\"totals\":" + Self.json(TotalsShape(totals)))
      put(",\"verdict\":" + Self.json(VerdictShape(verdict)) + "}\n")
    } else {
      putTotals(totals)
      put(verdict.text + "\n")
    }
    flush()
  }

  // MARK: Text

  private static func name(_ provider: StoredProvider, _ name: String?) -> String {
    let kind =
      switch provider {
      case .identity: "in clear"
      case .unknown: "unknown provider"
      case .kmsV1, .kmsV2: "KMS \(provider.kmsVersion ?? "")"
      default: provider.rawValue
      }
    return name.map { "\(kind) \($0.visible)" } ?? kind
  }

  private static func line(_ value: AuditedValue) -> String {
    let place = [value.path.namespace, value.path.name].compactMap { $0 }.joined(separator: "/")
    var parts = [
      value.path.resource.visible, place.visible, name(value.header.provider, value.header.name),
    ]
    if let keyID = value.keyID { parts.append("key \(keyID.visible)") }
    if let kid = value.kid, kid != value.keyID { parts.append("of \(kid.visible)") }
    if value.header.sourceType == .key { parts.append("DEK as the source") }
    switch value.isOpened {
    case true: parts.append("opens")
    case false: parts.append("does not open")
    case nil: break
    }
    if value.isStale == true { parts.append("stale") }
    if value.isExposed { parts.append("should be encrypted") }
    if let problem = value.problem { parts.append(problem.visible) }
    switch value.needsRetired {
    case .yes: parts.append("needs the key to be retired")
    case .maybe: parts.append("may need the key to be retired")
    case .no, nil: break
    }
    return parts.joined(separator: "  ") + "\n"
  }

  private mutating func putTotals(_ totals: AuditTotals) {
    put("total: \(totals.values) values, \(totals.inClear) in clear")
    put(", \(totals.opened) opened, \(totals.untried) without a key to try")
    if hasConfiguration { put(", \(totals.stale) stale") }
    put(", \(totals.unreadable) unreadable\n")
    for (group, counts) in totals.groups.sorted(by: { $0.key < $1.key }) {
      var text = "  \(counts.values)  " + Self.name(group.provider, group.name)
      if let keyID = group.keyID { text += "  key \(keyID.visible)" }
      put(text + Self.details(counts) + "\n")
    }
    if totals.furtherGroups.values > 0 {
      let counts = totals.furtherGroups
      put("  \(counts.values)  under further keys" + Self.details(counts) + "\n")
    }
    let inClear = totals.resources.filter { $0.value.inClear > 0 }.sorted { $0.key < $1.key }
    for (resource, counts) in inClear {
      put("  in clear: \(counts.inClear) of \(counts.values) \(resource.visible)\n")
    }
    let further = totals.furtherResources
    if further.inClear > 0 {
      put("  in clear: \(further.inClear) of \(further.values) of further resources\n")
    }
  }

  private static func details(_ counts: AuditTotals.Counts) -> String {
    let numbers = [
      (counts.opened, "open"), (counts.stale, "stale"), (counts.unreadable, "unreadable"),
    ]
    return numbers.filter { $0.0 > 0 }.map { "  \($0.0) \($0.1)" }.joined()
  }

  // MARK: JSON

  private static func json(_ shape: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Numbers and text only, which always encode.
    return (try? encoder.encode(shape)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
  }

  private struct SnapshotShape: Encodable {
    let bytes: Int, revision: Int64, keys: Int, sha256: String

    init(_ info: EtcdSnapshot.Info) {
      bytes = info.byteCount
      revision = info.revision
      keys = info.liveCount
      sha256 = info.sha256
    }
  }

  private struct ValueShape: Encodable {
    let etcd_key, resource, name, provider: String
    let namespace, kms_version, provider_name, key_id, kid, dek_source_type, problem: String?
    let opens, stale: Bool?
    let needs_retired: String?
    let exposed: Bool

    init(_ value: AuditedValue) {
      let kind = value.header.provider
      etcd_key = value.storagePath
      resource = value.path.resource
      namespace = value.path.namespace
      name = value.path.name
      provider = kind.isKMS ? "kms" : kind.rawValue
      kms_version = kind.kmsVersion
      provider_name = value.header.name
      key_id = value.keyID
      kid = value.kid
      dek_source_type = value.header.sourceType?.name
      opens = value.isOpened
      stale = value.isStale
      needs_retired = value.needsRetired?.rawValue
      exposed = value.isExposed
      problem = value.problem
    }
  }

  private struct TotalsShape: Encodable {
    struct Group: Encodable {
      let provider: String
      let kms_version, provider_name, key_id: String?
      let values, opened, stale, unreadable: Int
    }
    struct Resource: Encodable {
      let values, in_clear: Int
    }
    let values, in_clear, opened, untried, stale, unreadable, further: Int
    let groups: [Group]
    let resources: [String: Resource]

    init(_ totals: AuditTotals) {
      values = totals.values
      in_clear = totals.inClear
      stale = totals.stale
      unreadable = totals.unreadable
      opened = totals.opened
      untried = totals.untried
      further = totals.furtherGroups.values
      groups = totals.groups.sorted { $0.key < $1.key }.map { group, counts in
        Group(
          provider: group.provider.isKMS ? "kms" : group.provider.rawValue,
          kms_version: group.provider.kmsVersion,
          provider_name: group.name,
          key_id: group.keyID,
          values: counts.values,
          opened: counts.opened,
          stale: counts.stale,
          unreadable: counts.unreadable
        )
      }
      resources = totals.resources.mapValues { Resource(values: $0.values, in_clear: $0.inClear) }
    }
  }

  private struct VerdictShape: Encodable {
    let safe: Bool?
    let key: String?
    let needs, may_need, in_clear, unreadable: Int
    let text: String

    init(_ verdict: AuditVerdict) {
      safe = verdict.isSafe
      key = verdict.key
      needs = verdict.needs
      may_need = verdict.mayNeed
      in_clear = verdict.exposed
      unreadable = verdict.unreadable
      text = verdict.text
    }
  }
}

extension String {
  /// Without what a terminal would act on: a name in a snapshot is somebody else's text.
  fileprivate var visible: String {
    guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 >= 0x80 }) else { return self }
    return String(
      String.UnicodeScalarView(
        unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
      )
    )
  }
}
