import LuaRuntime

extension Benchmarks {
  /// What it costs to try a rotation with its rewrite, next to doing it, and to keep a state.
  static func trials() throws {
    let count = 100_000
    try withWorkspace { state in
      try run(
        state,
        """
        v = vault.create{ name = 'kv1', resource_group = 'rg' }
        i = identity.create{ name = 'id1', resource_group = 'rg' }
        v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
        function make() k = key.create{ vault_name = v, name = 'k' } end
        function options()
          return { enable_azure_keyvault_kms = true, assign_identity = i,
            azure_keyvault_kms_key_id = k, azure_keyvault_kms_key_vault_network_access = 'Public' }
        end
        make()
        local new = options()
        new.name, new.resource_group = 'c1', 'rg'
        c = cluster.create(new)
        workspace.transaction(function()
          for n = 1, \(count) do
            secret.create{ cluster = c, name = 's' .. n, data = { value = ('x'):rep(1024) } }
          end
        end)
        function act()
          c:update(options())
          assert(c:rewrite_secrets{}.written == \(count))
        end
        """
      )
      print("A rotation with its rewrite, on \(count) Secrets of 1 KiB")
      var (done, tried): ([Double], [Double]) = ([], [])
      for _ in 1...5 {
        // Making the RSA key is not measured.
        try run(state, "make()")
        let trial = "local r = workspace.what_if(act) assert(not r.error and r.lost_count == 0)"
        tried.append(try median(of: 1) { try run(state, trial) })
        done.append(try median(of: 1) { try run(state, "act()") })
      }
      let act = done.sorted()[2]
      show("  done", act, "s")
      show("  tried by workspace.what_if", tried.sorted()[2], "s", times: act)
      show(
        "  kept by workspace.checkpoint",
        try median(of: 1) { try run(state, "workspace.checkpoint('a')") },
        "s"
      )
      show(
        "  brought back by workspace.restore",
        try median(of: 1) { try run(state, "workspace.restore('a', { confirm = true })") },
        "s"
      )
    }
  }
}
