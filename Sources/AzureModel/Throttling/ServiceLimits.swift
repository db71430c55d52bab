/// How many transactions the service takes within ten seconds.
///
/// Every limit divides 4000, so a transaction that may happen `n` times takes `4000 / n` of a
/// vault's 4000 shares: kinds of transaction in any mix add up to whole numbers.
///
/// Source: Key Vault service limits.
enum ServiceLimits {
  /// Length of the window in which transactions are counted, in seconds.
  static let windowLength = 10.0
  /// Shares of one vault.
  static let vaultShareCount = 4000
  /// Shares of all vaults of a subscription in one region together: five vaults' worth.
  static let regionShareCount = 5 * vaultShareCount
  /// Transactions on a vault, and on what is no key.
  static let vaultTransactions = 4000

  /// Transactions on keys of one kind: making one, or anything else.
  static func transactions(on type: KeyType, bitCount: Int, areCreations: Bool) -> Int {
    if areCreations { return type.isHSM ? 10 : 20 }
    let inSoftware = type.isRSA ? transactions(onRSAOf: bitCount) : 4000
    return type.isHSM ? inSoftware / 2 : inSoftware
  }

  private static func transactions(onRSAOf bitCount: Int) -> Int {
    switch bitCount {
    case ...2048: 4000
    case ...3072: 1000
    default: 500
    }
  }

  /// What one transaction takes of a vault's shares.
  static func shares(perTransactionOf limit: Int) -> Int { vaultShareCount / limit }
}
