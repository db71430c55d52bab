internal import FoundationEssentials

extension KubernetesSecret {
  /// Start of every object stored as protobuf.
  static let protobufMagic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

  /// Reads a Secret stored as protobuf.
  ///
  /// - Throws: `envelope.invalid`, `secret.invalid`.
  init(protobuf bytes: [UInt8]) throws(AtRestError) {
    self.init(name: "", namespace: "", type: "", uid: "", creationTimestamp: nil)
    var kind = ""
    var raw = bytes.count..<bytes.count
    var reader = ProtobufReader(bytes, Self.protobufMagic.count..<bytes.count)
    while let field = try reader.next() {
      switch (field.number, field.wireType) {
      case (1, 2): (apiVersion, kind) = try Self.typeMeta(bytes, field.payload)
      case (2, 2): raw = field.payload
      case (3, 2): contentEncoding = try reader.text(field.payload)
      case (4, 2): contentType = try reader.text(field.payload)
      default: keptWrapping.keep(field, bytes)
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
      case (4, 2): try reader.textEntry(field.payload, into: &stringData)
      case (5, 0): isImmutable = field.scalar != 0
      default: keptFields.keep(field, bytes)
      }
    }
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
      case (8, 2): creationTimestamp = try Date(protobuf: bytes, field.payload)
      case (9, 2): deletionTimestamp = try Date(protobuf: bytes, field.payload)
      case (10, 0): deletionGracePeriodSeconds = Int64(bitPattern: field.scalar)
      case (11, 2): try reader.textEntry(field.payload, into: &labels)
      case (12, 2): try reader.textEntry(field.payload, into: &annotations)
      case (13, 2): ownerReferences.append(try OwnerReference(protobuf: bytes, field.payload))
      case (14, 2): finalizers.append(try reader.text(field.payload))
      case (17, 2): managedFields.append(try ManagedFieldsEntry(protobuf: bytes, field.payload))
      default: keptMetadata.keep(field, bytes)
      }
    }
  }
}

extension OwnerReference {
  init(protobuf bytes: [UInt8], _ range: Range<Int>) throws(AtRestError) {
    var reader = ProtobufReader(bytes, range)
    while let field = try reader.next() {
      switch (field.number, field.wireType) {
      case (1, 2): kind = try reader.text(field.payload)
      case (3, 2): name = try reader.text(field.payload)
      case (4, 2): uid = try reader.text(field.payload)
      case (5, 2): apiVersion = try reader.text(field.payload)
      case (6, 0): controller = field.scalar != 0
      case (7, 0): blockOwnerDeletion = field.scalar != 0
      default: kept.keep(field, bytes)
      }
    }
  }

  var protobuf: [UInt8] {
    var message = ProtobufMerger(kept)
    message.at(1) { $0.field(1, kind) }
    message.at(3) { $0.field(3, name) }
    message.at(4) { $0.field(4, uid) }
    message.at(5) { $0.field(5, apiVersion) }
    message.at(6) { $0.flag(6, controller) }
    message.at(7) { $0.flag(7, blockOwnerDeletion) }
    return message.bytes()
  }
}

extension ManagedFieldsEntry {
  init(protobuf bytes: [UInt8], _ range: Range<Int>) throws(AtRestError) {
    var reader = ProtobufReader(bytes, range)
    while let field = try reader.next() {
      switch (field.number, field.wireType) {
      case (1, 2): manager = try reader.text(field.payload)
      case (2, 2): operation = try reader.text(field.payload)
      case (3, 2): apiVersion = try reader.text(field.payload)
      case (4, 2): time = try Date(protobuf: bytes, field.payload)
      case (6, 2): fieldsType = try reader.text(field.payload)
      case (7, 2): fieldsV1 = try reader.lastBytes(1, in: field.payload) ?? []
      case (8, 2): subresource = try reader.text(field.payload)
      default: kept.keep(field, bytes)
      }
    }
  }

  var protobuf: [UInt8] {
    var message = ProtobufMerger(kept)
    message.at(1) { $0.field(1, manager) }
    message.at(2) { $0.field(2, operation) }
    message.at(3) { $0.field(3, apiVersion) }
    if let time { message.at(4) { $0.field(4, time.protobuf) } }
    message.at(6) { $0.field(6, fieldsType) }
    if let fieldsV1 {
      var raw = ProtobufWriter()
      if !fieldsV1.isEmpty { raw.field(1, fieldsV1) }
      message.at(7) { $0.field(7, raw.bytes) }
    }
    message.at(8) { $0.field(8, subresource) }
    return message.bytes()
  }
}

extension KeptFields {
  mutating func keep(_ field: ProtobufReader.Field, _ bytes: [UInt8]) {
    protobuf.append(ProtobufField(number: field.number, bytes: [UInt8](bytes[field.extent])))
  }
}

