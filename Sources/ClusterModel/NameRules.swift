/// Kubernetes' rules for names, each giving what is wrong in its own words, nothing when all is well.
///
/// Source: `k8s.io/apimachinery/pkg/util/validation`.
enum NameRules {
  /// Longest name of an object, of a key in data, and of the prefix of a label.
  static let nameByteCountMax = 253
  /// Longest label.
  static let labelByteCountMax = 63

  /// A name of an object: labels of DNS, joined by dots.
  static func subdomain(_ name: String) -> [String] {
    let isGood = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      isFramed($0, inside: [UInt8(ascii: "-")], isLower: true)
    }
    return tooLong(name, nameByteCountMax)
      + (isGood
        ? []
        : [
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "
            + "or '.', and must start and end with an alphanumeric character (e.g. 'example.com', "
            + "regex used for validation is "
            + #"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#
        ])
  }

  /// A namespace: one label of DNS.
  static func label(_ name: String) -> [String] {
    tooLong(name, labelByteCountMax)
      + (isFramed(name[...], inside: [UInt8(ascii: "-")], isLower: true)
        ? []
        : [
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
            + "and must start and end with an alphanumeric character (e.g. 'my-name',  or "
            + "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
        ])
  }

  /// A key of a Secret's data.
  static func dataKey(_ key: String) -> [String] {
    var problems = tooLong(key, nameByteCountMax)
    let isGood =
      !key.isEmpty && key.utf8.allSatisfy { isAlphanumeric($0) || marks.contains($0) }
    if !isGood {
      problems.append(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
          + "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
          + "'[-._a-zA-Z0-9]+')"
      )
    }
    if key == "." || key == ".." {
      problems.append("must not be '\(key)'")
    } else if key.hasPrefix("..") {
      problems.append("must not start with '..'")
    }
    return problems
  }

  /// The name of a label or an annotation, with or without a prefix.
  static func qualifiedName(_ text: String) -> [String] {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let form =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
      + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
      + "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    guard parts.count <= 2 else {
      return [
        "a qualified name \(form) with an optional DNS subdomain prefix and '/' (e.g. "
          + "'example.com/MyName')"
      ]
    }
    var problems: [String] = []
    if parts.count == 2 {
      problems +=
        parts[0].isEmpty
        ? ["prefix part must be non-empty"]
        : subdomain(String(parts[0])).map { "prefix part \($0)" }
    }
    let name = parts[parts.count - 1]
    if name.isEmpty { return problems + ["name part must be non-empty", "name part \(form)"] }
    problems += tooLong(String(name), labelByteCountMax).map { "name part \($0)" }
    return problems + (isFramed(name, inside: marks, isLower: false) ? [] : ["name part \(form)"])
  }

  /// The value of a label.
  static func labelValue(_ text: String) -> [String] {
    let isGood = text.isEmpty || isFramed(text[...], inside: marks, isLower: false)
    return tooLong(text, labelByteCountMax)
      + (isGood
        ? []
        : [
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' "
            + "or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
            + "'my_value',  or '12345', regex used for validation is "
            + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
        ])
  }

  // MARK: Parts

  private static let marks = Array("-_.".utf8)

  private static func tooLong(_ text: String, _ limit: Int) -> [String] {
    text.utf8.count > limit ? ["must be no more than \(limit) characters"] : []
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowerAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Whether a text begins and ends with an alphanumeric character, with those or marks between.
  private static func isFramed(_ text: Substring, inside marks: [UInt8], isLower: Bool) -> Bool {
    let isPlain = isLower ? isLowerAlphanumeric : isAlphanumeric
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    return isPlain(first) && isPlain(last)
      && text.utf8.allSatisfy { isPlain($0) || marks.contains($0) }
  }
}
