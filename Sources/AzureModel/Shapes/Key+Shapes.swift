import CryptoEngine
import FoundationEssentials

/// Key bundles: the service's own, and the ones that `az keyvault key` makes of them.
///
/// How a key can come back is the vault's affair, so a shape takes the vault along.
extension Key {
  /// What `az keyvault key create`, `show` and their like print.
  public func azShape(in vault: Vault) -> JSONTree {
    var key: [String: JSONTree] = [
      "crv": nil, "e": nil, "n": nil, "x": nil, "y": nil, "kid": .string(kid.description),
      "keyOps": .strings(operations.map(\.rawValue)), "kty": .string(type.rawValue),
    ]
    // Members of private and symmetric keys, which a vault never tells.
    for name in ["d", "dp", "dq", "k", "p", "q", "qi", "t"] { key[name] = .null }
    key.merge(publicMembers { $0.base64EncodedString() }) { _, new in new }
    return [
      "attributes": azAttributes(in: vault), "key": .object(key), "managed": nil,
      "releasePolicy": nil, "tags": azTags,
    ]
  }

  /// What `az keyvault key list` prints of it: the key, not the version.
  public func azListItem(in vault: Vault) -> JSONTree { azItem(kid.unversioned, in: vault) }

  /// What `az keyvault key list-versions` prints of it.
  public func azVersionItem(in vault: Vault) -> JSONTree { azItem(kid, in: vault) }

  private func azItem(_ id: KeyID, in vault: Vault) -> JSONTree {
    [
      "attributes": azAttributes(in: vault), "kid": .string(id.description), "managed": nil,
      "name": .string(name), "tags": azTags,
    ]
  }

  private var azTags: JSONTree { tags.isEmpty ? .null : .strings(tags) }

  private func azAttributes(in vault: Vault) -> JSONTree {
    [
      "created": .string(created.azTime), "enabled": .boolean(isEnabled),
      "expires": .optional(expires?.azTime), "exportable": false,
      "hsmPlatform": .string(hsmPlatform), "keySize": nil,
      "notBefore": .optional(notBefore?.azTime),
      "recoverableDays": .integer(Int64(vault.softDeleteRetentionInDays)),
      "recoveryLevel": .string(vault.recoveryLevel), "updated": .string(updated.azTime),
    ]
  }

  /// The service's `KeyBundle`.
  public func restShape(in vault: Vault) -> JSONTree {
    let key: JSONTree = [
      "kid": .string(kid.description), "kty": .string(type.rawValue),
      "key_ops": .strings(operations.map(\.rawValue)),
    ]
    return [
      "key": key.merging(publicMembers(\.base64URL)), "attributes": restAttributes(in: vault),
      "tags": .strings(tags),
    ]
  }

  /// The service's `KeyItem` in a list of keys.
  public func restListItem(in vault: Vault) -> JSONTree { restItem(kid.unversioned, in: vault) }

  /// The service's `KeyItem` in a list of versions.
  public func restVersionItem(in vault: Vault) -> JSONTree { restItem(kid, in: vault) }

  private func restItem(_ id: KeyID, in vault: Vault) -> JSONTree {
    [
      "kid": .string(id.description), "attributes": restAttributes(in: vault),
      "tags": .strings(tags),
    ]
  }

  private func restAttributes(in vault: Vault) -> JSONTree {
    var attributes: [String: JSONTree] = [
      "enabled": .boolean(isEnabled), "created": created.restSeconds,
      "updated": updated.restSeconds, "recoveryLevel": .string(vault.recoveryLevel),
      "recoverableDays": .integer(Int64(vault.softDeleteRetentionInDays)), "exportable": false,
      "hsmPlatform": .string(hsmPlatform),
    ]
    attributes["nbf"] = notBefore?.restSeconds
    attributes["exp"] = expires?.restSeconds
    return .object(attributes)
  }

  /// `0` for software, `2` for the present hardware.
  private var hsmPlatform: String { type.isHSM ? "2" : "0" }

  /// The public half as members of a JWK.
  private func publicMembers(_ text: (Data) -> String) -> [String: JSONTree] {
    switch publicNumbers {
    case .rsa(let modulus, let exponent):
      ["n": .string(text(modulus)), "e": .string(text(exponent))]
    case .ec(let curve, let x, let y):
      ["crv": .string(curve.rawValue), "x": .string(text(x)), "y": .string(text(y))]
    }
  }
}

extension DeletedKey {
  /// What `az keyvault key delete` and `show-deleted` print.
  public func azShape(in vault: Vault) -> JSONTree {
    key.azShape(in: vault).merging(azDates)
  }

  /// What `az keyvault key list-deleted` prints of it.
  public func azListItem(in vault: Vault) -> JSONTree {
    key.azListItem(in: vault).merging(azDates)
  }

  private var azDates: [String: JSONTree] {
    [
      "deletedDate": .string(deletedDate.azTime), "recoveryId": .string(recoveryID),
      "scheduledPurgeDate": .string(scheduledPurgeDate.azTime),
    ]
  }

  /// The service's `DeletedKeyBundle`.
  public func restShape(in vault: Vault) -> JSONTree {
    key.restShape(in: vault).merging(restDates)
  }

  /// The service's `DeletedKeyItem`.
  public func restListItem(in vault: Vault) -> JSONTree {
    key.restListItem(in: vault).merging(restDates)
  }

  private var restDates: [String: JSONTree] {
    [
      "deletedDate": deletedDate.restSeconds, "recoveryId": .string(recoveryID),
      "scheduledPurgeDate": scheduledPurgeDate.restSeconds,
    ]
  }
}

extension Date {
  /// Seconds since 1970, as the data plane writes times.
  fileprivate var restSeconds: JSONTree { .integer(Int64(timeIntervalSince1970)) }
}
