/// A dictionary of bounded size that forgets what was used longest ago.
struct RecentlyUsed<Key: Hashable, Value> {
  private var values: [Key: (value: Value, use: UInt64)] = [:]
  /// Uses in order; one that is not its key's latest no longer counts.
  private var uses: [(key: Key, use: UInt64)] = []
  private var oldest = 0
  private var clock: UInt64 = 0
  let limit: Int

  init(limit: Int) { self.limit = limit }

  var count: Int { values.count }

  subscript(key: Key) -> Value? {
    mutating get {
      guard let value = values[key]?.value else { return nil }
      note(key, value)
      return value
    }
    set {
      guard let newValue, limit > 0 else {
        values[key] = nil
        return
      }
      note(key, newValue)
      while values.count > limit { forgetOldest() }
    }
  }

  private mutating func note(_ key: Key, _ value: Value) {
    clock += 1
    values[key] = (value, clock)
    uses.append((key, clock))
    if uses.count > 2 * limit + 16 { compact() }
  }

  private mutating func forgetOldest() {
    while oldest < uses.count {
      let (key, use) = uses[oldest]
      oldest += 1
      if values[key]?.use == use {
        values[key] = nil
        return
      }
    }
  }

  /// Drops the uses that no longer count.
  private mutating func compact() {
    uses = uses[oldest...].filter { values[$0.key]?.use == $0.use }
    oldest = 0
  }
}
