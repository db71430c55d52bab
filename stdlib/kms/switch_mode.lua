--- Changes how the plugin reaches the vault it is attached to: over its public address, or over a
--- private endpoint. In between KMS is off and the Secrets lie in clear.
---
--- Another vault needs none of this: `kms.rotate{ cluster = …, key = … }` is enough (R82).
---
--- ```lua
--- local report = require('kms.switch_mode').run{ cluster = 'myAKSCluster', to = 'Private' }
--- print(report.state.network_access) --> Private
--- ```

local cluster, vault = require('cluster'), require('vault')
local access, clusters = require('kms.steps.access'), require('kms.steps.clusters')
local findings, names = require('kms.steps.findings'), require('kms.steps.names')
local secrets, vaults = require('kms.steps.secrets'), require('kms.steps.vaults')
local procedure = require('util.procedure')

local HELP = {
  summary = 'Changes how the plugin reaches its vault: over the public address or a'
    .. ' private endpoint.',
  options = {
    {
      name = 'cluster', kind = 'any', names = 'cluster', required = true,
      summary = 'the cluster, by handle, name or id',
    },
    {
      name = 'to', kind = 'choice', required = true, words = { 'Private', 'Public' },
      summary = 'the mode to change to',
    },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
cluster.get('c1'):update{ enable_apiserver_vnet_integration = true }
cluster.get('c1'):stop()
cluster.get('c1'):start()
local report = kms.switch_mode{ cluster = 'c1', to = 'Private' }
print(report.state.network_access) --> Private]],
}

local function findings_of(c, n, to)
  if not n then return findings.enabled(c, 'R83') end
  local list = findings.all(findings.running(c), findings.off_and_on(c, n, 'R83'))
  if to == 'Private' then list = findings.all(list, findings.tunnel(c)) end
  if to == 'Private' and n.access ~= to then
    list[#list + 1] = findings.found('R86', 'warning',
      'from closing the vault until KMS is on again the plugin cannot reach the key it keeps',
      'do both in one go; later revisions of the document enable Private first, then close')
  end
  return list
end

--- What the cluster's identity and vault are called, and the mode that is wanted.
local function wanted(c, n, to)
  local v = vault.find(n.vault)
  local there = {
    access = to, rbac = v and v.enable_rbac_authorization, vault_group = v and v.resource_group,
  }
  there.identity, there.identity_group = clusters.identity_of(c)
  return setmetatable(there, { __index = n })
end

local function steps_of(c, n, to)
  local new = wanted(c, n, to)
  local is_private = to == 'Private'
  local function is_over()
    local state = c:kms()
    return state.enabled and state.network_access == to
  end
  local function is_clear() return not c:kms().enabled and secrets.is_settled(c) end
  local off = clusters.disable(n)
  local is_off = off.done
  off.done = function() return is_over() or is_off() end
  local on = clusters.enable_again(new, is_over)
  on.rule = is_private and 'R87' or 'R88'
  return {
    is_private and access.with_ids(new, access.contributor(new)),
    off,
    secrets.rewrite(c.name, {
      rule = 'R85', effect = 'no Secret needs the key while the plugin cannot reach it',
      title = 'Rewrite the Secrets in clear',
      done = function() return is_over() or is_clear() end,
    }),
    is_private and vaults.set_public(new, 'Disabled', 'R86')
      or vaults.set_public(new, 'Enabled', 'R88'),
    on,
    secrets.rewrite(c.name, {
      rule = is_private and 'R69' or 'R52', effect = 'the Secrets are sealed again',
      done = function() return is_over() and secrets.is_settled(c) end,
    }),
  }
end

local function build(opts)
  if opts.to ~= 'Private' and opts.to ~= 'Public' then
    error({
      code = 'argument.value',
      message = "kms.switch_mode: to is 'Private' or 'Public', not " .. tostring(opts.to),
    }, 0)
  end
  local c = cluster.get(opts.cluster)
  local n = names.attached(c)
  local checks = findings_of(c, n, opts.to)
  local steps = n and steps_of(c, n, opts.to) or { secrets.rewrite(c.name) }
  local first = steps[1] or steps[2]
  first.check = function() return checks end
  return {
    title = ('Change the vault mode of %s to %s'):format(c.name, opts.to), steps = steps,
    purpose = 'The plugin reaches the same key another way; the service changes that only while '
      .. 'KMS is off (R28).',
    state = function() return c:kms() end,
    rollback = {
      'until the vault is changed: enable KMS again as it was, and rewrite the Secrets',
      'afterwards: change the vault back, then enable as it was and rewrite (R88)',
    },
  }
end

---@type Procedure
return procedure.define{
  name = 'kms.switch_mode', help = HELP, build = build,
}
