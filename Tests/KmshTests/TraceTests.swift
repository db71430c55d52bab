import Foundation
import Testing

/// `--trace`: a row for each call into the modelled world.
@Suite struct TraceTests {
  private static func rows(_ errors: String) throws -> [[String: Any]] {
    try errors.split(separator: "\n").filter { $0.hasPrefix("{") }.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func `each call has a row with what it was given and what it gave`() throws {
    let outcome = try Program.run(
      [
        "--trace", "-e", "v = vault.create{ name = 'kv1', resource_group = 'rg' }", "-e",
        "pcall(vault.get, 'none') v:update{ public_network_access = 'Disabled' } print(v.name, json.encode{})",
      ],
      in: Scratch()
    )
    #expect(outcome.output == "kv1\t[]\n" || outcome.output == "kv1\t{}\n")
    let rows = try Self.rows(outcome.errors)
    #expect(rows.map { $0["call"] as? String } == ["vault.create", "vault.get", "vault:update"])
    #expect(rows.map { $0["entry"] as? Int } == [1, 2, 2])
    #expect(rows.map { $0["n"] as? Int } == [1, 2, 3])
    #expect((rows[0]["options"] as? [String: String])?["name"] == "kv1")
    #expect(rows[0]["result"] as? String == "vault kv1")
    #expect(rows[1]["arguments"] as? [String] == ["none"])
    let error = rows[1]["error"] as? [String: Any]
    #expect(error?["code"] as? String == "vault.not_found" && error?["status"] as? Int == 404)
    #expect(rows[2]["on"] as? String == "vault kv1")
    let revisions = rows.compactMap { $0["revision"] as? Int }
    #expect(revisions.count == 3 && revisions[0] == revisions[1] && revisions[1] < revisions[2])
    #expect(rows.allSatisfy { ($0["duration_ms"] as? Double).map { $0 >= 0 } == true })
  }

  @Test func `a refusal names its rule`() throws {
    let outcome = try Program.run(
      [
        "--trace", "-e",
        """
        v = vault.create{ name = 'kv2', resource_group = 'rg', enable_rbac_authorization = true }
        pcall(key.create, { vault_name = v, name = 'k' })
        """,
      ],
      in: Scratch()
    )
    #expect(try Self.rows(outcome.errors).last?["rules"] as? [String] == ["R38"])
  }

  @Test func `secrets are left out of it, given or returned`() throws {
    let outcome = try Program.run(
      [
        "--trace", "-e",
        """
        kms.enable_public{ cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg' }
        s = secret.create{ cluster = 'c1', name = 'db', string_data = { password = 'swordfish' } }
        k = key.list{ vault_name = 'kv1' }[1]
        sealed = k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'cuttlefish' }
        opened = k:decrypt{ algorithm = 'RSA-OAEP-256', value = sealed.value }
        print(s.data.password, opened.value)
        """,
      ],
      in: Scratch()
    )
    #expect(outcome.output == "swordfish\tcuttlefish\n", "\(outcome.errors)")
    #expect(try Self.rows(outcome.errors).count > 10)
    for secret in ["swordfish", "cuttlefish", "c3dvcmRmaXNo"] {
      #expect(!outcome.errors.contains(secret))
    }
  }
}
