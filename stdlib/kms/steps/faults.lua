--- What can go wrong outside a procedure while it runs, and how each is put right again.
---
--- A fault is `{ name, what, strike }`. `strike(opts)` brings it about for the keys that the
--- cluster of a procedure's options uses, or is about to use, and returns what cures it; nil when
--- there is nothing to strike yet.

local clock, cluster, identity = require('clock'), require('cluster'), require('identity')
local key, role, vault = require('key'), require('role'), require('vault')
local clusters, names = require('kms.steps.clusters'), require('kms.steps.names')

--- Runs a function from where the keys of a vault are reached.
local function inside(v, body)
  if v:network_path().allowed then return body() end
  for _, connection in ipairs(v.private_endpoint_connections) do
    if connection.private_link_service_connection_state.status == 'Approved' then
      return vault.call_from({ private_endpoint = connection }, body)
    end
  end
  return body()
end

--- Ids of the keys in the plugin's slots.
local function kids_in_use(opts)
  local c, kids = cluster.find(names.name(opts.cluster)), {}
  local state = c and c:kms() or {}
  for _, name in ipairs{ 'current', 'previous' } do
    if state[name] then kids[#kids + 1] = state[name].kid end
  end
  return kids
end

--- Before a key is in use, those in the vault that is to be used.
local function kids_of(opts)
  local kids = kids_in_use(opts)
  local v = #kids == 0 and opts.vault and vault.find(names.name(opts.vault))
  if not v then return kids end
  for _, k in ipairs(inside(v, function() return key.list{ vault_name = v } end)) do
    kids[#kids + 1] = k.kid
  end
  return kids
end

--- Calls a function with each of the keys, from within its vault.
local function each_key(opts, body)
  for _, kid in ipairs(kids_of(opts)) do
    local v = vault.find((names.parts(kid)))
    if v then
      inside(v, function()
        local k = names.find_key(kid)
        if k then body(k, v) end
      end)
    end
  end
end

--- The vaults of the keys, or the one that is to be used.
local function vaults_of(opts)
  local list, seen = {}, {}
  local function add(v)
    if v and not seen[v.name] then list[#list + 1] = v end
    if v then seen[v.name] = true end
  end
  for _, kid in ipairs(kids_of(opts)) do add(vault.find((names.parts(kid)))) end
  if #list == 0 and opts.vault then add(vault.find(names.name(opts.vault))) end
  return list
end

--- Object id of the identity that uses the keys.
local function principal_of(opts)
  local c = cluster.find(names.name(opts.cluster))
  local name = c and clusters.identity_of(c) or opts.identity and names.name(opts.identity)
  local i = name and identity.find(name)
  return i and i.principal_id or c and c.identity.principalId
end

--- One cure out of many, the last fault first; nil when there is none.
local function together(cures)
  if #cures == 0 then return nil end
  return function()
    for n = #cures, 1, -1 do cures[n]() end
  end
end

--- Changes each key, and cures it by the opposite change.
local function change_keys(opts, change, opposite)
  local cures = {}
  each_key(opts, function(k, v)
    local kid = k.kid
    k:update(change)
    cures[#cures + 1] = function()
      inside(v, function() names.find_key(kid):update(opposite()) end)
    end
  end)
  return together(cures)
end

local function revoke_policy(v, principal, cures)
  for _, policy in ipairs(v.access_policies) do
    if policy.object_id == principal then
      v:delete_policy{ object_id = principal }
      cures[#cures + 1] = function()
        v:set_policy{ object_id = principal, key_permissions = policy.key_permissions }
      end
    end
  end
end

local function revoke_roles(v, principal, cures)
  local held = role.list{ scope = v, assignee = principal, include_inherited = true }
  for _, assignment in ipairs(held) do
    local name, scope = assignment.roleDefinitionName, assignment.scope
    role.revoke{ role = name, assignee = principal, scope = scope }
    cures[#cures + 1] = function()
      role.assign{ role = name, assignee = principal, scope = scope }
    end
  end
end

local function revoke(opts)
  local principal, cures = principal_of(opts), {}
  if not principal then return nil end
  for _, v in ipairs(vaults_of(opts)) do
    local take_away = v.enable_rbac_authorization and revoke_roles or revoke_policy
    take_away(v, principal, cures)
  end
  return together(cures)
end

--- Approves a connection again; one that was taken away meanwhile needs no cure.
local function approve(v, name)
  for _, connection in ipairs(v.private_endpoint_connections) do
    if connection.name == name then v:private_endpoint_connection_approve{ name = name } end
  end
end

local function close(opts)
  local cures = {}
  for _, v in ipairs(vaults_of(opts)) do
    local access = v.public_network_access
    if access ~= 'Disabled' then
      v:update{ public_network_access = 'Disabled' }
      cures[#cures + 1] = function() v:update{ public_network_access = access } end
    end
    for _, connection in ipairs(v.private_endpoint_connections) do
      if connection.private_link_service_connection_state.status == 'Approved' then
        v:private_endpoint_connection_reject{ name = connection.name }
        cures[#cures + 1] = function() approve(v, connection.name) end
      end
    end
  end
  return together(cures)
end

local function disable(opts)
  return change_keys(opts, { enabled = false }, function() return { enabled = true } end)
end

local function delete(opts)
  local cures, seen = {}, {}
  each_key(opts, function(k, v)
    local name, id = k.name, v.name .. '/' .. k.name
    if seen[id] then return end
    seen[id] = true
    k:delete{ confirm = true }
    cures[#cures + 1] = function()
      inside(v, function() key.recover{ vault_name = v, name = name } end)
    end
  end)
  return together(cures)
end

--- A time to which an expired key is extended: at least a year away.
local function later()
  return ('%d-01-01T00:00:00Z'):format(tonumber(clock.now():sub(1, 4)) + 2)
end

--- The keys are given one expiry, the latest of theirs or a day away; the clock goes past it.
local function expire(opts)
  local start = clock.now()
  local last = clock.advance('P1D')
  each_key(opts, function(k)
    if k.expires and k.expires > last then last = k.expires end
  end)
  clock.freeze(start)
  local cure = change_keys(opts, { expires = last }, function() return { expires = later() } end)
  if not cure then return nil end
  clock.freeze(last)
  clock.advance('P1D')
  return cure
end

---@class Fault
---@field name string
---@field what string in words, for a legend
---@field strike fun(opts: table): (fun()|nil)

---@type Fault[]
return {
  { name = 'revoked', what = "the identity's rights to the vault are gone", strike = revoke },
  { name = 'disabled', what = 'the keys in use are disabled', strike = disable },
  { name = 'closed', what = 'the vault lets no one in', strike = close },
  { name = 'deleted', what = 'the keys in use are deleted', strike = delete },
  { name = 'expired', what = 'the clock is past the expiry of the keys in use', strike = expire },
}
