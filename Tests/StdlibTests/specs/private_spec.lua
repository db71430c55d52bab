--- Private vaults: enabling, rotating, changing the mode, recovering.

local t = require('harness')
local enable = require('kms.enable_private')
local recover = require('kms.recover')
local rotate = require('kms.rotate')
local switch = require('kms.switch_mode')

local OPTIONS = {
  cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg',
  private_endpoint = 'admin',
}

local function with(more)
  local opts = {}
  for name, value in pairs(OPTIONS) do opts[name] = value end
  for name, value in pairs(more) do opts[name] = value end
  return opts
end

--- A cluster with a private vault and Secrets.
local function private(more)
  enable.run(with(more or {}))
  local c = cluster.get('c1')
  for n = 1, 2 do secret.create{ cluster = c, name = 's' .. n, string_data = { n = '' .. n } } end
  return { c = c, v = vault.get('kv1'), i = identity.get('id1') }
end

local function is_whole()
  t.same(cluster.get('c1'):health().api_server, 'healthy')
  for n = 1, 2 do
    t.same(secret.get{ cluster = 'c1', name = 's' .. n }.data.n, tostring(n))
  end
end

t.it('enables with policies and with Azure RBAC, from nothing', function()
  for _, rbac in ipairs{ false, true } do
    workspace.reset()
    local w = private{ rbac = rbac }
    local state = w.c:kms()
    t.same(state.network_access, 'Private')
    t.same(state.tunnel, 'vnet')
    t.same(w.v.public_network_access, 'Disabled')
    t.same(w.v.enable_rbac_authorization, rbac)
    t.same(#w.v.private_endpoint_connections, 2)
    is_whole()
    local again = enable.run(with{ rbac = rbac })
    for _, step in ipairs(again.steps) do t.same(step.status, 'skipped') end
  end
end)

t.it('the order is that of the document', function()
  local rules = {}
  for n, step in ipairs(enable.plan(with{ rbac = true }).steps) do rules[n] = step.rule end
  t.same(table.concat(rules, ' '), 'R58 R38 R60 R33 R43 R41 R65 R66 R69')
end)

t.it('wants a way in before it makes anything (R60)', function()
  local opts = with{}
  opts.private_endpoint = nil
  t.same(t.fails('procedure.not_ready', enable.run, opts).rule, 'R60')
  t.same(vault.find('kv1'), nil)
end)

t.it('takes a call from inside for a way in', function()
  local v = vault.create{ name = 'kv1', resource_group = 'rg', public_network_access = 'Disabled' }
  local connection = v:private_endpoint_create{ name = 'mine' }
  local opts = with{}
  opts.private_endpoint = nil
  vault.call_from({ private_endpoint = connection }, function() enable.run(opts) end)
  t.same(cluster.get('c1'):kms().enabled, true)
end)

t.it('refuses a cluster behind Konnectivity (R16)', function()
  clock.freeze('2026-03-01T00:00:00Z')
  cluster.create{ name = 'c1', resource_group = 'rg' }
  t.same(t.fails('procedure.not_ready', enable.run, OPTIONS).rule, 'R16')
  t.same(vault.find('kv1'), nil)
end)

t.it('lets Konnectivity pass while the service does (R10, R11)', function()
  clock.freeze('2024-08-01T00:00:00Z')
  cluster.create{ name = 'c1', resource_group = 'rg', kubernetes_version = '1.29' }
  local plan = enable.plan(OPTIONS)
  t.same(plan.ready, true)
  t.same(enable.run(OPTIONS).state.network_access, 'Private')
  local is_told = false
  for _, finding in ipairs(plan.findings) do is_told = is_told or finding.rule == 'R11' end
  t.same(is_told, true)
end)

t.it('refuses to change the mode by enabling (R28)', function()
  private()
  t.same(t.fails('procedure.not_ready', require('kms.enable_public').run, {
    cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg',
  }).rule, 'R24')
  workspace.reset()
  t.world(1)
  t.same(t.fails('procedure.not_ready', enable.run, with{ key = 'etcd' }).rule, 'R28')
end)

t.it('rotates from inside only', function()
  local w = private()
  local old = w.c:kms().current.kid
  t.same(t.fails('procedure.not_ready', rotate.run, { cluster = 'c1' }).rule ~= nil, true)
  local report = rotate.run{ cluster = 'c1', private_endpoint = 'admin' }
  t.same(report.state.previous.kid, old)
  is_whole()
end)

t.it('a runbook asks for the network that only the operator knows', function()
  local script = enable.runbook(OPTIONS, 'bash')
  t.same(script:find(': "${VNET_NAME:?', 1, true) ~= nil, true)
  t.same(script:find('--azure-keyvault-kms-key-vault-network-access Private', 1, true) ~= nil, true)
  t.same(script:find('--azure-keyvault-kms-key-vault-resource-id "$KEYVAULT_RESOURCE_ID"', 1, true)
    ~= nil, true)
end)

t.it('changes the mode there and back, and keeps every Secret', function()
  local w = private()
  local kid = w.c:kms().current.kid
  t.same(switch.run{ cluster = 'c1', to = 'Public' }.state.network_access, 'Public')
  is_whole()
  local report = switch.run{ cluster = 'c1', to = 'Private' }
  t.same(report.state.network_access, 'Private')
  t.same(report.state.current.kid, kid)
  t.same(report.state.previous, nil)
  is_whole()
  for _, step in ipairs(switch.run{ cluster = 'c1', to = 'Private' }.steps) do
    t.same(step.status, 'skipped')
  end
end)

t.it('changes the mode in the order of the document, and says what later revisions do', function()
  private()
  switch.run{ cluster = 'c1', to = 'Public' }
  local plan, rules = switch.plan{ cluster = 'c1', to = 'Private' }, {}
  for n, step in ipairs(plan.steps) do rules[n] = step.rule end
  t.same(table.concat(rules, ' '), 'R65 R84 R85 R86 R87 R69')
  t.same(plan.findings[1].rule, 'R86')
  t.same(plan.findings[1].severity, 'warning')
  t.fails('argument.value', switch.run, { cluster = 'c1', to = 'public' })
end)

t.it('refuses a mode change behind Konnectivity, and where KMS never was on', function()
  t.world(1)
  local problem = t.fails('procedure.not_ready', switch.run, { cluster = 'c1', to = 'Private' })
  t.same(problem.rule, 'R16')
  cluster.create{ name = 'c2', resource_group = 'rg' }
  problem = t.fails('procedure.not_ready', switch.run, { cluster = 'c2', to = 'Public' })
  t.same(problem.rule, 'R83')
end)

t.it('recovers a private vault that was deleted, with both roles of the identity', function()
  local w = private{ rbac = true }
  w.v:delete{ confirm = true }
  t.same(recover.run{ cluster = 'c1', private_endpoint = 'admin' }.ok, true)
  is_whole()
  t.same(#role.list{ scope = w.v, assignee = w.i }, 2)
end)

t.it('makes a private link anew that was taken away', function()
  local w = private()
  for _, connection in ipairs(w.v.private_endpoint_connections) do
    if not connection.private_endpoint.id:find('/admin$') then
      w.v:private_endpoint_connection_delete{ name = connection.name }
    end
  end
  t.same(w.c:health().api_server, 'unhealthy')
  t.same(recover.run{ cluster = 'c1', private_endpoint = 'admin' }.ok, true)
  is_whole()
end)

t.it('moves from a public vault to a private one in one update (R82)', function()
  local c = cluster.create{
    name = 'c1', resource_group = 'rg', enable_apiserver_vnet_integration = true,
  }
  require('kms.enable_public').run{
    cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg',
  }
  for n = 1, 2 do secret.create{ cluster = c, name = 's' .. n, string_data = { n = '' .. n } } end
  local v = vault.create{ name = 'kv2', resource_group = 'rg' }
  local k = v:create_key{ name = 'other' }
  v:update{ public_network_access = 'Disabled' }
  local first = v:private_endpoint_create{ name = 'admin' }
  vault.call_from({ private_endpoint = first }, function()
    local report = rotate.run{ cluster = 'c1', key = k }
    t.same(report.state.network_access, 'Private')
    t.same(report.state.current.kid, k.kid)
  end)
  is_whole()
end)
