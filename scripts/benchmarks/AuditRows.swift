import AzureModel
import Foundation
import LuaModules
import LuaRuntime
import WorkspaceStore

extension Benchmarks {
  /// What a row of the audit log costs a call, and what a walk over a million of them takes.
  static func auditRows() throws {
    let folder = URL.temporaryDirectory.appending(path: "kmsh-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "workspace.db").path
    let state = try LuaState()
    try Library.register(in: state, Session(path: path))
    func run(_ source: String) throws {
      _ = try state.call(state.load(Array(source.utf8), chunkName: "=benchmark"))
    }
    try run(
      """
      v = vault.create{ name = 'kv1', resource_group = 'rg' }
      k = key.create{ vault_name = v, name = 'k' }
      sealed = k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'seed' }
      request = { algorithm = 'RSA-OAEP-256', value = sealed.value }
      function get() for _ = 1, 1000 do key.get(k.kid) end end
      function decrypt() for _ = 1, 1000 do k:decrypt(request) end end
      function transaction() workspace.transaction(get) end
      """
    )
    func each(_ function: String) throws -> Double {
      try median(of: 3) { try run("\(function)()") } / 1000 * 1e6
    }
    print("A call and its row in the audit log")
    let (get, decrypt) = (try each("get"), try each("decrypt"))
    try run("v:diagnostics(true)")
    show("  key.get", get, "µs")
    show("    with a row", try each("get"), "µs", times: get)
    show("    with a row, in a transaction", try each("transaction"), "µs", times: get)
    show("  k:decrypt, RSA-2048", decrypt, "µs")
    show("    with a row", try each("decrypt"), "µs", times: decrypt)
    try millionRows(path, run)
  }

  private static func millionRows(_ path: String, _ run: (String) throws -> Void) throws {
    let count = 1_000_000
    let workspace = try Workspace.open(path: path)
    let azure = Azure(store: workspace)
    var row = try azure.auditEvents(limit: 1)[0]
    row.correlationID = ""
    let write = try median(of: 1) {
      try workspace.userTransaction {
        for number in 0..<count {
          row.time += Double(number % 3)
          try workspace.call { try workspace.append(row) }
        }
      }
    }
    workspace.close()
    print("An audit log of \(count) rows")
    show("  written in one transaction", Double(count) / write, "/s")
    let before = anonymousMemory(of: getpid())
    let walk = try median(of: 1) {
      try run(
        """
        local count, last = 0, ''
        for row in audit.each{ vault = v } do
          assert(last <= row.time)
          count, last = count + 1, row.time
        end
        assert(count > \(count))
        """
      )
    }
    show("  walked from Lua", Double(count) / walk, "/s")
    let growth = anonymousMemory(of: getpid()) - before
    show("    memory more than before", Double(growth) / 1024, "MiB")
    let find = try median(of: 3) { try run("for _ in audit.each{ result = 403 } do end") }
    show("  searched for a refusal, none there", Double(count) / find, "/s")
  }
}
