/// What the modelled cloud refuses, in kmsh's words and in the service's.
public struct AzureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable reasons; added to, never renamed.
  public enum Code: String, CaseIterable, Codable, Sendable {
    /// A vault name outside the naming rules.
    case vaultNameInvalid = "vault.name_invalid"
    /// A vault name that is taken.
    case vaultExists = "vault.exists"
    /// A vault name that a deleted vault keeps.
    case vaultDeleted = "vault.deleted"
    /// No vault of that name.
    case vaultNotFound = "vault.not_found"
    /// A deleted vault that no one may purge.
    case vaultPurgeProtected = "vault.purge_protected"
    /// A private endpoint connection that is there already.
    case connectionExists = "vault.connection_exists"
    /// No private endpoint connection of that name.
    case connectionNotFound = "vault.connection_not_found"
    /// No resource group of that name.
    case resourceGroupNotFound = "resource_group.not_found"
    /// More calls than the service takes in ten seconds.
    case vaultThrottled = "vault.throttled"
    /// A change of access policies that the vault does not take.
    case policyRefused = "policy.refused"
    /// No access policy for that object.
    case policyNotFound = "policy.not_found"
    /// No key, or no version of a key, of that name.
    case keyNotFound = "key.not_found"
    /// Text that is no key id.
    case keyIDInvalid = "key.id_invalid"
    /// Material that is no private key.
    case keyInvalid = "key.invalid"
    /// A key name that is taken.
    case keyExists = "key.exists"
    /// The name of a key that is soft-deleted.
    case keyDeleted = "key.deleted"
    /// A purge in a vault that purges nothing early.
    case keyPurgeProtected = "key.purge_protected"
    /// A key that cannot be backed up.
    case keyBackupRefused = "key.backup_refused"
    /// A blob that the vault does not restore.
    case keyBackupRejected = "key.backup_rejected"
    /// The key version's time is over.
    case keyExpired = "key.expired"
    /// The key version's time has not begun.
    case keyNotYetValid = "key.not_yet_valid"
    /// The key version is switched off.
    case keyDisabled = "key.disabled"
    /// The operation is not among the key's operations.
    case keyForbidden = "key.forbidden"
    /// No grant for the caller, or no path for it.
    case accessDenied = "access.denied"
    /// A token the vault does not take.
    case accessUnauthenticated = "access.unauthenticated"
    /// No managed identity of that name or id.
    case identityNotFound = "identity.not_found"
    /// An identity name that is taken in its group.
    case identityExists = "identity.exists"
    /// No user or service principal of that name or id.
    case principalNotFound = "principal.not_found"
    /// A user name that is taken.
    case principalExists = "principal.exists"
    /// No role of that name or id.
    case roleNotFound = "role.not_found"
    /// The role is assigned already.
    case roleAssignmentExists = "role.assignment_exists"
    /// No role assignment that fits.
    case roleAssignmentNotFound = "role.assignment_not_found"
    /// A role assignment that the service refuses to make or to take away.
    case roleRefused = "role.refused"
    /// No subscription of that name or id.
    case subscriptionNotFound = "subscription.not_found"
    /// Nothing at the place that an ARM id names.
    case resourceNotFound = "resource.not_found"
    /// An argument outside its rules.
    case argumentValue = "argument.value"
  }

  /// Stable reason.
  public let code: Code
  /// What the service prints, word for word where known.
  public let message: String
  /// What to do next.
  public let hint: String?
  /// Rule of the documented procedure that it rests on, such as `R35`.
  public let rule: String?
  /// HTTP status of the service; nil where the client refuses.
  public let status: Int?
  /// The service's error code, such as `Forbidden`.
  public let azureCode: String?
  /// The service's inner error code, such as `KeyExpired`.
  public let innerCode: String?

  /// Makes an error from its parts.
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

extension String {
  /// A text that a request got wrong, as a refusal repeats it.
  ///
  /// Names, words and paths come back as they are: at most 40 bytes from blank to blank, or from
  /// slash to slash in a path or an address, and 1024 in all. Any other text is told by its
  /// length. It may be anything, even a key in the wrong place, whose 32 bytes have 43 digits in
  /// base64, and refusals are logged.
  public var echoed: String {
    let isPath = hasPrefix("/") || hasPrefix("https://")
    let words = utf8.count > 1024 ? [self[...]] : split { $0 == " " || (isPath && $0 == "/") }
    return words.allSatisfy { $0.utf8.count <= 40 } ? self : "(\(count) characters)"
  }
}

extension AzureError {
  /// The data plane's answer to a request it cannot read.
  static func badParameter(
    _ message: String,
    hint: String? = nil,
    innerCode: String? = nil
  ) -> AzureError {
    AzureError(
      .argumentValue,
      message,
      hint: hint,
      status: 400,
      azureCode: "BadParameter",
      innerCode: innerCode
    )
  }

  /// The control plane's answer to a request it cannot read.
  static func badRequest(_ message: String, hint: String? = nil) -> AzureError {
    AzureError(.argumentValue, message, hint: hint, status: 400, azureCode: "BadRequest")
  }
}
