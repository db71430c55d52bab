public import CryptoEngine
public import FoundationEssentials

/// A key that lies in the configuration itself.
public struct LocalKey: Sendable {
  /// What values under it are marked with; not empty, may hold colons.
  public let name: String
  /// The key: 16, 24 or 32 bytes, for `secretbox` 32.
  public let secret: SecretBytes

  /// Names a key.
  public init(name: String, secret: SecretBytes) {
    self.name = name
    self.secret = secret
  }
}

/// The `aescbc`, `aesgcm` and `secretbox` providers: keys out of the configuration.
///
/// The first key writes. All whose name stands in the value read, in their order; two keys may
/// have one name. Only `aesgcm` binds a value to its place, and `aescbc` does not authenticate.
///
/// Source: specification §1, §2.
public struct LocalKeysProvider: Transformer {
  /// The ciphers there are.
  public enum Cipher: String, Sendable {
    /// AES-CBC.
    case aescbc
    /// AES-GCM.
    case aesgcm
    /// XSalsa20-Poly1305.
    case secretbox

    /// What every value under the cipher starts with.
    var prefix: [UInt8] { Array("k8s:enc:\(rawValue):v1:".utf8) }

    /// Length of what must not repeat under one key: a vector or a nonce.
    var nonceByteCount: Int {
      switch self {
      case .aescbc: AESCBC.blockByteCount
      case .aesgcm: AESGCM.nonceByteCount
      case .secretbox: Secretbox.nonceByteCount
      }
    }
  }

  /// Which cipher the keys are for.
  public let cipher: Cipher
  /// `k8s:enc:CIPHER:v1:`.
  public let prefix: [UInt8]
  private let keys: [(mark: [UInt8], secret: SecretBytes)]

  /// Puts keys in order; there must be at least one.
  public init(_ cipher: Cipher, keys: [LocalKey]) {
    precondition(!keys.isEmpty)
    self.cipher = cipher
    self.keys = keys.map { (Array("\($0.name):".utf8), $0.secret) }
    prefix = cipher.prefix
  }

  /// Seals under the first key: `prefix ‖ NAME: ‖ body`.
  ///
  /// - Throws: `transform.failed`.
  public func seal(
    _ plaintext: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> [UInt8] {
    let nonce: [UInt8]
    do {
      nonce = try Random.bytes(cipher.nonceByteCount)
    } catch {
      throw AtRestError(.failed, "\(error)")
    }
    return try seal(plaintext, storagePath: storagePath, nonce: nonce)
  }

  /// As above under a nonce from outside, which must not repeat.
  func seal(
    _ plaintext: [UInt8],
    storagePath: String,
    nonce: [UInt8]
  ) throws(AtRestError) -> [UInt8] {
    let (mark, key) = keys[0]
    let header = prefix + mark
    return switch cipher {
    case .aescbc: try CBCBody.seal(plaintext, key: key, iv: nonce, header: header)
    case .secretbox: try SecretboxBody.seal(plaintext, key: key, nonce: nonce, header: header)
    case .aesgcm:
      try GCMBody.seal(
        plaintext,
        key: key,
        nonce: nonce,
        storagePath: storagePath,
        header: header
      )
    }
  }

  /// Opens with the first key of the value's name that can; stale unless that is the first key.
  ///
  /// - Throws: `transform.no_match`, or what the matching keys said.
  public func open(
    _ stored: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> OpenedValue {
    var failures = ReadFailures()
    let rest = stored.dropFirst(prefix.count)
    for (index, key) in keys.enumerated() where rest.starts(with: key.mark) {
      let body = prefix.count + key.mark.count..<stored.count
      do {
        let plaintext =
          switch cipher {
          case .aescbc: try CBCBody.open(stored, body, key: key.secret)
          case .aesgcm:
            try GCMBody.open(stored, body, key: key.secret, storagePath: storagePath)
          case .secretbox: try SecretboxBody.open(stored, body, key: key.secret)
          }
        return OpenedValue(plaintext: plaintext, isStale: index > 0)
      } catch {
        failures.add(error)
      }
    }
    let name = cipher == .secretbox ? "Secretbox" : "AES"
    throw failures.error(
      whenNone: "no matching key was found for the provided \(name) transformer"
    )
  }
}
