--- The vault and the key: made, reached, opened and closed.
---
--- `n` names them: `{ vault, key, kid?, group, rbac, access, private_endpoint? }`.

local key, vault = require('key'), require('vault')
local access, findings = require('kms.steps.access'), require('kms.steps.findings')
local names, shell = require('kms.steps.names'), require('util.shell')

local M = {}

--- The connection of the private endpoint through which the operator reaches the vault.
local function own_connection(v, endpoint)
  for _, connection in ipairs(v.private_endpoint_connections) do
    local name = names.name(connection.private_endpoint.id)
    if name:lower() == names.name(endpoint):lower() then return connection end
  end
end

--- Runs a function from where the operator reaches the vault's keys.
---@param n table
---@param body fun(): any
---@return any
function M.from_inside(n, body)
  local v = n.private_endpoint and vault.find(n.vault)
  if not v or v:network_path().allowed then return body() end
  local connection = own_connection(v, n.private_endpoint)
  if not connection then return body() end
  return vault.call_from({ private_endpoint = connection }, body)
end

--- Finds the newest version of the key; nil also where the caller may not look yet.
---@param n table
---@return userdata?
function M.find_key(n)
  if not vault.find(n.vault) then return nil end
  local ok, found = pcall(M.from_inside, n, function()
    return key.find{ vault_name = n.vault, name = n.key }
  end)
  return ok and found or nil
end

--- The check that a vault shows a value.
---@param name string
---@param member string
---@param expected string
---@return table verify
function M.shows(name, member, expected)
  return {
    command = shell.line{
      'az keyvault show', '--name', name, '--query', member, '-o', 'tsv',
    },
    expect = expected,
  }
end

--- The check that a key can be used.
---@param kid string|table
---@return table verify
function M.key_is_enabled(kid)
  return {
    command = shell.line{
      'az keyvault key show', '--id', kid, '--query', 'attributes.enabled', '-o', 'tsv',
    },
    expect = 'true',
  }
end

local function deleted(n)
  for _, v in ipairs(vault.list_deleted()) do
    if v.name:lower() == n.vault:lower() then
      return { findings.found(
        'R20', 'error', ('vault %s is deleted, and keeps its name'):format(v.name),
        ("recover it first: vault.recover('%s')"):format(v.name)) }
    end
  end
  return {}
end

local function vault_findings(n)
  local v = vault.find(n.vault)
  if not v then return deleted(n) end
  local list = findings.reach(v, n.access)
  if v.enable_rbac_authorization and not n.rbac then
    list[#list + 1] = findings.found(
      'R35', 'error', v.name .. ' uses Azure RBAC', 'say rbac = true, or name another vault')
  elseif n.rbac and not v.enable_rbac_authorization then
    list[#list + 1] = findings.found(
      'R41', 'error', v.name .. ' uses access policies', 'leave rbac out, or name another vault')
  end
  return list
end

--- The vault; one that is there must fit.
---@return table step
function M.make(n)
  local is_private = n.access == 'Private'
  local needs_id = n.rbac or is_private
  return {
    title = 'Make the vault', rule = is_private and 'R58' or n.rbac and 'R37' or 'R32',
    effect = n.rbac and 'a vault under Azure RBAC' or 'a vault with access policies',
    check = function() return vault_findings(n) end,
    done = function() return vault.find(n.vault) ~= nil end,
    command = function()
      return shell.line{
        'az keyvault create', '--name', n.vault, '--resource-group', n.group,
        '--enable-rbac-authorization', tostring(n.rbac),
        table.unpack(is_private and { '--public-network-access', 'Disabled' } or {}),
      }
    end,
    -- Roles and the private link name the vault by its id.
    lookup = needs_id and function() return access.vault_id(n) end or nil,
    verify = M.shows(n.vault, 'properties.enableRbacAuthorization', tostring(n.rbac)),
    if_fails = 'vault names are global: take another (R119)',
    act = function()
      vault.create{
        name = n.vault, resource_group = n.group, enable_rbac_authorization = n.rbac,
        public_network_access = is_private and 'Disabled' or nil,
      }
    end,
  }
end

