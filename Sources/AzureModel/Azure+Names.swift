/// Names of what lies in vaults, for whoever completes what is typed: no call of the service, so no
/// permission is asked and nothing is logged.
extension Azure {
  /// Names of the keys of a vault that begin with a text, in order.
  public func keyNames(
    inVault vault: String,
    startingWith prefix: String,
    limit: Int
  ) throws -> [String] {
    let id = "\(vault)/\(prefix)".lowercased()
    return try store.list(
      KeySeries.self,
      parent: vault.lowercased(),
      after: id.justBefore,
      limit: limit
    ).map(\.key.name)
  }

  /// Names of the deleted keys of a vault, in order.
  public func deletedKeyNames(inVault vault: String, limit: Int) throws -> [String] {
    try store.list(DeletedKey.self, parent: vault.lowercased(), after: nil, limit: limit)
      .map(\.name)
  }

  /// Identifiers of key versions that begin with a text, in order.
  public func keyIDs(startingWith prefix: String, limit: Int) throws -> [String] {
    // `https://VAULT.vault.azure.net/keys/NAME/VERSION` lies in the store as `vault/name/version`.
    let rest = prefix.dropFirst("https://".count).lowercased()
    let vault = rest.prefix { $0 != "." }
    let path = rest.dropFirst(vault.count + ".\(KeyID.hostSuffix)/keys".count)
    let id = path.isEmpty ? String(vault) : "\(vault)\(path)"
    return try store.list(
      Key.self,
      parent: nil,
      after: id.isEmpty ? nil : id.justBefore,
      limit: limit
    ).map(\.kid.description)
  }
}

extension String {
  /// A text that comes before this one and after nearly all that do.
  fileprivate var justBefore: String {
    guard let last = unicodeScalars.last, last.value > 1,
      let before = Unicode.Scalar(last.value - 1)
    else { return String(dropLast()) }
    return String(dropLast()) + String(Character(before)) + "\u{10FFFF}"
  }
}
