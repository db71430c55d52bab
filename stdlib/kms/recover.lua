--- Brings a cluster's KMS back to health: a vault or key deleted, disabled or expired, an identity
--- deleted, a grant lost, a vault closed, Secrets stranded by two rotations without a rewrite. Or
--- tells what is lost for good, where a key was purged.
---
--- A run looks from outside in: vault, way in, identity, grants, key. What is in order is skipped.
--- A key that had expired is extended first, and then rotated away from (R109).
---
--- ```lua
--- local report = require('kms.recover').run{ cluster = 'myAKSCluster' }
--- if not report.ok then print(report.lost.count, table.concat(report.lost.names, ' ')) end
--- ```

local cluster = require('cluster')
local access, cures = require('kms.steps.access'), require('kms.steps.cures')
local clusters, findings = require('kms.steps.clusters'), require('kms.steps.findings')
local names, rotation = require('kms.steps.names'), require('kms.steps.rotation')
local secrets, stranded = require('kms.steps.secrets'), require('kms.steps.stranded')
local procedure = require('util.procedure')

local HELP = {
  summary = 'Brings a cluster\'s KMS back to health, or tells what is lost for good.',
  options = {
    {
      name = 'cluster', kind = 'any', names = 'cluster', required = true,
      summary = 'the cluster, by handle, name or id',
    },
    {
      name = 'expires', kind = 'string',
      summary = 'new day of expiry of a key that expired', default_words = 'a year from now',
    },
    {
      name = 'private_endpoint', kind = 'string',
      summary = 'the private endpoint through which you reach a private vault',
    },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
key.get{ vault_name = 'kv1', name = 'k1' }:update{ enabled = false }
local report = kms.recover{ cluster = 'c1' }
print(report.ok, cluster.get('c1'):health().api_server) --> true  healthy]],
}

local MARK = 'recovery'

--- A key that is needed, with all that stands around it.
local function slot_of(kid, n, opts, is_stranded)
  local host, key_name = names.parts(kid)
  local slot = {
    kid = kid, host = host, key = key_name, expires = opts.expires, is_stranded = is_stranded,
  }
  return setmetatable(slot, {
    __index = function(_, member)
      if member == 'vault' then return names.vault(host) end
      if member == 'rbac' then return cures.is_under_rbac(host) end
      return n[member]
    end,
  })
end

