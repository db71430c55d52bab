--- Rotates twice, with a rewrite after each, so that the key in use before is in no slot any more.
---
--- ```lua
--- local report = require('kms.rotate_twice').run{ cluster = 'myAKSCluster' }
--- print(report.retired) -- may be disabled or expired now
--- ```

local cluster = require('cluster')
local access, clusters = require('kms.steps.access'), require('kms.steps.clusters')
local findings, names = require('kms.steps.findings'), require('kms.steps.names')
local rotation, secrets = require('kms.steps.rotation'), require('kms.steps.secrets')
local procedure = require('util.procedure')

local HELP = {
  summary = 'Rotates twice, with a rewrite after each, so that the key before is in no'
    .. ' slot any more.',
  options = {
    {
      name = 'cluster', kind = 'any', names = 'cluster', required = true,
      summary = 'the cluster, by handle, name or id',
    },
    {
      name = 'private_endpoint', kind = 'string',
      summary = 'the private endpoint through which you reach a private vault',
    },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
local report = kms.rotate_twice{ cluster = 'c1' }
print(report.retired ~= report.state.current.kid) --> true]],
}

local FIRST, SECOND = '1 of 2', '2 of 2'

--- The versions that the two rotations use, as far as they are made.
local function progress(n)
  local versions = rotation.versions(n)
  local newest, before = versions[#versions], versions[#versions - 1]
  local mark = rotation.mark_of(newest)
  if mark == SECOND then return { first = before.kid, second = newest.kid } end
  if mark then return { first = newest.kid } end
  return { waiting = newest.kid ~= n.kid and newest or nil }
end

local function version_step(n, which, mark, variable)
  return rotation.version(n, {
    title = which == 'first' and 'Make a new version of the key' or 'Make one more version',
    rule = which == 'first' and 'R73' or 'R78', mark = mark, variable = variable,
    target = function() return progress(n)[which] end,
    waiting = function() return which == 'first' and progress(n).waiting or nil end,
  })
end

local function use_step(n, which, variable)
  local step = clusters.use(n, function() return progress(n)[which] end, variable)
  if n.access == 'Private' then access.with_ids(n, step) end
  return step
end

local function steps_of(c, n, checks)
  local function is_second() return progress(n).second ~= nil end
  local first_use = use_step(n, 'first', 'NEW_KEY_ID')
  local is_used = first_use.done
  first_use.done = function() return is_second() or is_used() end
  local before = secrets.rewrite(c.name, {
    title = 'Rewrite what is still under an older key', rule = 'R79',
    effect = 'no Secret needs the key that the first rotation lets go',
    done = function() return secrets.is_settled(c) end,
  })
  before.check = function() return checks end
  return {
    before,
    version_step(n, 'first', FIRST, 'NEW_KEY_ID'), first_use,
    secrets.rewrite(c.name, {
      rule = 'R74', done = is_second,
      effect = 'no Secret is under the first key, so the second rotation strands none (R79)',
    }),
    version_step(n, 'second', SECOND, 'NEWEST_KEY_ID'),
    use_step(n, 'second', 'NEWEST_KEY_ID'),
    secrets.rewrite(c.name, {
      title = 'Rewrite the Secrets once more', rule = 'R74',
      effect = 'every Secret is stored under the newest key',
    }),
    clusters.check_key(n, function() return progress(n).second end, 'NEWEST_KEY_ID'),
  }
end

local function findings_of(c, n)
  local list = findings.all(findings.enabled(c, 'R71'), findings.health(c))
  if not n then return list end
  list[#list + 1] = findings.found(
    'R123', 'warning', 'a version cannot be deleted by itself: deleting ' .. n.key
      .. ' would delete the newest ones too',
    'afterwards disable or expire the old version')
  return findings.all(list, findings.keep('R76', { n.kid }, 'until the second rotation is over'))
end

--- The key that fell out of the slots.
local function retired(c)
  local history = c:kms().history
  return history[#history - 2] and history[#history - 2].kid
end

local function build(opts)
  local c = cluster.get(opts.cluster)
  local n = names.attached(c)
  local checks = findings_of(c, n)
  if n then n.private_endpoint = opts.private_endpoint end
  local blocked = secrets.rewrite(c.name)
  blocked.check = function() return checks end
  return {
    title = 'Rotate the KMS key of ' .. c.name .. ' twice',
    steps = n and steps_of(c, n, checks) or { blocked },
    purpose = 'The key in use now is needed by nothing afterwards: neither by a slot of the '
      .. 'plugin nor by a Secret.',
    state = function() return c:kms() end,
    finish = function(report)
      local made = progress(n)
      report.retired = retired(c)
      rotation.finish(n, made.first)
      rotation.finish(n, made.second)
    end,
    rollback = {
      'after the first rotation: rotate back to the former key id, which is in the previous slot',
      'after the second one the former key is in no slot: go forward',
    },
  }
end

---@type Procedure
return procedure.define{
  name = 'kms.rotate_twice', help = HELP, build = build,
}
