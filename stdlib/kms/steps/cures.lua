--- Single cures: each step finds one thing amiss with a slot of the plugin, and puts it right.
---
--- A slot is `{ kid, host, vault, key, rbac, access, identity, … }`.

local clock, cluster, identity = require('clock'), require('cluster'), require('identity')
local key, vault = require('key'), require('vault')
local access, clusters = require('kms.steps.access'), require('kms.steps.clusters')
local names, rotation = require('kms.steps.names'), require('kms.steps.rotation')
local secrets, vaults = require('kms.steps.secrets'), require('kms.steps.vaults')
local shell = require('util.shell')

local M = {}

local TAG = 'kmsh-recovery'
local UNSEEN = 'looked at once the key is back'
local UNSEEN_KEYS = 'looked at once the keys can be seen'
local YEAR_S = 365 * 24 * 3600

local function deleted_vault(host)
  for _, v in ipairs(vault.list_deleted()) do
    if v.name:lower() == host then return v end
  end
end

--- Whether a vault is there and under Azure RBAC.
---@param host string
---@return boolean
function M.is_under_rbac(host)
  local v = vault.find(host)
  return v ~= nil and v.enable_rbac_authorization
end

--- The key of a slot, and why it cannot be had.
local function find(slot)
  return vaults.from_inside(slot, function() return names.find_key(slot.kid) end)
end

local function is_deleted(slot)
  return vaults.from_inside(slot, function()
    for _, deleted in ipairs(key.list_deleted{ vault_name = slot.vault }) do
      if deleted.name:lower() == slot.key:lower() then return true end
    end
    return false
  end)
end

--- Whether a slot's key is gone for good, as far as can be seen from here.
---@param slot table
---@return boolean
function M.is_purged(slot)
  if not vault.find(slot.host) then return deleted_vault(slot.host) == nil end
  local k, problem = find(slot)
  if k or problem.code ~= 'key.not_found' then return false end
  local ok, is_there = pcall(is_deleted, slot)
  return ok and not is_there
end

--- Recovers a deleted vault.
function M.vault(slot)
  return {
    title = 'Recover the vault', rule = 'R18',
    effect = 'the vault is back with its keys; role assignments on it are lost',
    done = function() return vault.find(slot.host) ~= nil end,
    command = function() return shell.line{ 'az keyvault recover', '--name', slot.vault } end,
    verify = vaults.shows(slot.vault, 'name', slot.vault),
    if_fails = 'a vault that was purged cannot come back (R20)',
    act = function() vault.recover(slot.host) end,
  }
end

--- Opens a vault that the plugin reaches over its public address.
function M.public_network(slot)
  return {
    title = 'Open the vault', rule = 'R24', effect = 'the plugin reaches the vault',
    done = function()
      local v = vault.find(slot.host)
      return v ~= nil and v.public_network_access == 'Enabled'
        and v.network_acls.default_action ~= 'Deny'
    end,
    command = function()
      return shell.line{
        'az keyvault update', '--name', slot.vault, '--public-network-access', 'Enabled',
        '--default-action', 'Allow',
      }
    end,
    verify = vaults.shows(slot.vault, 'properties.publicNetworkAccess', 'Enabled'),
    if_fails = 'or change the mode by the documented order: disable, rewrite, enable Private',
    act = function()
      vault.get(slot.host):update{ public_network_access = 'Enabled', default_action = 'Allow' }
    end,
  }
end

--- Gives the cluster its identity again, where it was made anew.
function M.assign(n)
  local was_missing = identity.find(n.identity) == nil
  return {
    title = 'Give the cluster the identity', rule = 'R19',
    effect = 'the plugin gets its tokens as the new identity',
    done = function() return not was_missing end,
    command = function()
      return shell.line{
        'az aks update', '--name', n.cluster, '--resource-group', n.group,
        '--enable-managed-identity', '--assign-identity', shell.var('IDENTITY_RESOURCE_ID'),
        '--yes',
      }
    end,
    if_fails = 'look at the provisioning state of the cluster, then repeat',
    act = function()
      cluster.get(n.cluster):update{ assign_identity = identity.get(n.identity).id }
    end,
  }
