import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

/// Bundles of keys, member for member.
@Suite struct KeyShapeTests {
  private func world() throws -> (World, Vault) {
    let world = try World()
    return (world, try world.vault { $0.retentionDays = 30 })
  }

  private func text(_ tree: JSONTree) throws -> String {
    String(decoding: try tree.text(isIndented: true), as: UTF8.self)
  }

  @Test func `az prints an RSA key with every member, null or not`() throws {
    let (world, vault) = try world()
    let key = try world.key {
      ($0.notBefore, $0.expires) = (world.context.now, world.context.now + 86_400)
      $0.tags = ["team": "a"]
    }
    guard case .rsa(let modulus, _) = key.publicNumbers else {
      Issue.record("no RSA key")
      return
    }
    #expect(
      try text(key.azShape(in: vault)) == """
        {
          "attributes" : {
            "created" : "2026-01-01T00:00:00+00:00",
            "enabled" : true,
            "expires" : "2026-01-02T00:00:00+00:00",
            "exportable" : false,
            "hsmPlatform" : "0",
            "keySize" : null,
            "notBefore" : "2026-01-01T00:00:00+00:00",
            "recoverableDays" : 30,
            "recoveryLevel" : "CustomizedRecoverable+Purgeable",
            "updated" : "2026-01-01T00:00:00+00:00"
          },
          "key" : {
            "crv" : null,
            "d" : null,
            "dp" : null,
            "dq" : null,
            "e" : "AQAB",
            "k" : null,
            "keyOps" : [
              "encrypt",
              "decrypt",
              "sign",
              "verify",
              "wrapKey",
              "unwrapKey"
            ],
            "kid" : "\(key.kid)",
            "kty" : "RSA",
            "n" : "\(modulus.base64EncodedString())",
            "p" : null,
            "q" : null,
            "qi" : null,
            "t" : null,
            "x" : null,
            "y" : null
          },
          "managed" : null,
          "releasePolicy" : null,
          "tags" : {
            "team" : "a"
          }
        }
        """
    )
  }

  @Test(arguments: EllipticCurve.allCases)
  func `an EC key has its point in place of the modulus`(curve: EllipticCurve) throws {
    let (world, vault) = try world()
    let key = try world.key(on: curve)
    guard case .ec(_, let x, let y) = key.publicNumbers,
      case .object(let az) = key.azShape(in: vault), case .object(let azKey) = az["key"],
      case .object(let rest) = key.restShape(in: vault), case .object(let restKey) = rest["key"]
    else {
      Issue.record("no EC key")
      return
    }
    let crv = JSONTree.string(curve.rawValue)
    #expect(azKey["crv"] == crv && azKey["x"] == .string(x.base64EncodedString()))
    #expect(azKey["y"] == .string(y.base64EncodedString()))
    #expect(azKey["n"] == .null && azKey["e"] == .null && azKey["kty"] == "EC")
    #expect(azKey["d"] == .null && azKey.count == 16 && az["tags"] == .null)
    #expect(Set(restKey.keys) == ["kid", "kty", "key_ops", "crv", "x", "y"])
    #expect(restKey["crv"] == crv && restKey["x"] == .string(x.base64URL))
    #expect(restKey["key_ops"] == ["sign", "verify"])
  }

  @Test func `the service's bundle has base64url and seconds, and times only when set`() throws {
    let (world, vault) = try world()
    let key = try world.key()
    guard case .rsa(let modulus, _) = key.publicNumbers else {
      Issue.record("no RSA key")
      return
    }
    let attributes: JSONTree = [
      "enabled": true, "created": 1_767_225_600, "updated": 1_767_225_600,
      "recoveryLevel": "CustomizedRecoverable+Purgeable", "recoverableDays": 30,
      "exportable": false, "hsmPlatform": "0",
    ]
    #expect(
      key.restShape(in: vault) == [
        "key": [
          "kid": .string(key.kid.description), "kty": "RSA",
          "key_ops": ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"],
          "n": .string(modulus.base64URL), "e": "AQAB",
        ],
        "attributes": attributes, "tags": [:],
      ]
    )
    let timed = try world.azure.updateKey(
      key.kid,
      KeyChanges(expires: world.context.now + 9, notBefore: world.context.now),
      context: world.context
    )
    guard case .object(let bundle) = timed.restShape(in: vault) else { return }
    #expect(
      bundle["attributes"]
        == attributes.merging(["nbf": 1_767_225_600, "exp": 1_767_225_609])
    )
  }

  @Test func `list items name the key, version items the version`() throws {
    let (world, vault) = try world()
    let key = try world.key()
    guard case .object(let az) = key.azShape(in: vault),
      case .object(let rest) = key.restShape(in: vault)
    else { return }
    let name: JSONTree = .string(key.kid.unversioned.description)
    let version: JSONTree = .string(key.kid.description)
    let azItem: JSONTree = [
      "attributes": az["attributes"] ?? nil, "kid": name, "managed": nil, "name": "MyKeyName",
      "tags": nil,
    ]
    #expect(key.azListItem(in: vault) == azItem)
    #expect(key.azVersionItem(in: vault) == azItem.merging(["kid": version]))
    let restItem: JSONTree = [
      "attributes": rest["attributes"] ?? nil, "kid": name, "tags": [:],
    ]
    #expect(key.restListItem(in: vault) == restItem)
    #expect(key.restVersionItem(in: vault) == restItem.merging(["kid": version]))
  }

  @Test func `a deleted bundle adds where and until when it can be recovered`() throws {
    let (world, vault) = try world()
    let key = try world.key()
    let deleted = try world.azure.deleteKey(key.kid, context: world.context)
    let id: JSONTree = "https://mykeyvault.vault.azure.net/deletedkeys/MyKeyName"
    let az: [String: JSONTree] = [
      "recoveryId": id, "deletedDate": "2026-01-01T00:00:00+00:00",
      "scheduledPurgeDate": "2026-01-31T00:00:00+00:00",
    ]
    let rest: [String: JSONTree] = [
      "recoveryId": id, "deletedDate": 1_767_225_600, "scheduledPurgeDate": 1_769_817_600,
    ]
    #expect(deleted.azShape(in: vault) == key.azShape(in: vault).merging(az))
    #expect(deleted.azListItem(in: vault) == key.azListItem(in: vault).merging(az))
    #expect(deleted.restShape(in: vault) == key.restShape(in: vault).merging(rest))
    #expect(deleted.restListItem(in: vault) == key.restListItem(in: vault).merging(rest))
  }

  @Test func `results name the version that worked`() throws {
    let (world, _) = try world()
    let kid = try world.key().kid
    let sealed = try world.azure.encrypt(
      kid.unversioned,
      algorithm: .rsaOAEP256,
      value: SecretBytes("seed"),
      context: world.context
    )
    let value = Data(sealed.value)
    #expect(
      sealed.azShape == [
        "aad": nil, "algorithm": "RSA-OAEP-256", "iv": nil, "kid": .string(kid.description),
        "result": .string(value.base64EncodedString()), "tag": nil,
      ]
    )
    #expect(
      sealed.restShape == ["kid": .string(kid.description), "value": .string(value.base64URL)]
    )
    let opened = try world.azure.decrypt(
      kid,
      algorithm: .rsaOAEP256,
      value: sealed.value,
      context: world.context
    )
    #expect(opened.restShape == ["kid": .string(kid.description), "value": "c2VlZA"])
    let signed = try world.azure.sign(
      kid,
      algorithm: SignatureAlgorithm(rawValue: "RS256"),
      digest: [UInt8](repeating: 1, count: 32),
      context: world.context
    )
    #expect(
      signed.restShape
        == ["kid": .string(kid.description), "value": .string(Data(signed.value).base64URL)]
    )
  }

  @Test func `a rotation policy is told as the service and as az do`() throws {
    let (world, _) = try world()
    let kid = try world.key().kid
    let policy = try world.azure.setRotationPolicy(
      of: kid,
      actions: [.init(.rotate, .timeAfterCreate(ISO8601Duration(parsing: "P18M")))],
      expiryTime: ISO8601Duration(parsing: "P2Y"),
      context: world.context
    )
    let id: JSONTree = "https://mykeyvault.vault.azure.net/keys/MyKeyName/rotationpolicy"
    #expect(
      policy.restShape(of: kid) == [
        "id": id,
        "lifetimeActions": [
          ["trigger": ["timeAfterCreate": "P18M"], "action": ["type": "Rotate"]],
          ["trigger": ["timeBeforeExpiry": "P30D"], "action": ["type": "Notify"]],
        ],
        "attributes": [
          "expiryTime": "P2Y", "created": 1_767_225_600, "updated": 1_767_225_600,
        ],
      ]
    )
    #expect(
      policy.azShape(of: kid) == [
        "id": id, "expiresIn": "P2Y", "createdOn": "2026-01-01T00:00:00+00:00",
        "updatedOn": "2026-01-01T00:00:00+00:00",
        "lifetimeActions": [
          ["action": "Rotate", "timeAfterCreate": "P18M", "timeBeforeExpiry": nil],
          ["action": "Notify", "timeAfterCreate": nil, "timeBeforeExpiry": "P30D"],
        ],
      ]
    )
  }
}
