--- Who may use the key: the cluster's identity and its grants, and those of the operator.
---
--- `n` names them: `{ vault, identity, group, rbac }`, and `identity_group` where it differs.

local identity, role, vault = require('identity'), require('role'), require('vault')
local shell = require('util.shell')

local M = {}

local KEY_PERMISSIONS = { 'decrypt', 'encrypt' }
local KEY_USERS = {
  ['Key Vault Crypto User'] = true, ['Key Vault Crypto Officer'] = true,
  ['Key Vault Administrator'] = true,
}
local KEY_MAKERS = {
  ['Key Vault Crypto Officer'] = true, ['Key Vault Administrator'] = true,
}
local CONTRIBUTORS = {
  ['Key Vault Contributor'] = true, ['Contributor'] = true, ['Owner'] = true,
}

local OBJECT_ID, VAULT_ID = shell.var('IDENTITY_OBJECT_ID'), shell.var('KEYVAULT_RESOURCE_ID')

--- Whether a principal has one of some roles at a scope or above it.
local function has_role(scope, principal_id, wanted)
  local held = role.list{ scope = scope, assignee = principal_id, include_inherited = true }
  for _, assignment in ipairs(held) do
    if wanted[assignment.roleDefinitionName] then return true end
  end
  return false
end

local function has_policy(v, principal_id)
  for _, policy in ipairs(v.access_policies) do
    if policy.object_id == principal_id then
      local found = {}
      for _, permission in ipairs(policy.key_permissions) do found[permission] = true end
      if found.all or found.encrypt and found.decrypt then return true end
    end
  end
  return false
end

--- Both, or nil when one is not there yet.
local function parties(n)
  local v, i = vault.find(n.vault), identity.find(n.identity)
  return v, i, v ~= nil and i ~= nil
end

--- Shell line that gives `KEYVAULT_RESOURCE_ID` its value, told where it is known.
function M.vault_id(n)
  local v = vault.find(n.vault)
  return v and shell.set('KEYVAULT_RESOURCE_ID', v.id)
    or shell.capture('KEYVAULT_RESOURCE_ID', {
      'az keyvault show', '--name', n.vault, '--query', 'id', '-o', 'tsv',
    })
end

local function identity_ids(n)
  local i = identity.find(n.identity)
  if i then
    return shell.set('IDENTITY_OBJECT_ID', i.principal_id) .. '\n'
      .. shell.set('IDENTITY_RESOURCE_ID', i.id)
  end
  local function show(variable, member)
    return shell.capture(variable, {
      'az identity show', '--name', n.identity, '--resource-group', n.identity_group or n.group,
      '--query', member, '-o', 'tsv',
    })
  end
  return show('IDENTITY_OBJECT_ID', 'principalId') .. '\n' .. show('IDENTITY_RESOURCE_ID', 'id')
end

--- Lets a step's shell lines begin with the ids that its command names.
---@param n table
---@param step table
---@return table step
function M.with_ids(n, step)
  local command = step.command
  step.command = function()
    return M.vault_id(n) .. '\n' .. (n.identity and identity_ids(n) .. '\n' or '') .. command()
  end
  return step
end

--- The user-assigned identity of the cluster.
---@return table step
function M.identity(n)
  local group = n.identity_group or n.group
  return {
    title = 'Make the identity', rule = 'R43', effect = 'a user-assigned identity',
    done = function() return identity.find(n.identity) ~= nil end,
    command = function()
      return shell.line{
        'az identity create', '--name', n.identity, '--resource-group', group,
      }
    end,
    lookup = function() return identity_ids(n) end,
    verify = {
      command = shell.line{
        'az identity show', '--name', n.identity, '--resource-group', group, '--query', 'name',
        '-o', 'tsv',
      },
      expect = n.identity,
    },
    if_fails = 'the name may be taken in the group; nothing has changed yet on the cluster',
    act = function() identity.create{ name = n.identity, resource_group = group } end,
  }
end

local function assign(step)
  step.if_fails = 'it needs the right to assign roles, and takes minutes to act: wait, then '
    .. 'repeat (R09, R42)'
  local assignee = step.assignee or OBJECT_ID
  step.verify = {
    command = shell.line{
      'az role assignment list', '--role', step.role, '--assignee', assignee,
      '--scope', VAULT_ID, '--query', '[0].roleDefinitionName', '-o', 'tsv',
    },
    expect = step.role,
  }
  step.command = function()
    return shell.line{
      'az role assignment create', '--role', step.role,
      '--assignee-object-id', assignee,
      '--assignee-principal-type', step.principal_type, '--scope', VAULT_ID,
    }
  end
  return step
end

--- The right of whoever runs this to make keys in a vault under Azure RBAC.
---@return table step
function M.own_keys(n)
  return assign{
    title = 'Let yourself make keys', rule = 'R38', role = 'Key Vault Crypto Officer',
    effect = 'the signed-in user may make keys in the vault', principal_type = 'User',
    assignee = shell.text('"$(az ad signed-in-user show --query id -o tsv)"'),
    done = function()
      local v = vault.find(n.vault)
      return v ~= nil and has_role(v.id, identity.signed_in().id, KEY_MAKERS)
    end,
    act = function()
      role.assign{
        role = 'Key Vault Crypto Officer', assignee = identity.signed_in(),
        assignee_principal_type = 'User', scope = vault.get(n.vault),
      }
    end,
  }
end

local function policy(n)
  return {
    title = 'Grant encrypt and decrypt', rule = 'R35',
    effect = 'the identity may encrypt and decrypt with the keys of the vault',
    done = function()
      local v, i, are_there = parties(n)
      return are_there and has_policy(v, i.principal_id)
    end,
    command = function()
      return shell.line{
        'az keyvault set-policy', '--name', n.vault, '--key-permissions', 'decrypt', 'encrypt',
        '--object-id', OBJECT_ID,
      }
    end,
    verify = {
      command = shell.line{
        'az keyvault show', '--name', n.vault, '--query',
        shell.text('"properties.accessPolicies[?objectId==\'$IDENTITY_OBJECT_ID\']'
          .. '.permissions.keys[] | sort(@) | join(\' \', @)"'), '-o', 'tsv',
      },
      expect = 'decrypt encrypt',
    },
    if_fails = 'a vault under Azure RBAC takes no policies: use rbac = true (R41)',
    act = function()
      vault.get(n.vault):set_policy{
        object_id = identity.get(n.identity), key_permissions = KEY_PERMISSIONS,
      }
    end,
  }
end

local function role_of(n, name, enough, step)
  step.role, step.principal_type = name, 'ServicePrincipal'
  step.done = function()
    local v, i, are_there = parties(n)
    return are_there and has_role(v.id, i.principal_id, enough)
  end
  step.act = function()
    role.assign{
      role = name, assignee = identity.get(n.identity).principal_id,
      assignee_principal_type = 'ServicePrincipal', scope = vault.get(n.vault),
    }
  end
  return assign(step)
end

--- The identity's right to encrypt and decrypt, by policy or by role.
---@return table step
function M.key_use(n)
  if not n.rbac then return policy(n) end
  return role_of(n, 'Key Vault Crypto User', KEY_USERS, {
    title = 'Grant encrypt and decrypt', rule = 'R41',
    effect = 'the identity may encrypt and decrypt with the keys of the vault',
  })
end

--- The identity's right to open a private endpoint to the vault.
---@return table step
function M.contributor(n)
  return role_of(n, 'Key Vault Contributor', CONTRIBUTORS, {
    title = 'Let the identity make the private link', rule = 'R65',
    effect = 'the identity may approve a private endpoint of the vault',
  })
end

return M