local function way_in_findings(n)
  local v = vault.find(n.vault)
  if n.private_endpoint or n.kid or v and v:network_path().allowed then return {} end
  return { findings.found(
    'R60', 'error', ('keys of %s can be made from its private endpoints only'):format(n.vault),
    "name one to work through: private_endpoint = 'NAME', made where it is missing; or call "
      .. 'from there: vault.call_from') }
end

--- The operator's own way into a private vault.
---@return table step
function M.way_in(n)
  local endpoint = n.private_endpoint and names.name(n.private_endpoint) or ''
  return {
    title = 'Make yourself a way in', rule = 'R60',
    effect = 'a private endpoint through which you make keys',
    check = function() return way_in_findings(n) end,
    done = function()
      local v = vault.find(n.vault)
      if not n.private_endpoint or n.kid then return true end
      return v ~= nil and (v:network_path().allowed or own_connection(v, endpoint) ~= nil)
    end,
    needs = n.private_endpoint and {
      { 'VNET_NAME', 'network you work from' }, { 'SUBNET_NAME', 'subnet of it' },
    },
    command = function()
      return shell.line{
        'az network private-endpoint create', '--name', endpoint, '--resource-group', n.group,
        '--vnet-name', shell.var('VNET_NAME'), '--subnet', shell.var('SUBNET_NAME'),
        '--private-connection-resource-id', shell.var('KEYVAULT_RESOURCE_ID'),
        '--group-id', 'vault', '--connection-name', endpoint,
      }
    end,
    verify = {
      command = shell.line{
        'az network private-endpoint show', '--name', endpoint, '--resource-group', n.group,
        '--query', 'provisioningState', '-o', 'tsv',
      },
      expect = 'Succeeded',
    },
    if_fails = 'you need the right to approve private endpoint connections of the vault',
    act = function() vault.get(n.vault):private_endpoint_create{ name = endpoint } end,
  }
end

local function key_findings(n)
  local k = n.kid and names.find_key(n.kid) or not n.kid and M.find_key(n)
  return k and findings.key(k) or {}
end

--- The key, and its versioned id.
---@return table step
function M.make_key(n)
  return {
    title = 'Make the key', rule = 'R33', effect = 'an RSA key of 2048 bits',
    check = function() return key_findings(n) end,
    done = function() return n.kid ~= nil or M.find_key(n) ~= nil end,
    command = function()
      return shell.line{ 'az keyvault key create', '--name', n.key, '--vault-name', n.vault }
    end,
    lookup = function()
      local k = M.find_key(n)
      if n.kid or k then return shell.set('KEY_ID', n.kid or k.kid) end
      return shell.capture('KEY_ID', {
        'az keyvault key show', '--name', n.key, '--vault-name', n.vault, '--query', 'key.kid',
        '-o', 'tsv',
      })
    end,
    verify = M.key_is_enabled(shell.var('KEY_ID')),
    if_fails = n.access == 'Private'
      and 'a private vault takes keys from its private endpoints only (R60)'
      or 'under Azure RBAC you need Key Vault Crypto Officer yourself (R38)',
    act = function()
      M.from_inside(n, function() key.create{ vault_name = n.vault, name = n.key } end)
    end,
  }
end

--- Opens the vault to the public, or closes it.
---@param n table
---@param state 'Enabled'|'Disabled'
---@param rule string
---@return table step
function M.set_public(n, state, rule)
  local is_open = state == 'Enabled'
  return {
    title = is_open and 'Open the vault' or 'Close the vault', rule = rule,
    effect = is_open and 'the vault answers on its public address'
      or 'the vault answers on private endpoints only',
    done = function() return vault.get(n.vault).public_network_access == state end,
    command = function()
      return shell.line{
        'az keyvault update', '--name', n.vault, '--resource-group', n.vault_group or n.group,
        '--public-network-access', state,
      }
    end,
    verify = M.shows(n.vault, 'properties.publicNetworkAccess', state),
    if_fails = 'KMS is off and the Secrets are in clear: go on from here, or enable as before',
    act = function() vault.get(n.vault):update{ public_network_access = state } end,
  }
end

return M
