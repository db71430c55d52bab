public import AzureModel

/// What the detector of a cluster finds.
///
/// Source: seed rules R106 to R109; AKS specification §8.
public struct Diagnosis: Sendable {
  /// The detectors there are.
  public enum Detector: String, CaseIterable, Sendable {
    /// Azure KeyVault KMS Integration Issues.
    case kms = "KMS"
  }

  /// Whether KMS is enabled.
  public let isEnabled: Bool
  /// The key that writes use, or that is retained; nil for a cluster that never used KMS.
  public let kid: KeyID?
  /// Failures first, then warnings.
  public let findings: [Ailment]

  /// The failures among the findings.
  public var failures: [Ailment] { findings.filter { $0.severity == .failure } }

  /// Whether KMS is enabled, with which key, and whether a known failure applies: one sentence.
  public var status: String {
    let state =
      switch (isEnabled, kid) {
      case (true, let kid?): "KMS is enabled with key \(kid)"
      case (false, let kid?): "KMS is disabled, key \(kid) is retained"
      default: "KMS is not enabled"
      }
    guard let first = failures.first else {
      return "\(state); no known failure applies"
    }
    return "\(state); a known failure applies: \(first.id): \(first.message)"
  }
}
