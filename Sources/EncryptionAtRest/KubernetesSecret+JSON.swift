internal import FoundationEssentials

extension KubernetesSecret {
  /// Reads a Secret stored as JSON.
  ///
  /// - Throws: `secret.invalid`.
  init(json bytes: [UInt8]) throws(AtRestError) {
    self.init(name: "", namespace: "", type: "", uid: "", creationTimestamp: nil)
    apiVersion = ""
    var kind = ""
    for (name, value) in try JSONText(bytes).members() {
      switch name {
      case "kind": kind = try value.string()
      case "apiVersion": apiVersion = try value.string()
      case "metadata": try readMetadata(value)
      case "immutable": isImmutable = try value.decoded(Bool.self)
      case "data": try readData(value)
      case "stringData": stringData = try value.texts()
      case "type": type = try value.string()
      default: keptFields.keep(name, value)
      }
    }
    guard kind == "Secret" else {
      throw AtRestError(.secretInvalid, "the object is a \(kind.isEmpty ? "nameless kind" : kind)")
    }
  }

  private mutating func readData(_ value: JSONText) throws(AtRestError) {
    for (key, item) in try value.members() {
      if item.isNull { nullDataKeys.insert(key) }
      data[key] = try item.bytes()
    }
  }

  private mutating func readMetadata(_ value: JSONText) throws(AtRestError) {
    for (member, value) in try value.members() {
      switch member {
      case "name": name = try value.string()
      case "generateName": generateName = try value.string()
      case "namespace": namespace = try value.string()
      case "selfLink": selfLink = try value.string()
      case "uid": uid = try value.string()
      case "resourceVersion": resourceVersion = try value.string()
      case "generation": generation = try value.decoded(Int64.self) ?? 0
      case "creationTimestamp": creationTimestamp = try value.time()
      case "deletionTimestamp": deletionTimestamp = try value.time()
      case "deletionGracePeriodSeconds":
        deletionGracePeriodSeconds = try value.decoded(Int64.self)
      case "labels": labels = try value.texts()
      case "annotations": annotations = try value.texts()
      case "ownerReferences":
        for owner in try value.elements() {
          ownerReferences.append(try OwnerReference(json: owner))
        }
      case "finalizers": finalizers = try value.decoded([String].self) ?? []
      case "managedFields":
        for entry in try value.elements() {
          managedFields.append(try ManagedFieldsEntry(json: entry))
        }
      default: keptMetadata.keep(member, value)
      }
    }
  }

  /// The JSON form, with its line end, in the order of Kubernetes' own members.
  func json() throws(AtRestError) -> [UInt8] {
    var object = JSONObjectWriter()
    object.member("kind", "Secret")
    object.member("apiVersion", apiVersion)
    object.member("metadata", raw: try metadataJSON())
    object.member("immutable", isImmutable)
    if !data.isEmpty {
      var members = JSONObjectWriter()
      for (key, value) in data.inByteOrder {
        let isNull = value.isEmpty && nullDataKeys.contains(key)
        let text = isNull ? "null" : "\"\(Data(value).base64EncodedString())\""
        members.member(key, raw: Array(text.utf8))
      }
      object.member("data", raw: members.closed())
    }
    object.member("stringData", stringData)
    object.member("type", type)
    object.kept(keptFields)
    return object.closed() + [UInt8(ascii: "\n")]
  }

  private func metadataJSON() throws(AtRestError) -> [UInt8] {
    var object = JSONObjectWriter()
    object.member("name", name)
    object.member("generateName", generateName)
    object.member("namespace", namespace)
    object.member("selfLink", selfLink)
    object.member("uid", uid)
    object.member("resourceVersion", resourceVersion)
    object.member("generation", generation == 0 ? nil : generation)
    object.member("creationTimestamp", creationTimestamp)
    object.member("deletionTimestamp", deletionTimestamp)
    object.member("deletionGracePeriodSeconds", deletionGracePeriodSeconds)
    object.member("labels", labels)
    object.member("annotations", annotations)
    object.member("ownerReferences", elements: ownerReferences.map(\.json))
    object.member("finalizers", elements: finalizers.map(JSONObjectWriter.quoted))
    var managers: [[UInt8]] = []
    for entry in managedFields { managers.append(try entry.json()) }
    object.member("managedFields", elements: managers)
    object.kept(keptMetadata)
    return object.closed()
  }
}

