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
  ///
  /// `fill` writes the random info and nonce; tests give those of the vectors.
  static func seal(
    _ plaintext: [UInt8],
    seed: SecretBytes,
    storagePath: String,
    header: [UInt8],
    tail: [UInt8],
    fill: (UnsafeMutableRawBufferPointer) throws -> Void = Random.fill
  ) throws(AtRestError) -> [UInt8] {
    try Payload.seal(
      plaintext.count + KMSv2Provider.overheadByteCount,
      header: header,
      tail: tail
    ) { payload in
      try fill(UnsafeMutableRawBufferPointer(rebasing: payload[..<bodyStart]))
      let info = UnsafeRawBufferPointer(rebasing: payload[..<infoByteCount])
      try withDerivedKey(seed, info: info) { key in
        try plaintext.withUnsafeBytes { plaintext in
          try withPath(storagePath) { path in
            try AESGCM.seal(
              plaintext,
              key: key,
              nonce: UnsafeRawBufferPointer(rebasing: payload[infoByteCount..<bodyStart]),
              authenticatedData: path,
              into: UnsafeMutableRawBufferPointer(rebasing: payload[bodyStart...])
            )
          }
        }
      }
    }
  }

  /// What a seed of unknown origin must be.
  ///
  /// - Throws: `transform.failed` for one that is too short.
  static func check(_ seed: SecretBytes) throws(AtRestError) {
    guard seed.byteCount >= KMSv2Provider.seedByteCountMin else {
      throw AtRestError(
        .failed,
        "invalid seed length \(seed.byteCount) used for key generation"
      )
    }
  }

  /// Opens the payload that lies at `range`.
  static func open(
    _ bytes: [UInt8],
    _ range: Range<Int>,
    seed: SecretBytes,
    storagePath: String
  ) throws(AtRestError) -> [UInt8] {
    try check(seed)
    guard range.count >= bodyStart else { throw Payload.tooShort }
    guard range.count >= KMSv2Provider.overheadByteCount else { throw Payload.rejected }
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

/// What all forms of payload share.
enum Payload {
  static let tooShort = AtRestError(
    .envelopeInvalid,
    "the stored data was shorter than the required size"
  )
  static let rejected = AtRestError(.envelopeRejected, "cipher: message authentication failed")

  /// Returns `header ‖ room ‖ tail`, the room filled by `body`.
  static func seal(
    _ byteCount: Int,
    header: [UInt8],
    tail: [UInt8] = [],
    _ body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws(AtRestError) -> [UInt8] {
    let start = header.count
    let end = start + byteCount
    do {
      return try [UInt8](unsafeUninitializedCapacity: end + tail.count) { room, count in
        let all = UnsafeMutableRawBufferPointer(room)
        UnsafeMutableRawBufferPointer(rebasing: all[..<start]).copyBytes(from: header)
        try body(UnsafeMutableRawBufferPointer(rebasing: all[start..<end]))
        UnsafeMutableRawBufferPointer(rebasing: all[end...]).copyBytes(from: tail)
        count = room.count
      }
    } catch {
      throw AtRestError(.failed, "\(error)")
    }
  }

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
    } catch let error as AtRestError {
      throw error
    } catch {
      throw AtRestError(.failed, "\(error)")
    }
  }
}

/// Lends the bytes of a storage path, which authenticated values are bound to.
func withPath(
  _ path: String,
  _ body: (UnsafeRawBufferPointer) throws -> Void
) throws {
  var path = path
  try path.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
}