extension Date {
  /// What JSON can tell and no clock leaves: the years 1 to 9999, in seconds since 1970.
  private static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// Reads a `Time`, nil when it is the zero time.
  ///
  /// - Throws: `secret.invalid` for a time outside the years 1 to 9999, which JSON cannot tell.
  init?(protobuf bytes: [UInt8], _ range: Range<Int>) throws(AtRestError) {
    var reader = ProtobufReader(bytes, range)
    var seconds: Int64?
    while let field = try reader.next() {
      if field.number == 1, field.wireType == 0 { seconds = Int64(bitPattern: field.scalar) }
    }
    guard let seconds, seconds != Self.secondsRange.lowerBound else { return nil }
    guard Self.secondsRange.contains(seconds) else { throw Self.outOfRange }
    self.init(timeIntervalSince1970: TimeInterval(seconds))
  }

  /// Reads a time of the JSON form; a fraction of a second does not count, as in the server.
  ///
  /// - Throws: `secret.invalid`.
  init(objectTime text: String) throws(AtRestError) {
    // Few times have a fraction, and looking for one costs more than all else here.
    let whole =
      text.utf8.contains(UInt8(ascii: "."))
      ? text.replacing(/(T\d\d:\d\d:\d\d)\.\d+/) { $0.output.1 } : text
    // The server says no more of a time that it cannot read.
    guard let date = try? Date(whole, strategy: .iso8601) else { throw JSONText.malformed }
    guard let seconds = Int64(exactly: date.timeIntervalSince1970),
      Self.secondsRange.contains(seconds)
    else { throw Self.outOfRange }
    self = date
  }

  private static let outOfRange = AtRestError(
    .secretInvalid,
    "a time of the object lies outside the years 1 to 9999"
  )

  /// The `Time` of whole seconds; Kubernetes writes no fraction.
  fileprivate var protobuf: [UInt8] {
    // Exact for every date that was read or that a clock shows.
    let seconds = Int64(exactly: timeIntervalSince1970.rounded(.down)) ?? 0
    var time = ProtobufWriter()
    time.varint(1, UInt64(bitPattern: seconds))
    time.varint(2, 0)
    return time.bytes
  }
}

extension KubernetesSecret {
  /// Scalars are written even when empty, and maps by the byte order of their keys, as Kubernetes
  /// does and protobuf libraries do not.
  func protobuf() -> [UInt8] {
    var typeMeta = ProtobufWriter()
    typeMeta.field(1, apiVersion)
    typeMeta.field(2, "Secret")
    var unknown = ProtobufMerger(keptWrapping)
    unknown.at(1) { $0.field(1, typeMeta.bytes) }
    unknown.at(2) { $0.field(2, secretBytes()) }
    unknown.at(3) { $0.field(3, contentEncoding) }
    unknown.at(4) { $0.field(4, contentType) }
    return Self.protobufMagic + unknown.bytes()
  }

  private func secretBytes() -> [UInt8] {
    var message = ProtobufMerger(keptFields)
    message.at(1) { $0.field(1, metadataBytes()) }
    message.at(2) { writer in
      for (key, value) in data.inByteOrder {
        if value.isEmpty, nullDataKeys.contains(key) {
          var entry = ProtobufWriter()
          entry.field(1, key)
          writer.field(2, entry.bytes)
        } else {
          writer.mapEntry(2, key, value)
        }
      }
    }
    message.at(3) { $0.field(3, type) }
    message.at(4) { writer in
      for (key, value) in stringData.inByteOrder { writer.mapEntry(4, key, value.utf8) }
    }
    message.at(5) { $0.flag(5, isImmutable) }
    return message.bytes()
  }

  private func metadataBytes() -> [UInt8] {
    var message = ProtobufMerger(keptMetadata)
    let texts = [name, generateName, namespace, selfLink, uid, resourceVersion]
    for (number, text) in zip(UInt64(1)..., texts) {
      message.at(number) { $0.field(number, text) }
    }
    message.at(7) { $0.varint(7, UInt64(bitPattern: generation)) }
    message.at(8) { $0.field(8, creationTimestamp?.protobuf ?? []) }
    if let deletionTimestamp { message.at(9) { $0.field(9, deletionTimestamp.protobuf) } }
    if let deletionGracePeriodSeconds {
      message.at(10) { $0.varint(10, UInt64(bitPattern: deletionGracePeriodSeconds)) }
    }
    message.at(11) { writer in
      for (key, value) in labels.inByteOrder { writer.mapEntry(11, key, value.utf8) }
    }
    message.at(12) { writer in
      for (key, value) in annotations.inByteOrder { writer.mapEntry(12, key, value.utf8) }
    }
    message.at(13) { writer in
      for owner in ownerReferences { writer.field(13, owner.protobuf) }
    }
    message.at(14) { writer in
      for finalizer in finalizers { writer.field(14, finalizer) }
    }
    message.at(17) { writer in
      for entry in managedFields { writer.field(17, entry.protobuf) }
    }
    return message.bytes()
  }
}
