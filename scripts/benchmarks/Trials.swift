import LuaRuntime

extension Benchmarks {
  /// What it costs to try a rotation with its rewrite, next to doing it, and to keep a state.
  static func trials() throws {
    let (rounds, count) = (5, 100_000)
    try withWorkspace { state in
      try run(
        state,
        """
        v = vault.create{ name = 'kv1', resource_group = 'rg' }
        i = identity.create{ name = 'id1', resource_group = 'rg' }
        v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
        made = 0
        function make()
          made = made + 1
          k = key.create{ vault_name = v, name = 'k' .. made }
          return k
        end
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
      // Each has a key of its own, which is made before: it takes long, and not always as long.
      try run(state, "keys = {} for n = 1, \(2 * rounds) do keys[n] = make() end")
      let times = try inTurns(rounds) {
        try run(state, "k = table.remove(keys) act()")
      } _: {
        try run(
          state,
          """
          k = table.remove(keys)
          local r = workspace.what_if(act)
          assert(not r.error and r.lost_count == 0)
          """
        )
      }
      show("  done", times.reference, "s")
      show(
        "  tried by workspace.what_if",
        times.body,
        "s",
        ratio: times.ratio,
        goal: "1.10 x at most"
      )
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
