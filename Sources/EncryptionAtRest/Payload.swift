internal import CryptoEngine

/// The data of a type 1 envelope: `info(32) ‖ nonce(12) ‖ ciphertext ‖ tag(16)`.
///
/// Each write derives a key of its own from the seed and a random info, so a nonce meets a key
/// once only as far as 44 random bytes do not repeat.
///
/// Source: specification §3.2.
enum SeedPayload {
  private static let infoByteCount = KMSv2Provider.infoByteCount
  private static let bodyStart = infoByteCount + AESGCM.nonceByteCount
  /// HKDF-Expand to the hash's own size is one HMAC over `info ‖ 0x01`.
  private static let counter: [UInt8] = [1]

  /// Returns `header ‖ payload ‖ tail` in one array.
  static func seal(
    _ plaintext: [UInt8],
    seed: SecretBytes,
    storagePath: String,
    header: [UInt8],
    tail: [UInt8]
  ) throws(AtRestError) -> [UInt8] {
    let payloadCount = plaintext.count + KMSv2Provider.overheadByteCount
    let start = header.count
    do {
      return try [UInt8](unsafeUninitializedCapacity: start + payloadCount + tail.count) {
        room,
        count in
        let all = UnsafeMutableRawBufferPointer(room)
        UnsafeMutableRawBufferPointer(rebasing: all[..<start]).copyBytes(from: header)
        let payload = UnsafeMutableRawBufferPointer(rebasing: all[start..<start + payloadCount])
        try Random.fill(UnsafeMutableRawBufferPointer(rebasing: payload[..<bodyStart]))
        let body = UnsafeMutableRawBufferPointer(rebasing: payload[bodyStart...])
        try withDerivedKey(seed, info: UnsafeRawBufferPointer(rebasing: payload[..<infoByteCount]))
        {
          key in
          try plaintext.withUnsafeBytes { plaintext in
            try withPath(storagePath) { path in
              try AESGCM.seal(
                plaintext,
                key: key,
                nonce: UnsafeRawBufferPointer(rebasing: payload[infoByteCount..<bodyStart]),
                authenticatedData: path,
                into: body
              )
            }
          }
        }
        UnsafeMutableRawBufferPointer(rebasing: all[(start + payloadCount)...])
          .copyBytes(from: tail)
        count = room.count
      }
    } catch {
      throw AtRestError(.failed, "\(error)")
    }
  }

  /// Opens the payload that lies at `range`.
  static func open(
    _ bytes: [UInt8],
    _ range: Range<Int>,
    seed: SecretBytes,
    storagePath: String
  ) throws(AtRestError) -> [UInt8] {
    guard seed.byteCount >= KMSv2Provider.seedByteCountMin else {
      throw AtRestError(
        .failed,
        "invalid seed length \(seed.byteCount) used for key generation"
      )
    }
    guard range.count >= KMSv2Provider.overheadByteCount else { throw Payload.tooShort }
    let body = range.lowerBound + bodyStart
    return try Payload.open(range.count - KMSv2Provider.overheadByteCount) { output in
      try bytes.withUnsafeBytes { all in
        let info = all[range.lowerBound..<range.lowerBound + infoByteCount]
        try withDerivedKey(seed, info: UnsafeRawBufferPointer(rebasing: info)) { key in
          try withPath(storagePath) { path in
            try AESGCM.open(
              UnsafeRawBufferPointer(rebasing: all[body..<range.upperBound]),
              key: key,
              nonce: UnsafeRawBufferPointer(
                rebasing: all[range.lowerBound + infoByteCount..<body]
              ),
              authenticatedData: path,
              into: output
            )
          }
        }
      }
    }
  }

  private static func withDerivedKey(
    _ seed: SecretBytes,
    info: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try counter.withUnsafeBytes { try HMAC.withSHA256(key: seed, info, $0, body) }
  }
}

/// The data of a type 0 envelope: `nonce(12) ‖ ciphertext ‖ tag(16)` under the source itself.
///
/// Source: specification §3.2.
enum KeyPayload {
  /// Opens the payload that lies at `range`.
  static func open(
    _ bytes: [UInt8],
    _ range: Range<Int>,
    key: SecretBytes,
    storagePath: String
  ) throws(AtRestError) -> [UInt8] {
    guard [16, 24, 32].contains(key.byteCount) else {
      throw AtRestError(.failed, "crypto/aes: invalid key size \(key.byteCount)")
    }
    let body = range.lowerBound + AESGCM.nonceByteCount
    guard range.count >= AESGCM.nonceByteCount + AESGCM.tagByteCount else { throw Payload.tooShort }
    return try Payload.open(range.upperBound - body - AESGCM.tagByteCount) { output in
      try bytes.withUnsafeBytes { all in
        try key.withUnsafeBytes { key in
          try withPath(storagePath) { path in
            try AESGCM.open(
              UnsafeRawBufferPointer(rebasing: all[body..<range.upperBound]),
              key: key,
              nonce: UnsafeRawBufferPointer(rebasing: all[range.lowerBound..<body]),
              authenticatedData: path,
              into: output
            )
          }
        }
      }
    }
  }
}

/// What both forms of payload share.
enum Payload {
  static let tooShort = AtRestError(
    .envelopeInvalid,
    "the stored data was shorter than the required size"
  )
  private static let rejected = AtRestError(
    .envelopeRejected,
    "cipher: message authentication failed"
  )

  /// Makes room for a plaintext and has `body` open into it.
  static func open(
    _ byteCount: Int,
    _ body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws(AtRestError) -> [UInt8] {
    do {
      return try [UInt8](unsafeUninitializedCapacity: byteCount) { room, count in
        try body(
          UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: room[..<byteCount]))
        )
        count = byteCount
      }
    } catch let error as CryptoError where error.code == .rejected {
      throw rejected
    } catch {
      throw AtRestError(.failed, "\(error)")
    }
  }
}

/// Lends the bytes of a storage path, which every KMS value is bound to.
private func withPath(
  _ path: String,
  _ body: (UnsafeRawBufferPointer) throws -> Void
) throws {
  var path = path
  try path.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
}