end

--- Lets whoever runs this work on the keys again, if a key must be changed.
function M.own_keys(slot)
  local step = access.with_ids({ vault = slot.vault }, access.own_keys(slot))
  local done = step.done
  step.done = function()
    if not slot.rbac then return true end
    local k, problem = find(slot)
    return k ~= nil or problem.code ~= 'access.denied' or done()
  end
  return step
end

--- The identity's grant: by role or by policy, as the vault has it once it is back.
function M.grant(slot)
  local by_role = access.with_ids(slot, access.key_use(setmetatable(
    { rbac = true }, { __index = slot })))
  local by_policy = access.key_use(setmetatable({ rbac = false }, { __index = slot }))
  local function fitting() return slot.rbac and by_role or by_policy end
  return {
    title = by_role.title, rule = 'R64', effect = by_role.effect, if_fails = by_role.if_fails,
    done = function() return fitting().done() end,
    command = function() return fitting().command() end,
    act = function() return fitting().act() end,
  }
end

local function later(slot)
  if slot.expires then return slot.expires end
  local year, month, day, hour, minute, second =
    clock.now():match('(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)')
  -- Both in the machine's zone, so that it cancels out.
  local now = os.time{
    year = year, month = month, day = day, hour = hour, min = minute, sec = second,
  }
  return os.date('%Y-%m-%dT%H:%M:%SZ', now + YEAR_S)
end

--- A step that changes one attribute of the key.
local function attribute(slot, options)
  local function changed() return options.changes((find(slot))) end
  return {
    title = options.title, rule = options.rule, effect = options.effect,
    done = function()
      local k = find(slot)
      if not k then return true, UNSEEN end
      return not options.is_wrong(k)
    end,
    command = function()
      return shell.line{
        'az keyvault key set-attributes', '--id', slot.kid, table.unpack(options.words(slot)),
      }
    end,
    verify = vaults.key_is_enabled(slot.kid),
    if_fails = 'you need the right to update keys of the vault',
    act = function()
      local changes = changed()
      vaults.from_inside(slot, function() names.find_key(slot.kid):update(changes) end)
    end,
  }
end

local function has_ops(k)
  local found = {}
  for _, operation in ipairs(k.key_ops) do found[operation] = true end
  return found.encrypt and found.decrypt
end

