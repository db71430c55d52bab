public import AzureModel
public import FoundationEssentials

/// Something that is wrong with a cluster's KMS, or soon will be: what it is, and what cures it.
///
/// The health of the API server and the detector's findings are made of the same ailments, so that
/// neither knows of anything that the other does not.
///
/// Source: AKS specification §8.
public struct Ailment: Hashable, Sendable {
  /// How bad it is.
  public enum Severity: String, Sendable {
    /// The API server is not healthy.
    case failure
    /// Nothing fails yet, or something is not as it should be.
    case warning
  }

  /// Stable name: the vault's inner code where it has one, such as `KeyExpired`.
  public let id: String
  /// How bad it is.
  public let severity: Severity
  /// What is seen: the vault's or the API server's own words where they have some.
  public let message: String
  /// Why that is so.
  public let cause: String
  /// What to do, for a person.
  public let remedy: String
  /// Rule it comes from.
  public let rule: String?
  /// The key it is about.
  public let kid: KeyID?
  /// The remedy step by step; empty when nothing in the model's hands cures it.
  public let cure: [CureStep]

  init(
    _ id: String,
    _ severity: Severity = .failure,
    message: String,
    cause: String,
    remedy: String,
    rule: String?,
    kid: KeyID? = nil,
    cure: [CureStep] = []
  ) {
    self.id = id
    self.severity = severity
    self.message = message
    self.cause = cause
    self.remedy = remedy
    self.rule = rule
    self.kid = kid
    self.cure = cure
  }
}

/// One thing to do about an ailment.
public enum CureStep: Hashable, Sendable {
  /// Give a key version another end of its time.
  case setExpiry(KeyID, Date)
  /// Let a key version's time begin earlier.
  case setNotBefore(KeyID, Date)
  /// Switch a key version on.
  case enable(KeyID)
  /// Give a key version these operations.
  case setOperations(KeyID, [KeyOperation])
  /// Bring a deleted key back.
  case recoverKey(KeyID)
  /// Bring a deleted vault back.
  case recoverVault(String)
  /// Let a vault's policy for a principal have these permissions on keys.
  case setPolicy(vault: String, Grantee, [KeyPermission])
  /// Assign a role at a scope.
  case assignRole(String, Grantee, scope: String)
  /// Let a vault answer on its public address, whoever asks.
  case openVault(String)
  /// Approve a connection of a private endpoint.
  case approveConnection(vault: String, name: String)
  /// Let nobody purge a vault's keys early.
  case protectVault(String)
  /// Make an identity, which the steps after it mean by `.newIdentity`.
  case createIdentity(name: String, resourceGroup: String)
  /// Give a cluster the new identity.
  case assignNewIdentity
  /// Make a new version of a key and let the cluster use it.
  case rotate(KeyID)
  /// Let the cluster use a key.
  case use(KeyID)
  /// Write every Secret again as a write stores it now.
  case rewrite
  /// Wait no longer for the operation in progress on the cluster.
  case abortOperation
  /// Start a cluster that was stopped.
  case start
  /// Stop a cluster and start it again.
  case restart
  /// Wait so long.
  case wait(ISO8601Duration)

  /// Who is granted something.
  public enum Grantee: Hashable, Sendable {
    /// A principal there is, by object id.
    case principal(String)
    /// The identity that a step before made.
    case newIdentity
  }
}
