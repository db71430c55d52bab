import FoundationEssentials

/// The transactions of a vault, or of a subscription's vaults in one region, in one window.
///
/// ## Design
///
/// Windows lie side by side on the workspace clock: the service tells no more than "per ten
/// seconds", and a count for each needs one number instead of a list of times. A clock that stands
/// never leaves its window; moving it is the waiting that a client would do.
///
/// The numbers are records like all others, so every process that holds the workspace counts
/// into the same ones, and a transaction or what-if that is taken back gives its shares back. A
/// call counts before it runs, in a transaction of its own, so one that the service then refuses
/// has counted; one refused for its token (401) or throttled has not.
struct TransactionCount: Record, Hashable {
  static let kind = "transaction_count"
  let id: String
  var parent: String { "" }
  /// Number of the window since 1970.
  var window: Int
  /// Shares taken.
  var shares: Int
}

extension Azure {
  /// Counts a data-plane call, or refuses it when its vault has had enough in these ten seconds.
  ///
  /// - Throws: `vault.throttled`.
  func throttle(
    _ access: KeyAccess,
    of vault: Vault,
    key name: String?,
    version: String?,
    _ context: CallContext
  ) throws {
    guard try settings().throttling else { return }
    try count(limit(of: access, vault: vault, key: name, version: version), of: vault, context)
  }

  /// Counts a call on a vault as a resource, or refuses it.
  ///
  /// - Throws: `vault.throttled`.
  func throttle(_ vault: Vault, _ context: CallContext) throws {
    guard try settings().throttling else { return }
    try count(ServiceLimits.vaultTransactions, of: vault, context)
  }

  /// The limit for transactions of a kind, by the key they are about; a key that is not there is
  /// none, and a list is no transaction on a key.
  private func limit(
    of access: KeyAccess,
    vault: Vault,
    key name: String?,
    version: String?
  ) throws -> Int {
    if access.audit == .keyCreate {
      return ServiceLimits.transactions(on: .rsa, bitCount: 0, areCreations: true)
    }
    guard let name,
      let key = try findKey(KeyID(vault: vault.id, name: name, version: version))
    else { return ServiceLimits.vaultTransactions }
    return ServiceLimits.transactions(
      on: key.type,
      bitCount: key.bitCount,
      areCreations: access.audit == .keyRotate
    )
  }

  /// Refuses as `throttle` would refuse the last of some calls; nothing is counted.
  ///
  /// - Throws: `vault.throttled`.
  func checkRoom(
    forCalls count: Int,
    _ access: KeyAccess,
    of vault: Vault,
    key name: String,
    version: String?,
    _ context: CallContext
  ) throws {
    guard try settings().throttling else { return }
    let limit = try limit(of: access, vault: vault, key: name, version: version)
    _ = try counts(ServiceLimits.shares(perTransactionOf: limit) * count, of: vault, context)
  }

  private func count(_ limit: Int, of vault: Vault, _ context: CallContext) throws {
    let shares = ServiceLimits.shares(perTransactionOf: limit)
    // No part of the call: what the call changes may be taken back, the transaction has been one.
    try store.userTransaction {
      for count in try counts(shares, of: vault, context) { try store.put(count) }
    }
  }

  /// The counts of a vault and of its region with some more shares taken.
  ///
  /// - Throws: `vault.throttled`.
  private func counts(
    _ shares: Int,
    of vault: Vault,
    _ context: CallContext
  ) throws -> [TransactionCount] {
    let window = Int(
      (context.now.timeIntervalSince1970 / ServiceLimits.windowLength).rounded(.down)
    )
    return [
      try count(
        shares,
        of: ServiceLimits.vaultShareCount,
        vault.id,
        window,
        "VaultRequestTypeLimitReached"
      ),
      try count(
        shares,
        of: ServiceLimits.regionShareCount,
        "\(vault.subscriptionID)/\(vault.location)",
        window,
        "VaultOperationLimitReached"
      ),
    ]
  }

  private func count(
    _ shares: Int,
    of all: Int,
    _ id: String,
    _ window: Int,
    _ reason: String
  ) throws -> TransactionCount {
    var count =
      try store.find(TransactionCount.self, id: id)
      ?? TransactionCount(id: id, window: window, shares: 0)
    if count.window != window { (count.window, count.shares) = (window, 0) }
    count.shares += shares
    guard count.shares <= all else {
      throw AzureError(
        .vaultThrottled,
        "Request was not processed because too many requests were received. Reason: \(reason)",
        hint: "wait 1 second, then 2, 4, 8 and 16; clock.advance moves a clock that stands",
        status: 429,
        azureCode: "Throttled"
      )
    }
    return count
  }
}
