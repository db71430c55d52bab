import Foundation
import LuaModules
import LuaRuntime

extension Benchmarks {
  static func run(_ state: LuaState, _ source: String) throws {
    _ = try state.call(state.load(Array(source.utf8), chunkName: "=benchmark"))
  }

  /// The same function in C, from Lua's library, and in Swift on the stack view.
  static func callsFromLua() throws {
    let state = try LuaState()
    try state.register(
      LuaModule("host", "Functions of the benchmark.") { module in
        module.fast("ult", "math.ult in Swift.") { call in
          let isLess =
            UInt64(bitPattern: try call.integer(1)) < UInt64(bitPattern: try call.integer(2))
          call.push(isLess)
          return 1
        }
      }
    )
    let count = 5_000_000.0
    func each(_ function: String) throws -> Double {
      let source = "local f = \(function) for i = 1, \(Int(count)) do f(i, 7) end"
      return try median(of: 5) { try run(state, source) } / count * 1e9
    }
    print("A call from Lua")
    let c = try each("math.ult")
    show("  math.ult, in C", c, "ns")
    show("  the same in Swift", try each("host.ult"), "ns", times: c)
  }

  /// Lends a Lua state with kmsh's library and a fresh workspace on disk.
  static func withWorkspace(_ body: (LuaState) throws -> Void) throws {
    let folder = URL.temporaryDirectory.appending(path: "kmsh-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let state = try LuaState()
    try Library.register(in: state, Session(path: folder.appending(path: "workspace.db").path))
    try body(state)
  }

  /// Secrets made in one transaction and rewritten after a rotation, in a workspace on disk.
  static func secretsThroughLua() throws {
    try withWorkspace(secretsThroughLua)
  }

  private static func secretsThroughLua(_ state: LuaState) throws {
    try run(
      state,
      """
      v = vault.create{ name = 'kv1', resource_group = 'rg' }
      i = identity.create{ name = 'id1', resource_group = 'rg' }
      v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
      function kms()
        return { enable_azure_keyvault_kms = true, assign_identity = i,
          azure_keyvault_kms_key_id = key.create{ vault_name = v, name = 'k' },
          azure_keyvault_kms_key_vault_network_access = 'Public' }
      end
      local options = kms()
      options.name, options.resource_group = 'c1', 'rg'
      c = cluster.create(options)
      """
    )
    let count = 10_000.0
    print("\(Int(count)) Secrets through Lua")
    let create = try median(of: 1) {
      try run(
        state,
        """
        workspace.transaction(function()
          for n = 1, \(Int(count)) do
            secret.create{ cluster = c, name = 's' .. n, string_data = { password = 'swordfish' } }
          end
        end)
        """
      )
    }
    show("  created", count / create, "/s")
    // Each rewrite follows a rotation; making the RSA key is not measured.
    let rewrites = try (1...3).map { _ in
      try run(state, "c:update(kms())")
      return try median(of: 1) {
        try run(state, "assert(c:rewrite_secrets{}.written == \(Int(count)))")
      }
    }
    show("  rewritten", count / rewrites.sorted()[1], "/s")
  }
}
