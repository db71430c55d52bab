internal import CryptoEngine

/// Rules for a key id.
///
/// Source: specification §3.1 and §3.4.
public enum KeyIdentifier {
  /// What is wrong with a key id, nil when nothing is.
  static func problem(_ keyID: String) -> String? {
    let count = keyID.utf8.count
    guard count > 0 else { return "keyID is empty" }
    let limit = EncryptedObject.keyByteCountMax
    return count <= limit ? nil : "keyID is \(count) bytes, which exceeds the max size of \(limit)"
  }

  /// Identifier of a key id in logs and metrics: `sha256:` and hex; empty stays empty.
  ///
  /// Source: specification §3.7.
  public static func hash(_ keyID: String) -> String {
    // For people only, who see nothing where there is no SHA-256.
    guard !keyID.isEmpty, let digest = try? Digest.sha256(keyID.utf8) else { return "" }
    return "sha256:" + digest.lowerHex
  }
}

extension [UInt8] {
  /// Two lower-case hex digits per byte.
  public var lowerHex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self
    )
  }
}

/// Rules for annotation names and sizes.
///
/// Source: specification §3.1; texts from Kubernetes' validation.
enum AnnotationNames {
  private static let subdomainText =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    + "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
    + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

  /// What is wrong with annotations, nil when nothing is.
  static func problem(_ annotations: [String: [UInt8]]) -> String? {
    for (name, _) in annotations.inByteOrder {
      if let problem = problem(name) { return "annotations: \(problem)" }
    }
    let total = annotations.reduce(0) { $0 + $1.key.utf8.count + $1.value.count }
    let limit = EncryptedObject.annotationsByteCountMax
    return total <= limit
      ? nil : "total size of annotations is \(total), which exceeds the max size of \(limit)"
  }

  private static func problem(_ given: String) -> String? {
    guard !given.isEmpty else { return "Required value" }
    let name = given.hasSuffix(".") ? String(given.dropLast()) : given
    if name.utf8.count > 253 {
      return invalid(name, "must be no more than 253 characters")
    }
    let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.allSatisfy(isLabel) else { return invalid(name, subdomainText) }
    guard labels.count >= 2 else {
      return invalid(name, "should be a domain with at least two segments separated by dots")
    }
    if let long = labels.first(where: { $0.count > 63 }) {
      return invalid(String(long) ?? name, "must be no more than 63 characters")
    }
    return nil
  }

  private static func invalid(_ value: String, _ why: String) -> String {
    "Invalid value: \"\(value)\": \(why)"
  }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard let first = label.first, let last = label.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }
}
