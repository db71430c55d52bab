internal import COpenSSL

/// What the crypto engine refuses or cannot do; never holds data.
public struct CryptoError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable reasons.
  public enum Code: String, CaseIterable, Sendable {
    /// Key material that is no key, or not of a supported kind.
    case keyInvalid = "crypto.key_invalid"
    /// An input of a length the operation does not take.
    case sizeInvalid = "crypto.size_invalid"
    /// Wrong key, wrong tag, wrong data: one code, whatever it was.
    case rejected = "crypto.rejected"
    /// The library failed.
    case unavailable = "crypto.unavailable"
  }

  /// Stable reason.
  public let code: Code
  /// What went wrong.
  public let message: String
  /// The library's reason, for logs.
  public let cause: String?

  init(_ code: Code, _ message: String, cause: String? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// A failure of the library, with its reason.
  static func library(_ what: String, _ code: Code = .unavailable) -> CryptoError {
    let reason = unsafe cssl_last_error()
    return CryptoError(code, what, cause: unsafe reason.map { unsafe String(cString: $0) })
  }

  /// The one answer to data that does not open.
  static let rejected = CryptoError(.rejected, "the data does not open with this key")

  /// Message and cause.
  public var description: String { cause.map { "\(message): \($0)" } ?? message }
}

/// Versions of the library under the engine.
public enum CryptoLibrary {
  /// Version of OpenSSL, such as `3.0.19`.
  public static var version: String { unsafe String(cString: cssl_version()) }
}
