public import FoundationEssentials

/// Which rows of the audit log are wanted; what is left nil does not count.
public struct AuditFilter: Hashable, Sendable {
  /// Name of the vault, in any letter case.
  public var vault: String?
  /// What was asked.
  public var operations: Set<AuditOperation>?
  /// Rows of this time and later.
  public var since: Date?
  /// Object id, application id or user principal name of the caller, in any letter case.
  public var principal: String?
  /// HTTP statuses.
  public var statuses: Set<Int>?

  /// Makes a filter; by default it lets everything through.
  public init(
    vault: String? = nil,
    operations: Set<AuditOperation>? = nil,
    since: Date? = nil,
    principal: String? = nil,
    statuses: Set<Int>? = nil
  ) {
    self.vault = vault
    self.operations = operations
    self.since = since
    self.principal = principal
    self.statuses = statuses
  }
}

/// Where the rows of all vaults' audit logs lie, in order of time and then of logging.
///
/// ## Design
///
/// A row must outlive the failed call that it tells of, also where that call was part of a larger
/// one, such as the plugin's in making a cluster; yet a user who takes back what he ran takes back
/// its rows, since in his world it never happened. So the store knows where a call of the service
/// begins (`call`, and each outermost `transaction`): rows wait until that call ends, land with its
/// changes when it succeeds, and alone when it fails. What a user runs as one is no such call.
///
/// Rows have no owner among the records: deleting or purging a vault leaves them.
public protocol AuditStore: Sendable {
  /// Runs one call of the service: its changes and its audit rows land together.
  ///
  /// When it throws, its rows land alone. Within another call it is part of that one.
  func call<Result>(_ body: () throws -> Result) throws -> Result

  /// Runs calls as one: when it throws, or what it is part of does, their audit rows are gone too.
  func userTransaction<Result>(_ body: () throws -> Result) throws -> Result

  /// Adds a row within `call`; numbers it, and gives it a correlation id if it has none.
  func append(_ event: AuditEvent) throws

  /// Reads at most `limit` rows that pass the filter, those after a row read before.
  func auditEvents(
    _ filter: AuditFilter,
    after last: AuditEvent?,
    limit: Int
  ) throws -> [AuditEvent]
}