extension OwnerReference {
  init(json: JSONText) throws(AtRestError) {
    for (member, value) in try json.members() {
      switch member {
      case "apiVersion": apiVersion = try value.string()
      case "kind": kind = try value.string()
      case "name": name = try value.string()
      case "uid": uid = try value.string()
      case "controller": controller = try value.decoded(Bool.self)
      case "blockOwnerDeletion": blockOwnerDeletion = try value.decoded(Bool.self)
      default: kept.keep(member, value)
      }
    }
  }

  /// The first four are written even when empty.
  var json: [UInt8] {
    var object = JSONObjectWriter()
    object.member("apiVersion", raw: JSONObjectWriter.quoted(apiVersion))
    object.member("kind", raw: JSONObjectWriter.quoted(kind))
    object.member("name", raw: JSONObjectWriter.quoted(name))
    object.member("uid", raw: JSONObjectWriter.quoted(uid))
    object.member("controller", controller)
    object.member("blockOwnerDeletion", blockOwnerDeletion)
    object.kept(kept)
    return object.closed()
  }
}

extension ManagedFieldsEntry {
  init(json: JSONText) throws(AtRestError) {
    for (member, value) in try json.members() {
      switch member {
      case "manager": manager = try value.string()
      case "operation": operation = try value.string()
      case "apiVersion": apiVersion = try value.string()
      case "time": time = try value.time()
      case "fieldsType": fieldsType = try value.string()
      case "fieldsV1": fieldsV1 = value.isNull ? nil : value.raw
      case "subresource": subresource = try value.string()
      default: kept.keep(member, value)
      }
    }
  }

  func json() throws(AtRestError) -> [UInt8] {
    var object = JSONObjectWriter()
    object.member("manager", manager)
    object.member("operation", operation)
    object.member("apiVersion", apiVersion)
    object.member("time", time)
    object.member("fieldsType", fieldsType)
    if let fieldsV1 {
      let isEmpty = fieldsV1.isEmpty
      object.member("fieldsV1", raw: isEmpty ? Array("null".utf8) : try JSONText(fieldsV1).raw)
    }
    object.member("subresource", subresource)
    object.kept(kept)
    return object.closed()
  }
}

extension KeptFields {
  fileprivate mutating func keep(_ name: String, _ value: JSONText) {
    json.append(JSONMember(name: name, value: value.raw))
  }
}

extension JSONText {
  /// A text; null is an empty one.
  fileprivate func string() throws(AtRestError) -> String { try text() ?? "" }

  /// The bytes that a text has in base64; none of null.
  fileprivate func bytes() throws(AtRestError) -> [UInt8] {
    guard let text = try text() else { return [] }
    guard let data = Data(base64Encoded: text) else {
      throw AtRestError(
        .secretInvalid,
        "illegal base64 data at input byte \(Self.illegalBase64Index(text))"
      )
    }
    return [UInt8](data)
  }

  /// Where a text stops to be base64: its first wrong byte, or the last group where that is cut.
  private static func illegalBase64Index(_ text: String) -> Int {
    let digits = text.utf8.prefix { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
        true
      default: false
      }
    }.count
    return digits < text.utf8.count && digits % 4 < 2 ? digits : digits / 4 * 4
  }

  fileprivate func texts() throws(AtRestError) -> [String: String] {
    var result: [String: String] = [:]
    for (name, value) in try members() { result[name] = try value.string() }
    return result
  }

  fileprivate func time() throws(AtRestError) -> Date? {
    guard let text = try text() else { return nil }
    return try Date(objectTime: text)
  }
}
