extension Azure {
  /// What the vault would answer a caller who encrypts and decrypts with a key version, nil when
  /// it would do both.
  ///
  /// The service's own decisions in its own order, but nothing is done: no key is used, no row is
  /// logged, no transaction is counted. For asking, by whoever wants to know.
  ///
  /// - Parameters:
  ///   - kid: the version.
  ///   - operations: what would be done, in order; encrypt and decrypt by default.
  ///   - context: who would call, when and from where.
  /// - Returns: the refusal.
  /// - Throws: what the store throws.
  public func refusal(
    ofUsing kid: KeyID,
    for operations: [KeyOperation] = [.encrypt, .decrypt],
    _ context: CallContext
  ) throws -> AzureError? {
    do {
      let vault = try settled(resolve(kid.vault), context)
      try checkTenant(of: vault, context)
      try checkRoom(
        forCalls: operations.count,
        .encrypt,
        of: vault,
        key: kid.name,
        version: kid.version,
        context
      )
      for operation in operations {
        let access: KeyAccess = operation == .encrypt ? .encrypt : .decrypt
        try check(access, of: vault, key: kid.name, context)
        _ = try usable(kid, for: access, context)
      }
      return nil
    } catch let error as AzureError {
      return error
    }
  }
}
