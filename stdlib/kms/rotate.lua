--- Moves a cluster to another key or a new version of its key, and rewrites its Secrets.
---
--- The key in use before stays in the previous slot: it must stay usable until the next rotation.
---
--- ```lua
--- local report = require('kms.rotate').run{ cluster = 'myAKSCluster' }
--- print(report.state.current.kid)
--- ```

local cluster, vault = require('cluster'), require('vault')
local access, clusters = require('kms.steps.access'), require('kms.steps.clusters')
local findings, names = require('kms.steps.findings'), require('kms.steps.names')
local rotation, secrets = require('kms.steps.rotation'), require('kms.steps.secrets')
local procedure, shell = require('util.procedure'), require('util.shell')

local HELP = {
  summary = 'Moves a cluster to another key or a new version of its key, and rewrites its Secrets.',
  options = {
    {
      name = 'cluster', kind = 'any', names = 'cluster', required = true,
      summary = 'the cluster, by handle, name or id',
    },
    {
      name = 'key', kind = 'any', names = 'kid',
      summary = 'a key to move to, by handle or id with version', default_words = 'a new version',
    },
    {
      name = 'private_endpoint', kind = 'string',
      summary = 'the private endpoint through which you reach a private vault',
    },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
local report = kms.rotate{ cluster = 'c1' }
print(#report.steps, report.state.previous.kid ~= report.state.current.kid) --> 5  true]],
}

local MARK = 'unfinished'

local function findings_of(c, n, given)
  local list = findings.all(findings.enabled(c, 'R71'), findings.health(c))
  if not n then return list end
  if given and not names.is_versioned(given) then
    list[#list + 1] = findings.found(
      'R34', 'error', given .. ' is no key id with a version',
      'give a key, or its id: https://VAULT.vault.azure.net/keys/NAME/VERSION')
  elseif given then
    local k, problem = names.find_key(given)
    table.move(k and findings.key(k) or { findings.found(
      problem.rule or 'R17', 'error', problem.message, problem.hint or 'name a key that is there')
    }, 1, 8, #list + 1, list)
  end
  return findings.all(list, findings.keep('R76', { n.kid }, 'until the next rotation'))
end

--- Where another key lies, and how its vault is reached.
local function target_of(n, given)
  local host, name = names.parts(given)
  local there = { kid = given, key = name, vault = names.vault(host or ''), access = n.access }
  if there.vault:lower() ~= n.vault:lower() then
    local v = vault.find(there.vault)
    there.access = v and v.public_network_access ~= 'Enabled' and 'Private' or 'Public'
    there.rbac = v and v.enable_rbac_authorization
    there.is_elsewhere = v ~= nil
  end
  for name_of, value in pairs(n) do
    if there[name_of] == nil then there[name_of] = value end
  end
  return there
end

--- The steps of moving to a key that is given.
local function to_given(n, given, c)
  local there = target_of(n, given)
  local function target() return given end
  local use = clusters.use(there, target, 'NEW_KEY_ID')
  if there.is_elsewhere then
    there.identity, there.identity_group = clusters.identity_of(c)
    use.rule, use.command = 'R82', access.with_ids(there, use).command
  elseif there.access == 'Private' then
    access.with_ids(there, use)
  end
  return {
    there.is_elsewhere and access.key_use(there),
    there.is_elsewhere and there.access == 'Private' and access.contributor(there),
    {
      title = 'Take the given key', rule = 'R70', effect = 'nothing yet',
      command = function() return shell.set('NEW_KEY_ID', given) end, act = function() end,
    },
    use,
  }, target
end

local function build(opts)
  local c = cluster.get(opts.cluster)
  local given = opts.key and names.kid(opts.key)
  local n = names.attached(c)
  local moves, target = {}, function() end
  local checks = findings_of(c, n, given)
  if n then
    n.private_endpoint = opts.private_endpoint
    moves, target = (given and to_given or rotation.to_new)(n, given or MARK, c)
  end
  local before = secrets.rewrite(c.name, {
    title = 'Rewrite what is still under an older key', rule = 'R79',
    effect = 'no Secret needs the key that this rotation lets go',
    done = function() return secrets.is_settled(c) end,
  })
  before.check = function() return checks end
  local steps = { before }
  for _, step in pairs(moves) do steps[#steps + 1] = step end
  steps[#steps + 1] = secrets.rewrite(c.name, {
    rule = 'R74', effect = 'every Secret is stored under the new key',
  })
  steps[#steps + 1] = n and clusters.check_key(n, target, 'NEW_KEY_ID')
  return {
    title = 'Rotate the KMS key of ' .. c.name, steps = steps,
    purpose = 'Secrets are sealed with a newer key. The one in use now stays for reading until '
      .. 'the next rotation.',
    state = function() return c:kms() end,
    finish = function() if not given then rotation.finish(n, target()) end end,
    rollback = {
      'rotate back: the same steps with the former key id, which is in the previous slot (R70)',
      'do not rotate forward again before every Secret is rewritten (R79)',
    },
  }
end

---@type Procedure
return procedure.define{
  name = 'kms.rotate', help = HELP, build = build,
}
