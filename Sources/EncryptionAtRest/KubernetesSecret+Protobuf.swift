internal import FoundationEssentials

extension KubernetesSecret {
  /// Start of every object stored as protobuf.
  static let protobufMagic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

  /// Reads the storage form, protobuf or JSON.
  ///
  /// - Throws: `secret.invalid`.
  public init(storageBytes bytes: [UInt8]) throws(AtRestError) {
    if bytes.starts(with: Self.protobufMagic) {
      do {
        try self.init(protobuf: bytes)
      } catch {
        throw AtRestError(.secretInvalid, "not a Secret in protobuf form: \(error.message)")
      }
    } else if bytes.first == UInt8(ascii: "{") {
      try self.init(json: bytes)
    } else {
      throw AtRestError(.secretInvalid, "not a Secret: neither protobuf nor JSON")
    }
  }

  private init(protobuf bytes: [UInt8]) throws(AtRestError) {
    self.init(name: "", namespace: "", type: "", uid: "", creationTimestamp: nil)
    var reader = ProtobufReader(bytes, Self.protobufMagic.count..<bytes.count)
    var kind = ""
    var raw = bytes.count..<bytes.count
    while let field = try reader.next() {
      switch (field.number, field.wireType) {
      case (1, 2): (apiVersion, kind) = try Self.typeMeta(bytes, field.payload)
      case (2, 2): raw = field.payload
      case (3, 2): contentEncoding = try reader.text(field.payload)
      case (4, 2): contentType = try reader.text(field.payload)
      default: keptWrapping.append(KeptField(field, bytes))
      }
    }
    guard kind == "Secret" else {
      throw AtRestError(.secretInvalid, "the object is a \(kind.isEmpty ? "nameless kind" : kind)")
    }
    try readSecret(bytes, raw)
  }

  private static func typeMeta(
    _ bytes: [UInt8],
    _ range: Range<Int>
  ) throws(AtRestError) -> (String, String) {
    var reader = ProtobufReader(bytes, range)
    var result = ("", "")
    while let field = try reader.next() {
      if field.number == 1, field.wireType == 2 { result.0 = try reader.text(field.payload) }
      if field.number == 2, field.wireType == 2 { result.1 = try reader.text(field.payload) }
    }
    return result
  }

  private mutating func readSecret(_ bytes: [UInt8], _ range: Range<Int>) throws(AtRestError) {
    var reader = ProtobufReader(bytes, range)
    while let field = try reader.next() {
      switch (field.number, field.wireType) {
      case (1, 2): try readMetadata(bytes, field.payload)
      case (2, 2):
        let (key, value) = try reader.mapEntry(field.payload)
        data[key] = value
      case (3, 2): type = try reader.text(field.payload)
      case (5, 0): isImmutable = field.scalar != 0
      default: keptFields.append(KeptField(field, bytes))
      }
    }
    keptFields.sort { $0.number < $1.number }
  }

  private mutating func readMetadata(_ bytes: [UInt8], _ range: Range<Int>) throws(AtRestError) {
    var reader = ProtobufReader(bytes, range)
    while let field = try reader.next() {
      switch (field.number, field.wireType) {
      case (1, 2): name = try reader.text(field.payload)
      case (2, 2): generateName = try reader.text(field.payload)
      case (3, 2): namespace = try reader.text(field.payload)
      case (4, 2): selfLink = try reader.text(field.payload)
      case (5, 2): uid = try reader.text(field.payload)
      case (6, 2): resourceVersion = try reader.text(field.payload)
      case (7, 0): generation = Int64(bitPattern: field.scalar)
      case (8, 2): creationTimestamp = try Self.time(bytes, field.payload)
      case (11, 2):
        let (key, value) = try reader.mapEntry(field.payload)
        labels[key] = String(decoding: value, as: UTF8.self)
      case (12, 2):
        let (key, value) = try reader.mapEntry(field.payload)
        annotations[key] = String(decoding: value, as: UTF8.self)
      default: keptMetadata.append(KeptField(field, bytes))
      }
    }
    keptMetadata.sort { $0.number < $1.number }
  }

  private static func time(_ bytes: [UInt8], _ range: Range<Int>) throws(AtRestError) -> Date? {
    var reader = ProtobufReader(bytes, range)
    var seconds: Int64?
    while let field = try reader.next() {
      if field.number == 1, field.wireType == 0 { seconds = Int64(bitPattern: field.scalar) }
    }
    return seconds.map { Date(timeIntervalSince1970: TimeInterval($0)) }
  }
}

extension KubernetesSecret.KeptField {
  init(_ field: ProtobufReader.Field, _ bytes: [UInt8]) {
    self.init(number: field.number, bytes: [UInt8](bytes[field.extent]))
  }
}

extension KubernetesSecret {
  /// Writes the storage form a kube-apiserver writes: `k8s\0`, then the wrapping message.
  ///
  /// Scalars are written even when empty and maps by the byte order of their keys, as Kubernetes
  /// does and protobuf libraries do not.
  public func storageBytes() -> [UInt8] {
    var typeMeta = ProtobufWriter()
    typeMeta.field(1, apiVersion)
    typeMeta.field(2, "Secret")
    var unknown = ProtobufWriter()
    unknown.raw(Self.protobufMagic)
    unknown.field(1, typeMeta.bytes)
    unknown.field(2, secretBytes())
    unknown.field(3, contentEncoding)
    unknown.field(4, contentType)
    for field in keptWrapping { unknown.raw(field.bytes) }
    return unknown.bytes
  }

  private func secretBytes() -> [UInt8] {
    var writer = ProtobufWriter()
    writer.field(1, metadataBytes())
    for (key, value) in data.inByteOrder { writer.mapEntry(2, key, value) }
    writer.field(3, type)
    for field in keptFields where field.number < 5 { writer.raw(field.bytes) }
    if let isImmutable { writer.varint(5, isImmutable ? 1 : 0) }
    for field in keptFields where field.number >= 5 { writer.raw(field.bytes) }
    return writer.bytes
  }

  private func metadataBytes() -> [UInt8] {
    var time = ProtobufWriter()
    if let creationTimestamp {
      // Whole seconds of a representable date; Kubernetes writes no fraction.
      let seconds = Int64(exactly: creationTimestamp.timeIntervalSince1970.rounded(.down)) ?? 0
      time.varint(1, UInt64(bitPattern: seconds))
      time.varint(2, 0)
    }
    var writer = ProtobufWriter()
    writer.field(1, name)
    writer.field(2, generateName)
    writer.field(3, namespace)
    writer.field(4, selfLink)
    writer.field(5, uid)
    writer.field(6, resourceVersion)
    writer.varint(7, UInt64(bitPattern: generation))
    writer.field(8, time.bytes)
    for field in keptMetadata where field.number < 11 { writer.raw(field.bytes) }
    for (key, value) in labels.inByteOrder { writer.mapEntry(11, key, value.utf8) }
    for (key, value) in annotations.inByteOrder { writer.mapEntry(12, key, value.utf8) }
    for field in keptMetadata where field.number > 12 { writer.raw(field.bytes) }
    return writer.bytes
  }
}
