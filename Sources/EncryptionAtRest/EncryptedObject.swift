internal import CryptoEngine

#if canImport(Glibc)
  internal import Glibc
#endif

/// Where a stored value's data key comes from.
///
/// Source: KMS v2 `EncryptedDEKSourceType`.
public enum DEKSourceType: Int32, Sendable {
  /// The source is the AES key itself; written by 1.27 and 1.28.
  case key = 0
  /// The source is a seed from which each write derives its key.
  case seed = 1

  /// The enum's name in the protocol.
  public var name: String {
    switch self {
    case .key: "AES_GCM_KEY"
    case .seed: "HKDF_SHA256_XNONCE_AES_GCM_SEED"
    }
  }
}

/// The envelope of a KMS v2 value: a wrapped source with what unwraps it, beside the ciphertext.
///
/// Source: Kubernetes `EncryptedObject`, specification §3.1.
public struct EncryptedObject: Hashable, Sendable {
  /// Longest key id and wrapped source, in bytes.
  public static let keyByteCountMax = 1024
  /// Longest sum of all annotation names and values, in bytes.
  public static let annotationsByteCountMax = 32_768

  /// Type 1: `info ‖ nonce ‖ ciphertext ‖ tag`; type 0: `nonce ‖ ciphertext ‖ tag`.
  public var encryptedData: [UInt8]
  /// The wrapped source with its key id and annotations.
  public var source: WrappedSource
  /// What the unwrapped source is.
  public var sourceType: DEKSourceType

  /// Puts an envelope together, unchecked.
  public init(encryptedData: [UInt8], source: WrappedSource, sourceType: DEKSourceType) {
    self.encryptedData = encryptedData
    self.source = source
    self.sourceType = sourceType
  }

  /// Reads an envelope and checks it by the rules of a reader.
  ///
  /// - Throws: `envelope.invalid`.
  public init(parsing bytes: [UInt8], from start: Int = 0) throws(AtRestError) {
    var reader = ProtobufReader(bytes, start..<bytes.count)
    var data: [UInt8] = []
    var keyID = ""
    var ciphertext: [UInt8] = []
    var annotations: [String: [UInt8]] = [:]
    var type: Int32 = 0
    while let field = try reader.next() {
      switch (field.number, field.wireType) {
      case (1, 2): data = [UInt8](bytes[field.payload])
      case (2, 2): keyID = try reader.text(field.payload)
      case (3, 2): ciphertext = [UInt8](bytes[field.payload])
      case (4, 2):
        let (name, value) = try reader.mapEntry(field.payload)
        annotations[name] = value
      case (5, 0): type = Int32(truncatingIfNeeded: field.scalar)
      default: continue
      }
    }
    guard let sourceType = DEKSourceType(rawValue: type) else {
      throw AtRestError(.envelopeInvalid, "unknown encryptedDEKSourceType: \(type)")
    }
    self.init(
      encryptedData: data,
      source: WrappedSource(ciphertext: ciphertext, keyID: keyID, annotations: annotations),
      sourceType: sourceType
    )
    try check()
  }

  /// The key id of an envelope that may be damaged, as far as it can be read.
  static func keyID(in bytes: [UInt8], from start: Int) -> String? {
    var reader = ProtobufReader(bytes, start..<bytes.count)
    var keyID: String?
    // Where the damage begins, the reading ends.
    while let field = try? reader.next() {
      guard field.number == 2, field.wireType == 2, field.payload.count <= keyByteCountMax else {
        continue
      }
      keyID = (try? reader.text(field.payload)) ?? keyID
    }
    return keyID
  }

  /// Checks data, source, key id and annotations, in this order.
  ///
  /// - Throws: `envelope.invalid`.
  public func check() throws(AtRestError) {
    guard !encryptedData.isEmpty else {
      throw AtRestError(.envelopeInvalid, "encrypted data is empty")
    }
    try source.check()
  }

