internal import CryptoEngine

/// `nonce(12) ‖ ciphertext ‖ tag(16)` under AES-GCM, bound to the storage path.
///
/// Source: specification §1.1; §3.2 for source type 0; §4.
enum GCMBody {
  /// Returns `header ‖ body ‖ tail`; the nonce must never have met this key.
  static func seal(
    _ plaintext: [UInt8],
    key: SecretBytes,
    nonce: [UInt8],
    storagePath: String,
    header: [UInt8],
    tail: [UInt8] = []
  ) throws(AtRestError) -> [UInt8] {
    let bodyStart = AESGCM.nonceByteCount
    return try Payload.seal(
      bodyStart + plaintext.count + AESGCM.tagByteCount,
      header: header,
      tail: tail
    ) { body in
      UnsafeMutableRawBufferPointer(rebasing: body[..<bodyStart]).copyBytes(from: nonce)
      try plaintext.withUnsafeBytes { plaintext in
        try key.withUnsafeBytes { key in
          try withPath(storagePath) { path in
            try AESGCM.seal(
              plaintext,
              key: key,
              nonce: UnsafeRawBufferPointer(rebasing: body[..<bodyStart]),
              authenticatedData: path,
              into: UnsafeMutableRawBufferPointer(rebasing: body[bodyStart...])
            )
          }
        }
      }
    }
  }

  /// Opens the body that lies at `range`.
  static func open(
    _ bytes: [UInt8],
    _ range: Range<Int>,
    key: SecretBytes,
    storagePath: String
  ) throws(AtRestError) -> [UInt8] {
    try AESKey.check(key)
    let start = range.lowerBound + AESGCM.nonceByteCount
    guard range.upperBound >= start else { throw Payload.tooShort }
    guard range.upperBound - start >= AESGCM.tagByteCount else { throw Payload.rejected }
    return try Payload.open(range.upperBound - start - AESGCM.tagByteCount) { output in
      try bytes.withUnsafeBytes { all in
        try key.withUnsafeBytes { key in
          try withPath(storagePath) { path in
            try AESGCM.open(
              UnsafeRawBufferPointer(rebasing: all[start..<range.upperBound]),
              key: key,
              nonce: UnsafeRawBufferPointer(rebasing: all[range.lowerBound..<start]),
              authenticatedData: path,
              into: output
            )
          }
        }
      }
    }
  }
}

/// `IV(16) ‖ ciphertext` under AES-CBC, padded, without any authentication.
///
/// Source: specification §1.1.
enum CBCBody {
  /// Returns `header ‖ body`.
  static func seal(
    _ plaintext: [UInt8],
    key: SecretBytes,
    iv: [UInt8],
    header: [UInt8]
  ) throws(AtRestError) -> [UInt8] {
    let size = AESCBC.blockByteCount
    let padCount = size - plaintext.count % size
    let padded = plaintext + [UInt8](repeating: UInt8(padCount), count: padCount)
    return try Payload.seal(size + padded.count, header: header) { body in
      UnsafeMutableRawBufferPointer(rebasing: body[..<size]).copyBytes(from: iv)
      try padded.withUnsafeBytes { blocks in
        try AESCBC.encrypt(
          blocks,
          key: key,
          iv: UnsafeRawBufferPointer(rebasing: body[..<size]),
          into: UnsafeMutableRawBufferPointer(rebasing: body[size...])
        )
      }
    }
  }

  /// Opens the body that lies at `range`; padding up to 255 bytes is accepted, as the server does.
  static func open(
    _ bytes: [UInt8],
    _ range: Range<Int>,
    key: SecretBytes
  ) throws(AtRestError) -> [UInt8] {
    try AESKey.check(key)
    let size = AESCBC.blockByteCount
    guard range.count >= size else { throw Payload.tooShort }
    guard range.count % size == 0 else {
      throw AtRestError(.failed, "the stored data is not a multiple of the block size")
    }
    let start = range.lowerBound + size
    var padded = try Payload.open(range.upperBound - start) { output in
      try bytes.withUnsafeBytes { all in
        try AESCBC.decrypt(
          UnsafeRawBufferPointer(rebasing: all[start..<range.upperBound]),
          key: key,
          iv: UnsafeRawBufferPointer(rebasing: all[range.lowerBound..<start]),
          into: output
        )
      }
    }
    guard let last = padded.last, (1...padded.count).contains(Int(last)) else {
      throw AtRestError(.envelopeRejected, "invalid PKCS7 data (empty or not padded)")
    }
    guard padded.suffix(Int(last)).allSatisfy({ $0 == last }) else {
      throw AtRestError(.envelopeRejected, "invalid padding on input")
    }
    padded.removeLast(Int(last))
    return padded
  }
}

/// `nonce(24) ‖ tag(16) ‖ ciphertext` under XSalsa20-Poly1305, bound to no place.
///
/// Source: specification §1.1.
enum SecretboxBody {
  /// Returns `header ‖ body`.
  static func seal(
    _ plaintext: [UInt8],
    key: SecretBytes,
    nonce: [UInt8],
    header: [UInt8]
  ) throws(AtRestError) -> [UInt8] {
    let start = Secretbox.nonceByteCount
    let byteCount = start + Secretbox.tagByteCount + plaintext.count
    return try Payload.seal(byteCount, header: header) { body in
      UnsafeMutableRawBufferPointer(rebasing: body[..<start]).copyBytes(from: nonce)
      try plaintext.withUnsafeBytes { plaintext in
        try Secretbox.seal(
          plaintext,
          key: key,
          nonce: UnsafeRawBufferPointer(rebasing: body[..<start]),
          into: UnsafeMutableRawBufferPointer(rebasing: body[start...])
        )
      }
    }
  }

  /// Opens the body that lies at `range`.
  static func open(
    _ bytes: [UInt8],
    _ range: Range<Int>,
    key: SecretBytes
  ) throws(AtRestError) -> [UInt8] {
    let start = range.lowerBound + Secretbox.nonceByteCount
    let textByteCount = range.upperBound - start - Secretbox.tagByteCount
    guard textByteCount >= 0 else { throw Payload.tooShort }
    do {
      return try Payload.open(textByteCount) { output in
        try bytes.withUnsafeBytes { all in
          try Secretbox.open(
            UnsafeRawBufferPointer(rebasing: all[start..<range.upperBound]),
            key: key,
            nonce: UnsafeRawBufferPointer(rebasing: all[range.lowerBound..<start]),
            into: output
          )
        }
      }
    } catch  where error.code == .envelopeRejected {
      throw AtRestError(.envelopeRejected, "output array was not large enough for encryption")
    }
  }
}

/// What an AES key of unknown origin must be.
enum AESKey {
  /// - Throws: `transform.failed` for a length that AES does not have.
  static func check(_ key: SecretBytes) throws(AtRestError) {
    guard [16, 24, 32].contains(key.byteCount) else {
      throw AtRestError(.failed, "crypto/aes: invalid key size \(key.byteCount)")
    }
  }
}
