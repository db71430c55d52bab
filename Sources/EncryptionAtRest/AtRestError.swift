/// Why a stored object cannot be written or read.
public struct AtRestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable reasons.
  public enum Code: String, CaseIterable, Sendable {
    /// No configured provider owns the value's prefix.
    case noMatch = "transform.no_match"
    /// A provider owns the value and cannot open it.
    case failed = "transform.failed"
    /// An envelope or a plugin's answer breaks the format.
    case envelopeInvalid = "envelope.invalid"
    /// Wrong key, wrong place or damaged bytes: one code whatever it was.
    case envelopeRejected = "envelope.rejected"
    /// The write seed was not confirmed for three minutes.
    case seedExpired = "seed.expired"
    /// The plugin does not answer, or not as it must.
    case kmsUnavailable = "kms.unavailable"
    /// An EncryptionConfiguration that a server would refuse.
    case configurationInvalid = "configuration.invalid"
    /// The bytes are no Secret.
    case secretInvalid = "secret.invalid"
    /// A text that is no YAML, or a value that YAML cannot hold.
    case yamlInvalid = "yaml.invalid"
    /// A text that holds no objects, or not whole.
    case objectsInvalid = "objects.invalid"
  }

  /// Stable reason.
  public let code: Code
  /// What kube-apiserver says.
  public let message: String
  /// The failures that were gathered into this one.
  public let causes: [AtRestError]

  /// Makes an error in kube-apiserver's words.
  public init(_ code: Code, _ message: String) {
    self.init(code, message, causes: [])
  }

  init(_ code: Code, _ message: String, causes: [AtRestError]) {
    self.code = code
    self.message = message
    self.causes = causes
  }

  /// The message.
  public var description: String { message }
}
