/// What a managed cluster or its API server refuses.
public struct ClusterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable reasons.
  public enum Code: String, CaseIterable, Sendable {
    /// A cluster of that name is there already.
    case exists = "cluster.exists"
    /// There is no such cluster.
    case notFound = "cluster.not_found"
    /// Options that do not fit together, or a value out of range.
    case invalid = "cluster.invalid"
    /// Another operation on the cluster is in progress.
    case conflict = "cluster.conflict"
    /// The cluster was stopped, and only starting or deleting it is allowed.
    case stopped = "cluster.stopped"
    /// The cluster went down for good, and can only be deleted.
    case down = "cluster.down"
    /// A version that AKS does not take, or not from where the cluster stands.
    case versionRefused = "cluster.version_refused"
    /// The API server does not answer.
    case unreachable = "api_server.unreachable"
    /// The cluster's identity may not encrypt and decrypt with the key.
    case identityDenied = "kms.identity_denied"
    /// The key cannot be used by the plugin.
    case keyUnusable = "kms.key_unusable"
    /// A Secret of that name is there already.
    case secretExists = "secret.exists"
    /// There is no such Secret.
    case secretNotFound = "secret.not_found"
    /// The Secret changed since it was read.
    case secretConflict = "secret.conflict"
    /// A name, key or size that Kubernetes refuses.
    case secretInvalid = "secret.invalid"
    /// The stored value does not open.
    case secretUnreadable = "secret.unreadable"
    /// The value cannot be sealed now.
    case secretUnwritable = "secret.unwritable"
    /// A selector that Kubernetes cannot read, or one of a field that it does not select by.
    case selectorInvalid = "selector.invalid"
  }

  /// Stable reason.
  public let code: Code
  /// What the service or kubectl prints.
  public let message: String
  /// What to do next.
  public let hint: String?
  /// Rule it comes from.
  public let rule: String?
  /// HTTP status of the service.
  public let status: Int?
  /// The service's error code.
  public let azureCode: String?
  /// The inner error code of the vault behind it.
  public let innerCode: String?

  /// Makes an error; a service's own has status and code.
  public init(
    _ code: Code,
    _ message: String,
    hint: String? = nil,
    rule: String? = nil,
    status: Int? = nil,
    azureCode: String? = nil,
    innerCode: String? = nil
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.rule = rule
    self.status = status
    self.azureCode = azureCode
    self.innerCode = innerCode
  }

  /// The message.
  public var description: String { message }
}