local function with_ops(k)
  local ops = { 'encrypt', 'decrypt' }
  for _, operation in ipairs(k.key_ops) do
    if operation ~= 'encrypt' and operation ~= 'decrypt' then ops[#ops + 1] = operation end
  end
  return ops
end

local function recover_key(slot)
  return {
    title = 'Recover the key', rule = 'R17', effect = 'the key is back with all its versions',
    done = function()
      local k, problem = find(slot)
      if k then return true end
      -- Only a vault that answers can tell that its key is gone.
      if problem.code ~= 'key.not_found' then return true, UNSEEN_KEYS end
      return false
    end,
    command = function()
      return shell.line{ 'az keyvault key recover', '--name', slot.key, '--vault-name', slot.vault }
    end,
    -- A key that is disabled is listed, and not shown.
    verify = {
      command = shell.line{
        'az keyvault key list', '--vault-name', slot.vault,
        '--query', ("[?name=='%s'].name"):format(slot.key), '-o', 'tsv',
      },
      expect = slot.key,
    },
    if_fails = 'a key that was purged cannot come back: what it sealed is lost (R20)',
    act = function()
      vaults.from_inside(slot, function()
        key.recover{ vault_name = slot.vault, name = slot.key }
      end)
    end,
  }
end

--- What may be wrong with the key itself, in the order in which it can be put right.
---@param slot table
---@param mark string? noted on a key that had expired, so that it is rotated away from
---@return table[] steps
function M.key(slot, mark)
  return {
    recover_key(slot),
    attribute(slot, {
      title = 'Enable the key', rule = 'R75', effect = 'the key can be used',
      is_wrong = function(k) return not k.enabled end,
      changes = function() return { enabled = true } end,
      words = function() return { '--enabled', 'true' } end,
    }),
    attribute(slot, {
      title = 'Let the key be valid now', rule = 'R75', effect = 'the key can be used',
      is_wrong = function(k) return k.not_before ~= nil and k.not_before > clock.now() end,
      changes = function() return { not_before = clock.now() } end,
      words = function() return { '--not-before', clock.now() } end,
    }),
    attribute(slot, {
      title = 'Extend the expiry of the key', rule = 'R109',
      effect = 'KMS works again, until the key is rotated away from',
      is_wrong = function(k) return k.expires ~= nil and k.expires <= clock.now() end,
      changes = function(k)
        local tags = k.tags
        tags[TAG] = mark
        return { expires = later(slot), tags = tags }
      end,
      words = function() return { '--expires', later(slot) } end,
    }),
    attribute(slot, {
      title = 'Let the key encrypt and decrypt', rule = 'R36',
      effect = 'the key permits what the plugin asks',
      is_wrong = function(k) return not has_ops(k) end,
      changes = function(k) return { ops = with_ops(k) } end,
      words = function()
        local k = find(slot)
        return { '--ops', table.unpack(k and with_ops(k) or { 'encrypt', 'decrypt' }) }
      end,
    }),
  }
end

--- Whether the private endpoint that the cluster made itself is open.
local function is_linked(n)
  local v = n.access == 'Private' and vault.find(n.vault)
  if not v then return true end
  local group = cluster.get(n.cluster).node_resource_group:lower()
  for _, connection in ipairs(v.private_endpoint_connections) do
    local is_its_own = connection.private_endpoint.id:lower():find('/' .. group .. '/', 1, true)
    if is_its_own and connection.private_link_service_connection_state.status == 'Approved' then
      return true
    end
  end
  return false
end

--- Whether the API server has noticed that its plugin works, or need not have yet.
local function is_up(n)
  local c = cluster.get(n.cluster)
  if c.provisioning_state == 'Failed' then return false end
  if secrets.pending(c) == 0 then return true end
  local answer = c:readyz()
  return answer == nil or answer.status == 200
end

--- Tells the cluster the key it has: nothing changes, but for a private link that is made anew and
--- API servers that start with what works now.
function M.again(n)
  local step = clusters.use(n, function() return n.kid end, 'KEY_ID')
  step.title, step.rule = 'Tell the cluster the same key again', 'R81'
  step.effect = 'the private link is made anew, and the API server asks its plugin at once'
  step.done = function()
    if not find(n) then return true, UNSEEN end
    return is_linked(n) and is_up(n)
  end
  step.after_failure, step.if_fails = nil, 'look at what the service says, and run it again'
  local command = access.with_ids(n, step).command
  step.command = function() return shell.set('KEY_ID', n.kid) .. '\n' .. command() end
  return step
end

--- Whether a key had expired and is still to be rotated away from.
---@param n table
---@param slots table[]
---@param mark string
---@return boolean, string? unseen what keeps it from being told yet
function M.is_rotation_due(n, slots, mark)
  for _, slot in ipairs(slots) do
    local k = find(slot)
    if not k then return false, UNSEEN end
    if (k.tags[TAG] == mark or k.expires and k.expires <= clock.now()) then return true end
  end
  local ok, versions = pcall(rotation.versions, n)
  return ok and rotation.mark_of(versions[#versions]) == mark
end

--- What is noted on a slot's key while it is recovered.
---@param slot table
---@return string?
function M.note_of(slot)
  local k = find(slot)
  return k and k.tags[TAG]
end

--- Notes on a slot's key what is done with it, or takes the note off.
---@param slot table
---@param note string?
function M.note(slot, note)
  local tags = find(slot).tags
  tags[TAG] = note
  vaults.from_inside(slot, function() names.find_key(slot.kid):update{ tags = tags } end)
end

--- Takes the note off a slot's key.
function M.finish(slot)
  if M.note_of(slot) then M.note(slot, nil) end
end

--- Ends the rotation, as the last thing.
function M.finish_rotation(n, mark)
  local versions = rotation.versions(n)
  local newest = versions[#versions]
  if rotation.mark_of(newest) == mark then rotation.finish(n, newest.kid) end
end

return M
