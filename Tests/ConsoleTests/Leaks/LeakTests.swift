import CryptoEngine
import Foundation
import LuaRuntime
import Testing

/// Private key material, plaintexts and seeds are nowhere but sealed, and where they were asked for.
@Suite struct LeakTests {
  private static let material = Result { try Material() }

  @Test func `no call, right or wrong, shows or keeps what is private`() throws {
    let world = try LeakWorld(Self.material.get())
    try world.run(script: "drive.lua")
    let names = Set(world.functions().map(\.name))
    #expect(names.subtracting(world.called).sorted() == [], "not called")
    let findings = try world.findings()
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test func `what is typed with key material is shown and remembered without it`() throws {
    let material = try Self.material.get()
    let forms = try material.forms().mapValues { String(decoding: $0, as: UTF8.self) }
    func form(_ name: String) -> String { forms[name] ?? "" }
    let lines = """
      v = vault.create{ name = 'kv1', resource_group = 'rg' }
      k = key.import{ vault_name = v, name = 'k', pem = [[\(form("rsa_pem"))]] }
      k
      key.import{ vault_name = v, name = 'j', jwk = [[\(form("rsa_jwk"))]] }
      key.import{ vault_name = v, name = 'e', jwk = json.decode[[\(form("ec_jwk"))]] }
      key.import{ vault_name = v, name = [[\(form("rsa_pem"))]] }
      key.import{ vault_name = v, name = '\(form("rsa_hex"))' }
      key.get('\(form("rsa_base64url"))')
      vault.create{ name = '\(form("rsa_hex"))', resource_group = 'rg' }
      c = k:encrypt{ algorithm = 'RSA-OAEP-256', value = [==[\(form("plaintext"))]==] }
      c
      k:decrypt{ algorithm = '\(form("rsa_hex"))', value = c.value }
      return k:show(), key.list{ vault_name = v }
      """
    // An entry of several lines reaches the reader line by line.
    let world = try LeakWorld(material, lines: lines.components(separatedBy: "\n"))
    world.type()
    let history = try String(contentsOf: world.folder.appending(path: "history"), encoding: .utf8)
    #expect(history.contains("k:show()") && history.contains("vault.create"))
    let findings = try world.findings()
    #expect(findings.isEmpty, "\(findings)")
  }

  /// Where a leak is planted, and by what.
  enum Plant: String, CaseIterable {
    case error, object, card, audit, history, file

    var script: String {
      switch self {
      case .error: "sweep.error(select(2, pcall(leaks.fail)))"
      case .object: "sweep.object('leaky', leaks.object(leak))"
      case .card: "sweep.value{ nested = { { leak } } }"
      case .audit: "leaks.log(leak)"
      case .history: "leaks.remember(leak)"
      case .file: "leaks.write(leak)"
      }
    }
  }

  @Test(arguments: Plant.allCases)
  func `a leak that is planted is found, whatever it is written in`(plant: Plant) throws {
    let material = try Self.material.get()
    let secret = try material.rsa.numbers().secondPrime.copied
    for encoding in Needles.Encoding.allCases where encoding != .text {
      let world = try LeakWorld(material)
      try world.run("vault.create{ name = 'kv1', resource_group = 'rg' }")
      #expect(try world.findings() == [])
      // What goes through text cannot hold bytes that are none.
      let isBinary = [.raw, .reversed].contains(encoding)
      if isBinary, plant != .file, !(plant == .card && encoding == .raw) { continue }
      try world.plant(Needles.write(secret, encoding), plant.script)
      let findings = try world.findings()
      // The history keeps no dense text; what it lets through is found there.
      if plant == .history, findings.isEmpty {
        #expect([.hex, .upperHex, .base64, .base64URL].contains(encoding))
        continue
      }
      let wanted = isBinary && plant == .card ? .escaped : encoding
      #expect(findings.contains { $0.contains("RSA q as \(wanted) in ") }, "\(encoding)")
    }
  }
}