--- The keys that are needed: those of the plugin, and those that only stranded Secrets are under.
local function slots_of(c, n, opts)
  local state, slots = c:kms(), {}
  for _, name in ipairs{ 'current', 'previous' } do
    if state[name] then slots[#slots + 1] = slot_of(state[name].kid, n, opts, false) end
  end
  for _, kid in ipairs(stranded.kids(c)) do slots[#slots + 1] = slot_of(kid, n, opts, true) end
  return slots
end

--- The slots that lie in different vaults, one of each.
local function by_vault(slots)
  local list, seen = {}, {}
  for _, slot in ipairs(slots) do
    if not seen[slot.host] then list[#list + 1] = slot end
    seen[slot.host] = true
  end
  return list
end

--- The rotation that follows when a key had expired.
local function rotation_steps(c, n, slots)
  local function is_needed() return cures.is_rotation_due(n, slots, MARK) end
  local moves = rotation.to_new(n, MARK)
  for _, step in ipairs(moves) do
    local done = step.done
    step.check = nil
    step.done = function()
      local needed, unseen = is_needed()
      if not needed then return true, unseen end
      return done()
    end
    local lookup = step.lookup
    step.lookup = lookup and function(is_done) return is_needed() and lookup(is_done) or nil end
  end
  return {
    secrets.rewrite(c.name, {
      title = 'Rewrite what is still under an older key', rule = 'R79',
      effect = 'no Secret needs the key that the rotation lets go',
      done = function() return secrets.is_settled(c) end,
    }),
    moves[1], moves[2],
    secrets.rewrite(c.name, {
      rule = 'R74', effect = 'every Secret is stored under the key in use',
      done = function()
        local needed, unseen = is_needed()
        return not needed, unseen
      end,
    }),
  }
end

local function health_step(c)
  return {
    title = 'See that it is healthy', rule = 'R106', effect = 'nothing: it only looks',
    act = function() return c:health() end,
    holds = function()
      local reasons = c:health().reasons
      return #reasons == 0, reasons[1] and reasons[1].message
    end,
  }
end

--- From outside in: the vaults, the identity with its grants, the keys.
local function outer_steps(n, slots)
  local steps = {}
  local function add(step) steps[#steps + 1] = step or nil end
  for _, slot in ipairs(by_vault(slots)) do
    add(cures.vault(slot))
    add(n.access ~= 'Private' and cures.public_network(slot))
  end
  if n.identity then
    add(access.identity(n))
    add(cures.assign(n))
  end
  for _, slot in ipairs(by_vault(slots)) do
    add(cures.own_keys(slot))
    add(n.identity and cures.grant(slot))
    add(n.identity and n.access == 'Private'
      and access.with_ids(slot, access.contributor(slot)))
  end
  return steps
end

local function steps_of(c, n, slots)
  local steps = { n.is_enabled and stranded.abort(n, slots) or nil }
  local function append(more) table.move(more, 1, #more, #steps + 1, steps) end
  append(outer_steps(n, slots))
  for _, slot in ipairs(slots) do
    append(cures.key(slot, n.is_enabled and not slot.is_stranded and MARK or nil))
  end
  if n.is_enabled then
    append{ cures.again(n) }
    append(stranded.steps(c, n, slots))
    append(rotation_steps(c, n, slots))
  end
  append{ health_step(c) }
  return steps
end

--- The Secrets that no one can read any more, when a key was purged; nil when none was.
local function losses(c, slots)
  local lost = { count = 0, names = {}, keys = {} }
  for _, slot in ipairs(slots) do
    if cures.is_purged(slot) then
      local under = secrets.under(c, slot.kid)
      lost.keys[#lost.keys + 1] = slot.kid
      lost.count = lost.count + under.count
      table.move(under.names, 1, #under.names, #lost.names + 1, lost.names)
    end
  end
  return #lost.keys > 0 and lost or nil
end

local function loss_findings(lost)
  local shown = table.concat(lost.names, ', ', 1, math.min(5, #lost.names))
  local list = {}
  for n, kid in ipairs(lost.keys) do
    list[n] = findings.found('R20', 'error',
      ('%s was purged: %d Secrets are lost for good%s'):format(
        kid, lost.count, lost.count > 0 and ', such as ' .. shown or ''),
      'restore a backup of the key, if there is one: key.restore{ … }; else make the cluster anew')
  end
  return list
end

local function build(opts)
  local c = cluster.get(opts.cluster)
  local n = names.attached(c)
  if not n then
    local look = health_step(c)
    look.check = function() return findings.enabled(c, 'R106') end
    return {
      title = 'Recover the KMS of ' .. c.name, purpose = '', steps = { look },
      state = function() return c:kms() end, rollback = {},
    }
  end
  n.identity, n.identity_group = clusters.identity_of(c)
  n.private_endpoint = opts.private_endpoint
  local slots = slots_of(c, n, opts)
  local lost = losses(c, slots)
  local steps = steps_of(c, n, slots)
  steps[1].check = function()
    return findings.all(findings.running(c), lost and loss_findings(lost))
  end
  return {
    title = 'Recover the KMS of ' .. c.name, steps = steps,
    purpose = 'The plugin reaches its keys again, and the API server is healthy.',
    state = function() return c:kms() end,
    answer = lost and { ok = false, lost = lost },
    finish = function(report)
      report.ok = true
      for _, slot in ipairs(slots_of(c, n, opts)) do cures.finish(slot) end
      if n.is_enabled then cures.finish_rotation(n, MARK) end
    end,
    rollback = { 'none: each step brings back what was there before' },
  }
end

---@type Procedure
return procedure.define{
  name = 'kms.recover', help = HELP, build = build,
}
