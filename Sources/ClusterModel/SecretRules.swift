internal import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

/// What Kubernetes asks of a Secret, in its order and words.
///
/// Source: kube-apiserver, `ValidateSecret` and `ValidateSecretUpdate`.
enum SecretRules {
  /// Checks a Secret that is to be created.
  ///
  /// - Throws: `secret.invalid`, which tells everything that is wrong.
  static func check(_ secret: KubernetesSecret) throws {
    try refuse(secret, problems(secret))
  }

  /// Checks what an update changes.
  ///
  /// - Throws: `secret.invalid`.
  static func checkChange(from old: KubernetesSecret, to new: KubernetesSecret) throws {
    var problems: [String] = []
    if new.type != old.type {
      problems.append("type: Invalid value: \"\(new.type.echoed)\": field is immutable")
    }
    if old.isImmutable == true {
      let forbidden = "Forbidden: field is immutable when `immutable` is set"
      if new.isImmutable != true { problems.append("immutable: \(forbidden)") }
      if new.data != old.data { problems.append("data: \(forbidden)") }
    }
    try refuse(new, problems + self.problems(new))
  }

  private static func refuse(_ secret: KubernetesSecret, _ problems: [String]) throws {
    guard let first = problems.first else { return }
    let why = problems.count == 1 ? first : "[\(problems.joined(separator: ", "))]"
    throw ClusterError(
      .secretInvalid,
      "Secret \"\(secret.name.echoed)\" is invalid: \(why)",
      status: 422,
      azureCode: "Invalid"
    )
  }

  // MARK: The whole

  private static func problems(_ secret: KubernetesSecret) -> [String] {
    var problems: [String] = []
    func add(_ field: String, _ value: String, _ why: [String]) {
      problems += why.map { "\(field): Invalid value: \"\(value.echoed)\": \($0)" }
    }
    if secret.name.isEmpty {
      problems.append("metadata.name: Required value: name or generateName is required")
    } else {
      add("metadata.name", secret.name, NameRules.subdomain(secret.name))
    }
    add("metadata.namespace", secret.namespace, NameRules.label(secret.namespace))
    for (name, value) in secret.labels.sorted(by: { $0.key < $1.key }) {
      add("metadata.labels", name, NameRules.qualifiedName(name))
      add("metadata.labels", value, NameRules.labelValue(value))
    }
    for name in secret.annotations.keys.sorted() {
      add("metadata.annotations", name, NameRules.qualifiedName(name.lowercased()))
    }
    for key in secret.data.keys.sorted() {
      add("data[\(key.echoed)]", key, NameRules.dataKey(key))
    }
    if secret.dataByteCount > KubernetesSecret.dataByteCountMax {
      problems.append(
        "data: Too long: may not be more than \(KubernetesSecret.dataByteCountMax) bytes"
      )
    }
    return problems + problemsOfType(secret)
  }

  /// What the built-in types must have; any other type is free.
  private static func problemsOfType(_ secret: KubernetesSecret) -> [String] {
    func required(_ keys: String...) -> [String] {
      keys.filter { secret.data[$0] == nil }.map { "data[\($0)]: Required value" }
    }
    switch secret.type {
    case "kubernetes.io/service-account-token":
      let name = "kubernetes.io/service-account.name"
      return secret.annotations[name]?.isEmpty == false
        ? [] : ["metadata.annotations[\(name)]: Required value"]
    case "kubernetes.io/dockercfg": return json(".dockercfg", secret.data)
    case "kubernetes.io/dockerconfigjson": return json(".dockerconfigjson", secret.data)
    case "kubernetes.io/basic-auth":
      // Either will do, and it may be empty.
      let missing = required("username", "password")
      return missing.count == 2 ? missing : []
    case "kubernetes.io/ssh-auth":
      return secret.data["ssh-privatekey"]?.isEmpty == false
        ? [] : ["data[ssh-privatekey]: Required value"]
    case "kubernetes.io/tls": return required("tls.crt", "tls.key")
    default: return []
    }
  }

  /// What is wrong with a value that must be a JSON object; its text is never repeated.
  private static func json(_ key: String, _ data: [String: [UInt8]]) -> [String] {
    guard let bytes = data[key] else { return ["data[\(key)]: Required value"] }
    let isObject =
      switch bytes.first(where: { !" \t\r\n".utf8.contains($0) }) {
      case UInt8(ascii: "{"), UInt8(ascii: "n"):
        // Whether it parses is all there is to know.
        (try? JSONDecoder().decode(AnyJSON?.self, from: Data(bytes))) != nil
      default: false
      }
    let why = "not a JSON object"
    return isObject
      ? [] : ["data[\(key)]: Invalid value: \"<secret contents redacted>\": \(why)"]
  }

  /// Any JSON, to be parsed and forgotten.
  private struct AnyJSON: Decodable {
    private struct Name: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: Name.self) }
  }
}
