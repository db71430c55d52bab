--- What stands in the way of a procedure, and what its operator must know.

local clock, workspace = require('clock'), require('workspace')
local names = require('kms.steps.names')

local M = {}

--- Makes a finding.
---@return Finding
function M.found(rule, severity, message, fix)
  return { rule = rule, severity = severity, message = message, fix = fix }
end

--- Puts lists of findings together.
---@param ... Finding[]?
---@return Finding[]
function M.all(...)
  local together = {}
  for _, list in pairs({ ... }) do table.move(list, 1, #list, #together + 1, together) end
  return together
end

--- What keeps the API server from being healthy, as errors.
---@param c userdata
---@return Finding[]
function M.health(c)
  local list = {}
  local health = c:health()
  for _, reason in ipairs(health.api_server == 'healthy' and {} or health.reasons) do
    list[#list + 1] = M.found(
      reason.rule or 'R75', 'error', reason.message,
      (reason.remedy or 'make the API server healthy first')
        .. ("; kms.recover{ cluster = '%s' } does it"):format(c.name))
  end
  return list
end

--- That a cluster has KMS on.
---@param c userdata
---@param rule string
---@return Finding[]
function M.enabled(c, rule)
  if c:kms().enabled then return {} end
  return { M.found(
    rule, 'error', c.name .. ' does not use KMS', 'enable it first: kms.enable_public{ … }') }
end

--- What concerns a procedure that switches KMS off and on again.
---
--- While KMS is off, the key it keeps may be out of reach for a while, as the procedure itself
--- brings about; a run that is gone on with must not stop there.
---@param c userdata
---@param n { is_enabled: boolean, kid: string }
---@param rule string
---@return Finding[]
function M.off_and_on(c, n, rule)
  if n.is_enabled then return M.health(c) end
  return { M.found(
    rule, 'warning', ('KMS is off on %s: taken for a run that was cut off'):format(c.name),
    'at the end KMS is on, under ' .. n.kid) }
end

--- Until when Konnectivity reaches private vaults: for all, and for who used it before.
local KONNECTIVITY_END, GRANDFATHERED_END = '2024-09-15T00:00:00Z', '2025-08-22T00:00:00Z'
local KONNECTIVITY_MINOR_MAX = 30

local function may_use_konnectivity(c)
  local now, minor = clock.now(), tonumber(c.kubernetes_version:match('^1%.(%d+)'))
  if minor > KONNECTIVITY_MINOR_MAX or now >= GRANDFATHERED_END then return false end
  if now < KONNECTIVITY_END then return true end
  for _, subscription in ipairs(workspace.subscriptions()) do
    if c.id:lower():find(subscription.id:lower(), 1, true) then
      return subscription.konnectivity_grandfathered
    end
  end
  return false
end

--- That a cluster's tunnel leads to a private vault.
---@param c userdata
---@return Finding[]
function M.tunnel(c)
  if c:kms().tunnel == 'vnet' then return {} end
  if may_use_konnectivity(c) then
    return { M.found(
      'R11', 'warning', c.name .. ' reaches a private vault through Konnectivity',
      'support ends on 2025-08-22: enable VNet integration before') }
  end
  local access = c.api_server_access_profile
  local is_pending = type(access) == 'table' and access.enable_vnet_integration
  return { M.found(
    'R16', 'error', ('the API server of %s is reached through Konnectivity'):format(c.name),
    is_pending and 'stop and start the cluster: VNet integration takes effect then'
      or 'a private vault needs VNet integration: c:update{ enable_apiserver_vnet_integration '
        .. '= true }, then stop and start the cluster') }
end

--- That a cluster runs.
---@param c userdata
---@return Finding[]
function M.running(c)
  if c:health().api_server ~= 'down' then return {} end
  local reason = c:health().reasons[1]
  return { M.found(
    reason and reason.rule or 'R29', 'error',
    reason and reason.message or c.name .. ' does not run',
    reason and reason.remedy or 'start it with c:start()') }
end

local function missing_operations(k)
  local found, missing = {}, {}
  for _, operation in ipairs(k.key_ops) do found[operation] = true end
  for _, operation in ipairs{ 'encrypt', 'decrypt' } do
    if not found[operation] then missing[#missing + 1] = operation end
  end
  return missing
end

--- Why a plugin could not use a key, as errors.
---@param k userdata
---@return Finding[]
function M.key(k)
  local list, now = {}, clock.now()
  local function say(rule, why, fix) list[#list + 1] = M.found(rule, 'error', k.kid .. why, fix) end
  if not k.kty:find('^RSA') then
    say('R36', ' is of type ' .. k.kty, 'the plugin needs an RSA key')
  end
  if not k.enabled then say('R75', ' is disabled', 'k:update{ enabled = true }') end
  if k.expires and k.expires <= now then
    say('R107', ' expired on ' .. k.expires, 'k:update{ expires = … }')
  end
  if k.not_before and k.not_before > now then
    say('R75', ' is not valid before ' .. k.not_before, 'k:update{ not_before = … }')
  end
  local missing = missing_operations(k)
  if #missing > 0 then
    say('R36', ' does not permit ' .. table.concat(missing, ' and '),
      "k:update{ ops = { 'encrypt', 'decrypt' } }")
  end
  return list
end

--- Warnings of keys that must stay usable, and of those that will not by themselves.
---@param rule string
---@param kids string[]
---@param until_when string
---@return Finding[]
function M.keep(rule, kids, until_when)
  local list = {}
  for _, kid in ipairs(kids) do
    list[#list + 1] = M.found(
      rule, 'warning', ('keep %s usable %s'):format(kid, until_when),
      'neither delete, disable nor expire it')
    local k = names.find_key(kid)
    if k and k.expires and k.expires > clock.now() then
      list[#list + 1] = M.found(
        rule, 'warning', ('%s expires on %s'):format(kid, k.expires),
        'move its expiry before that day: k:update{ expires = … }')
    end
  end
  return list
end

--- Why a plugin of that mode could not reach a vault, as errors.
---@param v userdata
---@param access 'Public'|'Private'
---@return Finding[]
function M.reach(v, access)
  if access == 'Private' then return {} end
  if v.public_network_access ~= 'Enabled' then
    return { M.found('R24', 'error', v.name .. ' is closed to the public',
      "v:update{ public_network_access = 'Enabled' }, or enable with kms.enable_private{ … }") }
  end
  if v.network_acls.default_action == 'Deny' then
    return { M.found('R23', 'error', v.name .. ' lets only selected networks in',
      "v:update{ default_action = 'Allow' }: the plugin has no fixed address to allow") }
  end
  return {}
end

return M
