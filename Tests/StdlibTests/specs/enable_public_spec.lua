local t = require('harness')
local enable = require('kms.enable_public')

local OPTIONS = {
  cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg',
}

local RBAC = {
  cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg', rbac = true,
}

t.it('makes everything from nothing, and once only', function()
  local report = enable.run(OPTIONS)
  t.same(report.state.enabled, true)
  for n = 1, 5 do t.same(report.steps[n].status, 'done') end
  -- Made with KMS, it has no Secret that was not sealed (R54).
  t.same(report.steps[6].status, 'skipped')
  local kid = report.state.current.kid
  local again = enable.run(OPTIONS)
  t.same(again.state.current.kid, kid)
  t.same(again.steps[1].status, 'skipped')
  t.same(#key.list{ vault_name = 'kv1' }, 1)
end)

t.it('seals the Secrets of a cluster that had none sealed', function()
  local c = cluster.create{ name = 'c1', resource_group = 'rg' }
  local s = secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }
  t.same(s:stored().provider, 'identity')
  enable.run(OPTIONS)
  t.same(s:stored().prefix, 'k8s:enc:kms:v2:azurekmsprovider:')
  t.same(s.data.a, 'x')
end)

t.it('plans without changing anything', function()
  local plan = enable.plan(OPTIONS)
  t.same(plan.ready, true)
  t.same(#plan.steps, 6)
  t.same(vault.find('kv1'), nil)
  enable.run(OPTIONS)
  t.same(enable.plan(OPTIONS).steps[1].effect, 'nothing: already so')
end)

t.it('refuses a vault with Azure RBAC before it makes anything', function()
  vault.create{ name = 'kv1', resource_group = 'rg', enable_rbac_authorization = true }
  t.same(enable.plan(OPTIONS).ready, false)
  local problem = t.fails('procedure.not_ready', enable.run, OPTIONS)
  t.same(problem.rule, 'R35')
  t.same(identity.find('id1'), nil)
end)

t.it('makes a vault with access policies whatever a new vault is by default (R112)', function()
  workspace.settings.vault_rbac_default = true
  t.same(enable.run(OPTIONS).state.enabled, true)
  t.same(vault.get('kv1').enable_rbac_authorization, false)
end)

t.it('tells options it lacks or does not know', function()
  t.same(t.fails('argument.missing', enable.run, {}).message,
    'kms.enable_public needs cluster, identity, vault')
  t.fails('argument.unknown', enable.run, { cluster = 'c', vaults = 'v' })
  t.fails('argument.type', enable.run, nil)
end)

t.it('prints the same as commands', function()
  local bash = enable.runbook(OPTIONS, 'bash')
  t.same(bash:match('^#!/usr/bin/env bash\n') ~= nil, true)
  for _, command in ipairs{
    'az keyvault create', 'az keyvault key create', 'az identity create',
    'az keyvault set%-policy', 'az aks create',
  } do
    t.same(bash:find(command) ~= nil, true)
  end
  t.same(enable.runbook(OPTIONS, 'markdown'):match('^# ') ~= nil, true)
  t.fails('argument.value', enable.runbook, OPTIONS, 'html')
end)

t.it('prints no command for what is there already', function()
  enable.run(OPTIONS)
  local bash = enable.runbook(OPTIONS, 'bash')
  t.same(bash:find('create', 1, true), nil)
  t.same(bash:find('az aks update', 1, true), nil)
  t.same(bash:find('KEY_ID=' .. cluster.get('c1'):kms().current.kid, 1, true) ~= nil, true)
end)

t.it('does not move a cluster to another key or vault', function()
  enable.run(OPTIONS)
  local problem = t.fails('procedure.not_ready', enable.run, {
    cluster = 'c1', vault = 'kv1', identity = 'id1', key = 'other',
  })
  t.same(problem.rule, 'R71')
  t.same(key.find{ vault_name = 'kv1', name = 'other' }, nil)
  t.fails('procedure.not_ready', enable.run, { cluster = 'c1', vault = 'kv2', identity = 'id1' })
  t.same(vault.find('kv2'), nil)
end)

t.it('takes the very version it is given, in its own vault only', function()
  local v = vault.create{ name = 'kv1', resource_group = 'rg' }
  local first = key.create{ vault_name = v, name = 'k' }
  key.create{ vault_name = v, name = 'k' }
  t.fails('procedure.not_ready', enable.run, {
    cluster = 'c1', vault = 'kv2', identity = 'id1', key = first,
  })
  t.same(enable.run{
    cluster = 'c1', vault = 'kv1', identity = 'id1', key = first.kid,
  }.state.current.kid, first.kid)
end)

t.it('quotes names for the shell, and refuses what is no name', function()
  local bash = enable.runbook({ cluster = 'a b', vault = '$(id)', identity = 'i;x' }, 'bash')
  t.same(bash:find("'$(id)'", 1, true) ~= nil and bash:find("'i;x'", 1, true) ~= nil, true)
  t.same(bash:find(' $(id)', 1, true), nil)
  bash = enable.runbook({ cluster = 'a\nreboot', vault = 'kv1', identity = 'i' }, 'bash')
  t.same(bash:find('# Enable KMS on a reboot', 1, true) ~= nil, true)
  t.fails('argument.type', enable.plan, { cluster = 5, vault = 5, identity = 5 })
end)

t.it('follows the document with Azure RBAC, and asks for nothing more than it grants', function()
  local rules = {}
  for n, step in ipairs(enable.plan(RBAC).steps) do rules[n] = step.rule end
  t.same(table.concat(rules, ' '), 'R37 R38 R33 R43 R41 R48 R52')
  enable.run(RBAC)
  local held = role.list{ scope = vault.get('kv1'), assignee = identity.get('id1') }
  t.same(#held, 1)
  t.same(held[1].roleDefinitionName, 'Key Vault Crypto User')
end)

t.it('goes on once a role acts (R42)', function()
  clock.freeze('2026-03-01T00:00:00Z')
  workspace.settings.role_propagation = 'PT10M'
  t.fails('access.denied', enable.run, RBAC)
  clock.advance('PT11M')
  t.fails('kms.identity_denied', enable.run, RBAC)
  clock.advance('PT11M')
  t.same(enable.run(RBAC).state.enabled, true)
  t.same(#key.get{ vault_name = 'kv1', name = 'etcd' }:versions(), 1)
end)

t.it('refuses rbac for a vault with access policies', function()
  vault.create{ name = 'kv1', resource_group = 'rg', enable_rbac_authorization = false }
  local problem = t.fails('procedure.not_ready', enable.run, {
    cluster = 'c1', vault = 'kv1', identity = 'id1', rbac = true,
  })
  t.same(problem.rule, 'R41')
end)

t.it('refuses a key that the plugin could not use, before it makes anything', function()
  local v = vault.create{ name = 'kv1', resource_group = 'rg' }
  local k = key.create{ vault_name = v, name = 'etcd', ops = { 'sign', 'verify' } }
  t.same(t.fails('procedure.not_ready', enable.run, OPTIONS).rule, 'R36')
  k:update{ ops = { 'encrypt', 'decrypt' }, expires = '2020-01-01T00:00:00Z' }
  t.same(t.fails('procedure.not_ready', enable.run, OPTIONS).rule, 'R107')
  v:update{ default_action = 'Deny' }
  t.same(t.fails('procedure.not_ready', enable.run, OPTIONS).rule, 'R23')
  v:update{ public_network_access = 'Disabled' }
  t.same(t.fails('procedure.not_ready', enable.run, OPTIONS).rule, 'R24')
  t.same(identity.find('id1'), nil)
end)

t.it('asks for a deleted vault to be recovered, since it keeps its name (R20)', function()
  vault.create{ name = 'kv1', resource_group = 'rg' }:delete()
  t.same(t.fails('procedure.not_ready', enable.run, OPTIONS).rule, 'R20')
end)
