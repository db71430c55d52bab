import AzureModel
import ClusterModel
import EncryptionAtRest
import Testing

/// What kube-apiserver says of a Secret that it does not take.
///
/// Source: Kubernetes, `ValidateSecret`, `ValidateSecretUpdate` and `IsQualifiedName`.
@Suite struct SecretRulesTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var type = "Opaque"
    var name = "s"
    var namespace = "default"
    var data: [String: String] = [:]
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]
    /// What follows `Secret "s" is invalid: `; empty for a Secret that is taken.
    let told: String
    var testDescription: String { "\(type) \(name) \(data.keys.sorted()) \(labels)" }
  }

  private static let label =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
    + "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
    + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  private static let subdomain =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    + "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
    + #"validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#
  private static let key =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  "
    + "or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
  private static let value =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    + "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
    + "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
  private static let part =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    + "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    + "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

  static let rows = [
    Row(data: ["a.b_c-D": ""], labels: ["example.com/A_b": "x.Y-1", "b": ""], told: ""),
    Row(name: "a.b-c.9", told: ""),
    Row(name: "A_b", told: "metadata.name: Invalid value: \"A_b\": \(subdomain)"),
    Row(
      namespace: "a.b",
      told: "metadata.namespace: Invalid value: \"a.b\": \(label)"
    ),
    Row(data: ["a b": ""], told: "data[a b]: Invalid value: \"a b\": \(key)"),
    Row(data: ["..": ""], told: "data[..]: Invalid value: \"..\": must not be '..'"),
    Row(
      data: ["..a": ""],
      told: "data[..a]: Invalid value: \"..a\": must not start with '..'"
    ),
    Row(
      data: ["a": "", "a b": "", "c d": ""],
      told: "[data[a b]: Invalid value: \"a b\": \(key), data[c d]: Invalid value: \"c d\": \(key)]"
    ),
    Row(labels: ["a": "-x"], told: "metadata.labels: Invalid value: \"-x\": \(value)"),
    Row(labels: ["a_": ""], told: "metadata.labels: Invalid value: \"a_\": \(part)"),
    Row(
      labels: ["/a": ""],
      told: "metadata.labels: Invalid value: \"/a\": prefix part must be non-empty"
    ),
    Row(
      annotations: ["A/b": "anything at all"],
      told: ""
    ),
    Row(type: "example.com/any", told: ""),
    Row(
      type: "kubernetes.io/tls",
      told: "[data[tls.crt]: Required value, data[tls.key]: Required value]"
    ),
    Row(type: "kubernetes.io/tls", data: ["tls.crt": ""], told: "data[tls.key]: Required value"),
    Row(type: "kubernetes.io/tls", data: ["tls.crt": "", "tls.key": ""], told: ""),
    Row(type: "kubernetes.io/dockerconfigjson", told: "data[.dockerconfigjson]: Required value"),
    Row(
      type: "kubernetes.io/dockerconfigjson",
      data: [".dockerconfigjson": "secret, no JSON"],
      told:
        "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": not a JSON object"
    ),
    Row(
      type: "kubernetes.io/dockerconfigjson",
      data: [".dockerconfigjson": #"{"auths":{}}"#],
      told: ""
    ),
    Row(type: "kubernetes.io/dockercfg", data: [".dockercfg": "{}"], told: ""),
    Row(type: "kubernetes.io/dockercfg", told: "data[.dockercfg]: Required value"),
    Row(
      type: "kubernetes.io/basic-auth",
      told: "[data[username]: Required value, data[password]: Required value]"
    ),
    Row(type: "kubernetes.io/basic-auth", data: ["password": ""], told: ""),
    Row(
      type: "kubernetes.io/ssh-auth",
      data: ["ssh-privatekey": ""],
      told: "data[ssh-privatekey]: Required value"
    ),
    Row(type: "kubernetes.io/ssh-auth", data: ["ssh-privatekey": "x"], told: ""),
    Row(
      type: "kubernetes.io/service-account-token",
      told: "metadata.annotations[kubernetes.io/service-account.name]: Required value"
    ),
    Row(
      type: "kubernetes.io/service-account-token",
      annotations: ["kubernetes.io/service-account.name": "a"],
      told: ""
    ),
  ]

  private func secret(_ row: Row) -> KubernetesSecret {
    var secret = KubernetesSecret(
      name: row.name,
      namespace: row.namespace,
      type: row.type,
      data: row.data.mapValues { Array($0.utf8) },
      uid: "u",
      creationTimestamp: nil
    )
    secret.labels = row.labels
    secret.annotations = row.annotations
    return secret
  }

  @Test(arguments: rows)
  func `a Secret is taken or refused in the server's words`(row: Row) throws {
    let world = try World()
    _ = try world.cluster(nil)
    let server = try world.server()
    guard !row.told.isEmpty else {
      _ = try server.createSecret(secret(row))
      return
    }
    let error = #expect(throws: ClusterError.self) { try server.createSecret(secret(row)) }
    #expect(error?.code == .secretInvalid && error?.status == 422)
    #expect(error?.message == "Secret \"\(row.name)\" is invalid: \(row.told)")
  }

  @Test func `an immutable Secret keeps its data and its mark, its labels may change`() throws {
    let world = try World()
    _ = try world.cluster(nil)
    let server = try world.server()
    var made = secret(Row(data: ["a": "x"], told: ""))
    made.isImmutable = true
    _ = try server.createSecret(made)
    func refusal(_ change: (inout SecretChanges) -> Void) -> String? {
      var changes = SecretChanges()
      change(&changes)
      return #expect(throws: ClusterError.self) {
        try server.updateSecret(namespace: "default", name: "s", changes)
      }?.message
    }
    let told = "Secret \"s\" is invalid: "
    let forbidden = "Forbidden: field is immutable when `immutable` is set"
    #expect(refusal { $0.data = ["a": [1]] } == told + "data: \(forbidden)")
    #expect(refusal { $0.isImmutable = false } == told + "immutable: \(forbidden)")
    #expect(
      refusal {
        $0.isImmutable = false
        $0.data = [:]
      } == told + "[immutable: \(forbidden), data: \(forbidden)]"
    )
    var changes = SecretChanges()
    changes.labels = ["a": "b"]
    let changed = try server.updateSecret(namespace: "default", name: "s", changes)
    #expect(changed.object.labels == ["a": "b"] && changed.object.data == ["a": [120]])
  }

  @Test func `one byte more than a Secret may hold is too long`() throws {
    let world = try World()
    _ = try world.cluster(nil)
    let server = try world.server()
    var large = secret(Row(told: ""))
    large.data = ["a": [UInt8](repeating: 1, count: 1_048_576)]
    _ = try server.createSecret(large)
    large.name = "t"
    large.data["b"] = [1]
    let error = #expect(throws: ClusterError.self) { try server.createSecret(large) }
    #expect(
      error?.message
        == "Secret \"t\" is invalid: data: Too long: may not be more than 1048576 bytes"
    )
  }
}