  /// The pieces of encrypted data.
  public struct Parts {
    /// What the data key is derived with; nil when the source is the key itself.
    public let info: ArraySlice<UInt8>?
    /// AES-GCM nonce.
    public let nonce: ArraySlice<UInt8>
    /// As long as the plaintext.
    public let ciphertext: ArraySlice<UInt8>
    /// AES-GCM tag.
    public let tag: ArraySlice<UInt8>
  }

  /// The encrypted data taken apart; nil when it is too short for its type.
  public var parts: Parts? {
    let infoCount = sourceType == .seed ? KMSv2Provider.infoByteCount : 0
    let bodyStart = infoCount + AESGCM.nonceByteCount
    let tagStart = encryptedData.count - AESGCM.tagByteCount
    guard tagStart >= bodyStart else { return nil }
    return Parts(
      info: infoCount > 0 ? encryptedData[..<infoCount] : nil,
      nonce: encryptedData[infoCount..<bodyStart],
      ciphertext: encryptedData[bodyStart..<tagStart],
      tag: encryptedData[tagStart...]
    )
  }

  /// Recognises an envelope whose fields 2 to 5 are, byte for byte, a tail that was met before.
  ///
  /// A canonical tail holds no second field 1, so what it stands for cannot differ.
  ///
  /// - Parameters:
  ///   - stored: the whole value.
  ///   - start: where the envelope begins.
  ///   - tail: what `WrappedSource.fields` wrote.
  /// - Returns: where the encrypted data lies; nil for any other envelope.
  static func data(in stored: [UInt8], from start: Int, before tail: [UInt8]) -> Range<Int>? {
    let dataEnd = stored.count - tail.count
    guard start < dataEnd, stored[start] == 1 << 3 | 2 else { return nil }
    var reader = ProtobufReader(stored, start..<dataEnd)
    // A field that cannot be read is none of a canonical envelope.
    guard let field = try? reader.next(), field.extent.upperBound == dataEnd,
      !field.payload.isEmpty, stored.ends(with: tail)
    else { return nil }
    return field.payload
  }

  /// Writes the envelope, annotations sorted by name.
  public func bytes() -> [UInt8] {
    var writer = ProtobufWriter()
    writer.field(1, encryptedData)
    writer.raw(source.fields(sourceType))
    return writer.bytes
  }
}

extension [UInt8] {
  /// Whether these bytes end with others, compared a block at a time: it is asked of every value.
  fileprivate func ends(with tail: [UInt8]) -> Bool {
    guard count >= tail.count else { return false }
    return withUnsafeBytes { bytes in
      tail.withUnsafeBytes { tail in
        guard let start = bytes.baseAddress, let wanted = tail.baseAddress else { return true }
        return memcmp(start + bytes.count - tail.count, wanted, tail.count) == 0
      }
    }
  }
}

extension WrappedSource {
  /// Checks the wrapped source, the key id and the annotations by the rules of both sides.
  ///
  /// - Throws: `envelope.invalid`.
  func check() throws(AtRestError) {
    guard !ciphertext.isEmpty else {
      throw AtRestError(
        .envelopeInvalid,
        "failed to validate encrypted DEK source: encrypted DEK source is empty"
      )
    }
    let limit = EncryptedObject.keyByteCountMax
    guard ciphertext.count <= limit else {
      throw AtRestError(
        .envelopeInvalid,
        "failed to validate encrypted DEK source: encrypted DEK source is \(ciphertext.count) bytes, "
          + "which exceeds the max size of \(limit)"
      )
    }
    if let problem = KeyIdentifier.problem(keyID) {
      throw AtRestError(.envelopeInvalid, "failed to validate key id: \(problem)")
    }
    if let problem = AnnotationNames.problem(annotations) {
      throw AtRestError(.envelopeInvalid, "failed to validate annotations: \(problem)")
    }
  }

  /// Fields 2 to 5 of an envelope: all that does not change from write to write.
  func fields(_ type: DEKSourceType) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.field(2, keyID)
    writer.field(3, ciphertext)
    for (name, value) in annotations.inByteOrder { writer.mapEntry(4, name, value) }
    if type != .key { writer.varint(5, UInt64(type.rawValue)) }
    return writer.bytes
  }
}
