internal import EncryptionAtRest

/// What Kubernetes asks of a Secret.
///
/// Source: Kubernetes API reference, Secret; validation of names by RFC 1123.
enum SecretRules {
  /// Checks a Secret that is to be created.
  ///
  /// - Throws: `secret.invalid`.
  static func check(_ secret: KubernetesSecret) throws {
    guard isSubdomain(secret.name) else {
      throw invalid(
        secret.name,
        "metadata.name: Invalid value: \"\(secret.name)\": a lowercase RFC 1123 subdomain must consist "
          + "of lower case alphanumeric characters, '-' or '.', and must start and end with an "
          + "alphanumeric character"
      )
    }
    guard secret.namespace.utf8.count <= 63, isLabel(secret.namespace[...]) else {
      throw invalid(
        secret.name,
        "metadata.namespace: Invalid value: \"\(secret.namespace)\": a lowercase RFC 1123 label must "
          + "consist of lower case alphanumeric characters or '-'"
      )
    }
    for key in secret.data.keys.sorted() where !isDataKey(key) {
      throw invalid(
        secret.name,
        "data[\(key)]: Invalid value: \"\(key)\": a valid config key must consist of alphanumeric "
          + "characters, '-', '_' or '.'"
      )
    }
    guard secret.dataByteCount <= KubernetesSecret.dataByteCountMax else {
      throw invalid(
        secret.name,
        "data: Too long: may not be more than \(KubernetesSecret.dataByteCountMax) bytes"
      )
    }
  }

  /// Checks what an update changes.
  ///
  /// - Throws: `secret.invalid`.
  static func checkChange(from old: KubernetesSecret, to new: KubernetesSecret) throws {
    try check(new)
    guard old.isImmutable == true else { return }
    if new.data != old.data {
      throw invalid(old.name, "data: Forbidden: field is immutable when `immutable` is set")
    }
    if new.isImmutable != true {
      throw invalid(old.name, "immutable: Forbidden: field is immutable when `immutable` is set")
    }
  }

  private static func invalid(_ name: String, _ why: String) -> ClusterError {
    ClusterError(
      .secretInvalid,
      "Secret \"\(name)\" is invalid: \(why)",
      status: 422,
      azureCode: "Invalid"
    )
  }

  private static func isSubdomain(_ name: String) -> Bool {
    (1...253).contains(name.utf8.count)
      && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
  }

  private static func isLabel(_ label: Substring) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (97...122).contains(byte) || (48...57).contains(byte)
    }
    guard let first = label.utf8.first, let last = label.utf8.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }

  private static func isDataKey(_ key: String) -> Bool {
    (1...253).contains(key.utf8.count) && key != "." && key != ".." && !key.hasPrefix("..")
      && key.utf8.allSatisfy {
        (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
          || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
      }
  }
}
