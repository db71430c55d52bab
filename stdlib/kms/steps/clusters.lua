--- The cluster: KMS switched on and off, another key, another version, and how to see it.
---
--- `n` names what is used: `{ cluster, group, vault, key, kid?, access, identity? }`.

local cluster, identity, vault = require('cluster'), require('identity'), require('vault')
local access, vaults = require('kms.steps.access'), require('kms.steps.vaults')
local shell = require('util.shell')

local M = {}

--- The command that shows one member of a cluster's KMS.
local function shown(n, member)
  return shell.line{
    'az aks show', '--name', n.cluster, '--resource-group', n.group,
    '--query', 'securityProfile.azureKeyVaultKms.' .. member, '-o', 'tsv',
  }
end

--- The command that shows how the last operation on a cluster ended.
---@param n table
---@return string
function M.state_command(n)
  return shell.line{
    'az aks show', '--name', n.cluster, '--resource-group', n.group,
    '--query', 'provisioningState', '-o', 'tsv',
  }
end

--- The words that switch KMS on, with the key in a variable.
local function kms_words(words, n, variable)
  local more = {
    '--enable-azure-keyvault-kms', '--azure-keyvault-kms-key-vault-network-access', n.access,
    '--azure-keyvault-kms-key-id', shell.var(variable),
  }
  if n.access == 'Private' then
    more[#more + 1] = '--azure-keyvault-kms-key-vault-resource-id'
    more[#more + 1] = shell.var('KEYVAULT_RESOURCE_ID')
  end
  return table.move(more, 1, #more, #words + 1, words)
end

local function kms_options(n, kid)
  return {
    enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = kid,
    azure_keyvault_kms_key_vault_network_access = n.access,
    azure_keyvault_kms_key_vault_resource_id = n.access == 'Private'
      and vault.get(n.vault).id or nil,
  }
end

--- ARM id of the user-assigned identity that a cluster has; nil for one of its own.
---@param c userdata
---@return string?
function M.identity_id(c)
  local shape = c.identity
  return shape.type == 'UserAssigned' and next(shape.userAssignedIdentities) or nil
end

--- Name and group of the user-assigned identity that a cluster has, whether it is there or not.
---@param c userdata
---@return string? name, string? group
function M.identity_of(c)
  local id = M.identity_id(c)
  if not id then return nil end
  return id:match('([^/]+)$'), id:match('/[rR]esource[gG]roups/([^/]+)/')
end

--- Whether a cluster must be given the identity first.
local function lacks_identity(n)
  local c, i = cluster.find(n.cluster), n.identity and identity.find(n.identity)
  if not c or not n.identity then return c == nil end
  local current = M.identity_id(c)
  return not i or current == nil or current:lower() ~= i.id:lower()
end

local function new_kid(n) return n.kid or assert(vaults.find_key(n)).kid end

local function rewritten(n)
  return function() cluster.get(n.cluster):rewrite_secrets{} end
end

local FAILED = 'the cluster stays as it was; rewrite the Secrets all the same, so that nothing '
  .. 'stays half-way, then repeat'

--- Switches KMS on, on a cluster that is made if it is not there.
---@param n table
---@return table step
function M.enable(n)
  local is_update, is_private = cluster.find(n.cluster) ~= nil, n.access == 'Private'
  local rules = is_private and { 'R68', 'R66' } or { 'R51', 'R48' }
  return {
    title = is_update and 'Enable KMS on the cluster' or 'Make the cluster with KMS',
    rule = is_update and rules[1] or rules[2], effect = 'new Secrets are sealed with the key',
    done = function()
      local c = cluster.find(n.cluster)
      return c ~= nil and c:kms().enabled
    end,
    command = function()
      local words = {
        is_update and 'az aks update' or 'az aks create', '--name', n.cluster,
        '--resource-group', n.group,
      }
      local extra = {}
      if is_update and lacks_identity(n) then extra = { '--enable-managed-identity', '--yes' } end
      if lacks_identity(n) then
        extra[#extra + 1] = '--assign-identity'
        extra[#extra + 1] = shell.var('IDENTITY_RESOURCE_ID')
      end
      table.move(extra, 1, #extra, #words + 1, words)
      kms_words(words, n, 'KEY_ID')
      if not is_update then
        if is_private then words[#words + 1] = '--enable-apiserver-vnet-integration' end
        words[#words + 1] = '--generate-ssh-keys'
      end
      return shell.line(words)
    end,
    verify = { command = shown(n, 'keyId'), expect = shell.var('KEY_ID') },
    if_fails = FAILED, after_failure = is_update and rewritten(n) or nil,
    act = function()
      local options = kms_options(n, new_kid(n))
      if lacks_identity(n) then options.assign_identity = identity.get(n.identity).id end
      if is_update then
        cluster.get(n.cluster):update(options)
        return
      end
      options.name, options.resource_group = n.cluster, n.group
      options.enable_apiserver_vnet_integration = is_private or nil
      cluster.create(options)
    end,
  }
end

--- Switches KMS on again, with the key that was retained.
---@param n table
---@param is_over fun(): boolean whether it is on as wanted
---@return table step
function M.enable_again(n, is_over)
  local step = M.enable(n)
  local command = access.with_ids(n, step).command
  step.title, step.done = 'Enable KMS again', is_over
  step.command = function() return shell.set('KEY_ID', n.kid) .. '\n' .. command() end
  return step
end

--- Upgrades the cluster to a version.
---@param n table
---@param version string
---@return table step
function M.upgrade(n, version)
  local function current()
    return cluster.get(n.cluster).kubernetes_version
  end
  return {
    title = 'Upgrade to ' .. version, rule = 'R100',
    effect = ('the control plane and all nodes run %s'):format(version),
    done = function() return current() == version end,
    command = function()
      return shell.line{
        'az aks upgrade', '--resource-group', n.group, '--name', n.cluster,
        '--kubernetes-version', version, '--yes',
      }
    end,
    verify = {
      command = shell.line{
        'az aks show', '--name', n.cluster, '--resource-group', n.group,
        '--query', 'kubernetesVersion', '-o', 'tsv',
      },
      expect = version,
    },
    if_fails = 'KMS is off and the Secrets are in clear: cure the cause, then go on from here',
    act = function() cluster.get(n.cluster):upgrade{ kubernetes_version = version } end,
    holds = function() return current() == version, 'the cluster runs ' .. current() end,
  }
end

--- Switches KMS off.
---@param n table
---@return table step
function M.disable(n)
  return {
    title = 'Disable KMS', rule = 'R84',
    effect = 'new Secrets lie in clear; the key stays, for reading',
    done = function() return not cluster.get(n.cluster):kms().enabled end,
    command = function()
      return shell.line{
        'az aks update', '--name', n.cluster, '--resource-group', n.group,
        '--disable-azure-keyvault-kms',
      }
    end,
    verify = { command = shown(n, 'enabled'), expect = 'false' },
    if_fails = FAILED, after_failure = rewritten(n),
    act = function() cluster.get(n.cluster):update{ disable_azure_keyvault_kms = true } end,
  }
end

--- Lets the cluster use another key or version.
---@param n table
---@param target fun(): string? kid that it is to use, nil while that is not made
---@param variable string that holds it in a shell
---@return table step
function M.use(n, target, variable)
  return {
    title = 'Tell the cluster', rule = n.access == 'Private' and 'R72' or 'R71',
    effect = 'new writes use the new key; the one before stays for reading',
    done = function()
      return target() ~= nil and cluster.get(n.cluster):kms().current.kid == target()
    end,
    command = function()
      return shell.line(kms_words(
        { 'az aks update', '--name', n.cluster, '--resource-group', n.group }, n, variable))
    end,
    verify = { command = M.state_command(n), expect = 'Succeeded' },
    if_fails = FAILED, after_failure = rewritten(n),
    act = function() cluster.get(n.cluster):update(kms_options(n, target())) end,
  }
end

--- Sees that the resource shows a key.
---@param n table
---@param target fun(): string
---@param variable string
---@return table step
function M.check_key(n, target, variable)
  return {
    title = 'Check the key in use', rule = 'R80', effect = 'nothing: it only looks',
    command = function() return shown(n, 'keyId') end,
    verify = { command = shown(n, 'keyId'), expect = shell.var(variable) },
    if_fails = 'the update has not been taken: look at the provisioning state, then repeat it',
    act = function() return cluster.get(n.cluster):show().securityProfile.azureKeyVaultKms end,
    holds = function()
      local found = cluster.get(n.cluster):show().securityProfile.azureKeyVaultKms.keyId
      return found == target(), ('the cluster shows %s instead of %s'):format(found, target())
    end,
  }
end

return M
