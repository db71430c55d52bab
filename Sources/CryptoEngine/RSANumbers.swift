internal import COpenSSL

/// The members of a private RSA key as a JWK has them: big-endian numbers.
///
/// Source: RFC 7518, section 6.3.
public struct RSANumbers: Equatable, Sendable {
  /// `n`.
  public let modulus: [UInt8]
  /// `e`.
  public let exponent: [UInt8]
  /// `d`.
  public let privateExponent: SecretBytes
  /// `p`.
  public let firstPrime: SecretBytes
  /// `q`.
  public let secondPrime: SecretBytes
  /// `dp`.
  public let firstExponent: SecretBytes
  /// `dq`.
  public let secondExponent: SecretBytes
  /// `qi`.
  public let coefficient: SecretBytes

  /// Takes over the members of a JWK.
  public init(
    modulus: [UInt8],
    exponent: [UInt8],
    privateExponent: SecretBytes,
    firstPrime: SecretBytes,
    secondPrime: SecretBytes,
    firstExponent: SecretBytes,
    secondExponent: SecretBytes,
    coefficient: SecretBytes
  ) {
    self.modulus = modulus
    self.exponent = exponent
    self.privateExponent = privateExponent
    self.firstPrime = firstPrime
    self.secondPrime = secondPrime
    self.firstExponent = firstExponent
    self.secondExponent = secondExponent
    self.coefficient = coefficient
  }

  /// All of them in the order of the library: n, e, d, p, q, dp, dq, qi.
  var parts: [SecretBytes] {
    [
      SecretBytes(copying: modulus), SecretBytes(copying: exponent), privateExponent, firstPrime,
      secondPrime, firstExponent, secondExponent, coefficient,
    ]
  }
}

extension LibraryKey {
  /// Puts an RSA key together from all its numbers, which must belong together, or from n and e.
  convenience init(rsa parts: [SecretBytes]) throws(CryptoError) {
    guard parts.allSatisfy({ (1...1024).contains($0.byteCount) }) else {
      throw CryptoError(.keyInvalid, "a member of the RSA key is empty or too long")
    }
    let counts = parts.map(\.byteCount)
    // The parts outlive the call: they are kept by `parts` until it ends.
    let pointer = unsafe withExtendedLifetime(parts) {
      let starts = unsafe parts.map { unsafe $0.withUnsafeBytes { $0.baseAddress } }
      return unsafe starts.withUnsafeBufferPointer { starts in
        unsafe counts.withUnsafeBufferPointer {
          unsafe cssl_rsa_from_numbers(starts.baseAddress, $0.baseAddress, Int32(counts.count))
        }
      }
    }
    unsafe try self.init(pointer, "the members of the RSA key do not belong together")
  }
}
