public import FoundationEssentials

/// What reading a stored value gave.
public struct OpenedValue: Hashable, Sendable {
  /// The object in storage form.
  public let plaintext: [UInt8]
  /// Whether a write now would store it otherwise.
  public let isStale: Bool

  /// Pairs a plaintext with its verdict.
  public init(plaintext: [UInt8], isStale: Bool) {
    self.plaintext = plaintext
    self.isStale = isStale
  }
}

/// Turns an object into its stored value and back.
public protocol Transformer: Sendable {
  /// What every value of this provider starts with; empty for plain values.
  var prefix: [UInt8] { get }
  /// Returns the value to store under a path, prefix included.
  func seal(_ plaintext: [UInt8], storagePath: String, now: Date) throws(AtRestError) -> [UInt8]
  /// Reads a value that starts with the prefix.
  func open(_ stored: [UInt8], storagePath: String, now: Date) throws(AtRestError) -> OpenedValue
}

/// The `identity` provider: stores in clear, and refuses to read what is sealed.
public struct PlaintextTransformer: Transformer {
  /// Start of every sealed value, reserved by Kubernetes.
  public static let reservedPrefix = Array("k8s:enc:".utf8)
  static let refusal = AtRestError(.failed, "identity transformer tried to read encrypted data")
  /// Empty: every value matches.
  public let prefix: [UInt8] = []

  /// Makes the provider.
  public init() {}

  /// Returns the object as it is.
  public func seal(
    _ plaintext: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> [UInt8] { plaintext }

  /// Returns the value as it is.
  ///
  /// - Throws: `transform.failed` for a sealed one.
  public func open(
    _ stored: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> OpenedValue {
    guard !stored.starts(with: Self.reservedPrefix) else {
      throw Self.refusal
    }
    return OpenedValue(plaintext: stored, isStale: false)
  }
}

/// The providers of one rule in their order: the first writes, all read.
///
/// Source: specification §2.
public struct TransformerChain: Transformer {
  private let providers: [any Transformer]
  /// Empty: the chain sorts values out itself.
  public let prefix: [UInt8] = []

  /// Puts providers in order; there must be at least one.
  public init(_ providers: [any Transformer]) {
    precondition(!providers.isEmpty)
    self.providers = providers
  }

  /// Seals with the first provider.
  public func seal(
    _ plaintext: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> [UInt8] {
    try providers[0].seal(plaintext, storagePath: storagePath, now: now)
  }

  /// Opens with the first provider that matches and succeeds; stale unless that is the first.
  ///
  /// - Throws: `transform.no_match`, or what the matching providers said.
  public func open(
    _ stored: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> OpenedValue {
    var failures = ReadFailures()
    for (index, provider) in providers.enumerated() where stored.starts(with: provider.prefix) {
      do {
        let opened = try provider.open(stored, storagePath: storagePath, now: now)
        return OpenedValue(plaintext: opened.plaintext, isStale: opened.isStale || index > 0)
      } catch {
        // A failing identity is skipped without being recorded.
        if !provider.prefix.isEmpty { failures.add(error) }
      }
    }
    throw failures.error(whenNone: "no matching prefix found")
  }
}

/// What went wrong on the way through several readers.
///
/// Source: specification §2.
struct ReadFailures {
  private var errors: [AtRestError] = []

  /// Records a failure, one that was gathered by its parts; what reads the same is kept once.
  mutating func add(_ error: AtRestError) {
    for error in error.causes.isEmpty ? [error] : error.causes
    where !errors.contains(where: { $0.message == error.message }) {
      errors.append(error)
    }
  }

  /// The failure as a whole: one bare, several in brackets.
  func error(whenNone message: String) -> AtRestError {
    guard let first = errors.first else { return AtRestError(.noMatch, message) }
    guard errors.count > 1 else { return first }
    let texts = errors.map(\.message).joined(separator: ", ")
    return AtRestError(first.code, "[\(texts)]", causes: errors)
  }
}
