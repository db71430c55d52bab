public import FoundationEssentials

extension KubernetesSecret {
  /// Reads a Secret that a client sends; `stringData` is laid over `data`, as a server does.
  ///
  /// - Parameters:
  ///   - bytes: JSON.
  ///   - isStrict: whether a field that nobody knows is refused, and not dropped.
  /// - Throws: `secret.invalid`, in the server's words for a field that it does not know.
  public init(request bytes: [UInt8], isStrict: Bool = true) throws(AtRestError) {
    try self.init(json: bytes)
    if !isStrict { (keptFields, keptMetadata) = (KeptFields(), KeptFields()) }
    let unknown =
      keptFields.json.map(\.name) + keptMetadata.json.map { "metadata.\($0.name)" }
    guard unknown.isEmpty else {
      let fields = unknown.map { "unknown field \"\($0.prefix(100))\"" }.joined(separator: ", ")
      throw AtRestError(
        .secretInvalid,
        "Secret in version \"v1\" cannot be handled as a Secret: strict decoding error: \(fields)"
      )
    }
    for (key, text) in stringData { data[key] = Array(text.utf8) }
    stringData = [:]
    nullDataKeys = []
    if type.isEmpty { type = "Opaque" }
  }

  /// The version that a request was made for, empty for any.
  public var requestedVersion: String { resourceVersion }

  /// The object in the place of an older one: what only a server sets comes from that.
  public func replacing(_ old: KubernetesSecret) -> KubernetesSecret {
    var new = self
    new.namespace = old.namespace
    new.uid = old.uid
    new.creationTimestamp = old.creationTimestamp
    new.deletionTimestamp = old.deletionTimestamp
    new.deletionGracePeriodSeconds = old.deletionGracePeriodSeconds
    new.generateName = old.generateName
    new.generation = old.generation
    new.selfLink = old.selfLink
    new.resourceVersion = old.resourceVersion
    new.nullDataKeys = old.nullDataKeys.filter { new.data[$0] != nil }
    if new.managedFields.isEmpty { new.managedFields = old.managedFields }
    new.apiVersion = old.apiVersion
    new.contentEncoding = old.contentEncoding
    new.contentType = old.contentType
    new.keptWrapping = old.keptWrapping
    new.keptFields = old.keptFields
    new.keptMetadata = old.keptMetadata
    return new
  }

  /// The object as a server answers it and kubectl prints it: members sorted by name, without the
  /// owners of fields.
  ///
  /// - Returns: compact JSON.
  public func objectJSON(resourceVersion: Int64) throws(AtRestError) -> [UInt8] {
    var members: [(name: String, value: [UInt8])] = [
      ("apiVersion", JSONObjectWriter.quoted(apiVersion)), ("kind", Array("\"Secret\"".utf8)),
      ("metadata", metadataObject(resourceVersion)), ("type", JSONObjectWriter.quoted(type)),
    ]
    if !data.isEmpty { members.append(("data", dataObject())) }
    if let isImmutable { members.append(("immutable", Array("\(isImmutable)".utf8))) }
    return Self.object(members + keptFields.json.map { ($0.name, $0.value) })
  }

  private static func object(_ members: [(name: String, value: [UInt8])]) -> [UInt8] {
    var object = JSONObjectWriter()
    for (name, value) in members.sorted(by: { $0.name < $1.name }) {
      object.member(name, raw: value)
    }
    return object.closed()
  }

  private func dataObject() -> [UInt8] {
    var object = JSONObjectWriter()
    for (key, value) in data.inByteOrder {
      object.member(key, raw: Array("\"\(Data(value).base64EncodedString())\"".utf8))
    }
    return object.closed()
  }

  private func metadataObject(_ version: Int64) -> [UInt8] {
    Self.object(metadataMembers(version) + keptMetadata.json.map { ($0.name, $0.value) })
  }

  private func metadataMembers(_ version: Int64) -> [(name: String, value: [UInt8])] {
    var members: [(name: String, value: [UInt8])] = []
    func add(_ name: String, _ text: String) {
      if !text.isEmpty { members.append((name, JSONObjectWriter.quoted(text))) }
    }
    func add(_ name: String, _ texts: [String: String]) {
      guard !texts.isEmpty else { return }
      var object = JSONObjectWriter()
      for (key, value) in texts.inByteOrder {
        object.member(key, raw: JSONObjectWriter.quoted(value))
      }
      members.append((name, object.closed()))
    }
    func add(_ name: String, elements: [[UInt8]]) {
      guard !elements.isEmpty else { return }
      let body = Array(elements.joined(separator: [UInt8(ascii: ",")]))
      members.append((name, [UInt8(ascii: "[")] + body + [UInt8(ascii: "]")]))
    }
    add("annotations", annotations)
    add("creationTimestamp", creationTimestamp?.formatted(.iso8601) ?? "")
    if let deletionGracePeriodSeconds {
      members.append(("deletionGracePeriodSeconds", Array("\(deletionGracePeriodSeconds)".utf8)))
    }
    add("deletionTimestamp", deletionTimestamp?.formatted(.iso8601) ?? "")
    add("finalizers", elements: finalizers.map(JSONObjectWriter.quoted))
    add("generateName", generateName)
    if generation != 0 { members.append(("generation", Array("\(generation)".utf8))) }
    add("labels", labels)
    add("name", name)
    add("namespace", namespace)
    add("ownerReferences", elements: ownerReferences.map(\.json))
    add("resourceVersion", "\(version)")
    add("selfLink", selfLink)
    add("uid", uid)
    return members
  }
}

extension KubernetesSecret {
  /// Makes a client's object a new one, as a server does: what only a server sets is set.
  public mutating func stamp(uid: String, at time: Date) {
    self.uid = uid
    creationTimestamp = Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))
    deletionTimestamp = nil
    deletionGracePeriodSeconds = nil
    resourceVersion = ""
    selfLink = ""
    generation = 0
  }
}
