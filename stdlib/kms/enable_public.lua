--- Enables KMS with a public vault: vault, key, identity, grant, cluster, rewrite.
---
--- What is there already is used; what is missing is made. Safe to run again.
---
--- ```lua
--- local report = require('kms.enable_public').run{
---   cluster = 'myAKSCluster', vault = 'MyKeyVault', identity = 'MyIdentity',
---   resource_group = 'MyResourceGroup',
--- }
--- print(report.state.current.kid)
--- ```

local cluster, identity = require('cluster'), require('identity')
local key, vault = require('key'), require('vault')
local procedure = require('util.procedure')

local M = {}

local KNOWN = {
  cluster = true, vault = true, identity = true, key = false, resource_group = false, rbac = false,
}

local KEY_PERMISSIONS = { 'decrypt', 'encrypt' }

local function allows(policy)
  local found = {}
  for _, permission in ipairs(policy.key_permissions) do found[permission] = true end
  return found.all or found.encrypt and found.decrypt
end

local function has_grant(v, principal_id)
  for _, policy in ipairs(v.access_policies) do
    if policy.object_id == principal_id and allows(policy) then return true end
  end
  return false
end

--- Finds everything by name, each time anew: a step before may have made it.
local function names_of(opts)
  local names = {
    cluster = procedure.name(opts.cluster), vault = procedure.name(opts.vault),
    identity = procedure.name(opts.identity), key = opts.key and procedure.name(opts.key) or 'etcd',
    group = opts.resource_group or 'MyResourceGroup',
  }
  if type(opts.key) == 'string' then
    names.key = opts.key:match('/keys/([^/]+)') or opts.key
    names.kid = opts.key:match('^https://.*/keys/[^/]+/%x+$')
  elseif opts.key then
    names.kid = opts.key.kid
  end
  names.is_key_given = opts.key ~= nil
  return names
end

local function vault_step(n)
  return {
    title = 'Make the vault', rule = 'R32', effect = 'a vault with access policies',
    done = function() return vault.find(n.vault) ~= nil end,
    command = function()
      return ('az keyvault create --name %s --resource-group %s '
        .. '--enable-rbac-authorization false'):format(
          procedure.quoted(n.vault), procedure.quoted(n.group))
    end,
    check = function()
      local v = vault.find(n.vault)
      if v and v.enable_rbac_authorization then
        return { {
          rule = 'R35', severity = 'error', message = n.vault .. ' uses Azure RBAC',
          fix = 'name a vault with access policies',
        } }
      end
    end,
    act = function()
      vault.create{
        name = n.vault, resource_group = n.group, enable_rbac_authorization = false,
      }
    end,
  }
end

--- The key of a cluster that has KMS on; nil for all others.
local function enabled_kid(n)
  local c = cluster.find(n.cluster)
  local kms = c and c:kms()
  return kms and kms.enabled and kms.current.kid or nil
end

local function is_of(kid, vault_name, key_name)
  local in_vault, name = kid:match('^https://([^.]+)%.[^/]*/keys/([^/]+)')
  return in_vault == vault_name:lower() and (not key_name or name:lower() == key_name:lower())
end

--- A key that is not the one in use, or that lies elsewhere, is no business of enabling.
local function key_findings(n)
  local findings, in_use = {}, enabled_kid(n)
  if n.kid and not is_of(n.kid, n.vault) then
    findings[#findings + 1] = {
      rule = 'R34', severity = 'error', fix = 'name the vault of the key',
      message = n.kid .. ' lies in another vault than ' .. n.vault,
    }
  end
  local differs = in_use and (not is_of(in_use, n.vault, n.is_key_given and n.key or nil)
    or n.kid and n.kid ~= in_use)
  if differs then
    findings[#findings + 1] = {
      rule = 'R71', severity = 'error', message = n.cluster .. ' has KMS on, under ' .. in_use,
      fix = "to move it to another key: require('kms.rotate').run{ cluster = …, key = … }",
    }
  end
  return findings
end

local function key_step(n)
  return {
    title = 'Make the key', rule = 'R33', effect = 'an RSA key of 2048 bits',
    check = function() return key_findings(n) end,
    done = function()
      if n.kid or enabled_kid(n) then return true end
      return vault.find(n.vault) ~= nil and key.find{ vault_name = n.vault, name = n.key } ~= nil
    end,
    command = function()
      return ('az keyvault key create --name %s --vault-name %s'):format(
        procedure.quoted(n.key), procedure.quoted(n.vault))
    end,
    lookup = function()
      local kid = n.kid or enabled_kid(n)
      if kid then return 'KEY_ID=' .. procedure.quoted(kid) end
      return ('KEY_ID=$(az keyvault key show --name %s --vault-name %s --query key.kid -o tsv)')
        :format(procedure.quoted(n.key), procedure.quoted(n.vault))
    end,
    act = function() key.create{ vault_name = n.vault, name = n.key } end,
  }
end

local function identity_step(n)
  return {
    title = 'Make the identity', rule = 'R43', effect = 'a user-assigned identity',
    done = function() return identity.find(n.identity) ~= nil end,
    command = function()
      return ('az identity create --name %s --resource-group %s'):format(
        procedure.quoted(n.identity), procedure.quoted(n.group))
    end,
    lookup = function()
      local name, group = procedure.quoted(n.identity), procedure.quoted(n.group)
      return ('IDENTITY_OBJECT_ID=$(az identity show --name %s --resource-group %s '
        .. '--query principalId -o tsv)\n'
        .. 'IDENTITY_RESOURCE_ID=$(az identity show --name %s --resource-group %s '
        .. '--query id -o tsv)'):format(name, group, name, group)
    end,
    act = function() identity.create{ name = n.identity, resource_group = n.group } end,
  }
end

local function grant_step(n)
  return {
    title = 'Grant encrypt and decrypt', rule = 'R35',
    effect = 'the identity may encrypt and decrypt with the keys of the vault',
    done = function()
      local v, i = vault.find(n.vault), identity.find(n.identity)
      return v ~= nil and i ~= nil and has_grant(v, i.principal_id)
    end,
    command = function()
      return ('az keyvault set-policy --name %s --key-permissions decrypt encrypt '
        .. '--object-id "$IDENTITY_OBJECT_ID"'):format(procedure.quoted(n.vault))
    end,
    act = function()
      vault.get(n.vault):set_policy{
        object_id = identity.get(n.identity), key_permissions = KEY_PERMISSIONS,
      }
    end,
  }
end

local function kms_options(n)
  return {
    assign_identity = identity.get(n.identity).id,
    enable_azure_keyvault_kms = true,
    azure_keyvault_kms_key_vault_network_access = 'Public',
    azure_keyvault_kms_key_id = n.kid or key.get{ vault_name = n.vault, name = n.key }.kid,
  }
end

local function cluster_step(n)
  local is_update = cluster.find(n.cluster) ~= nil
  return {
    title = is_update and 'Enable KMS on the cluster' or 'Make the cluster with KMS',
    rule = is_update and 'R51' or 'R48', effect = 'new Secrets are sealed with the key',
    done = function()
      local c = cluster.find(n.cluster)
      return c ~= nil and c:kms().enabled
    end,
    command = function()
      return ('az aks %s --name %s --resource-group %s --assign-identity "$IDENTITY_RESOURCE_ID" '
        .. '--enable-azure-keyvault-kms --azure-keyvault-kms-key-vault-network-access "Public" '
        .. '--azure-keyvault-kms-key-id "$KEY_ID"%s'):format(
          is_update and 'update' or 'create', procedure.quoted(n.cluster),
          procedure.quoted(n.group), is_update and '' or ' --generate-ssh-keys')
    end,
    act = function()
      local options, c = kms_options(n), cluster.find(n.cluster)
      if c then
        c:update(options)
        return
      end
      options.name, options.resource_group = n.cluster, n.group
      cluster.create(options)
    end,
  }
end

local function rewrite_step(n)
  return {
    title = 'Rewrite the Secrets', rule = 'R52', effect = 'earlier Secrets are sealed too',
    command = function()
      return 'kubectl get secrets --all-namespaces -o json | kubectl replace -f -'
    end,
    act = function() return cluster.get(n.cluster):rewrite_secrets{} end,
  }
end

local function steps_of(opts)
  procedure.check_options(opts, KNOWN, 'kms.enable_public')
  if opts.rbac then
    error({
      code = 'argument.value', message = 'kms.enable_public grants by access policy only',
      hint = 'leave rbac out',
    }, 0)
  end
  local n = names_of(opts)
  return {
    vault_step(n), key_step(n), identity_step(n), grant_step(n), cluster_step(n), rewrite_step(n),
  }, n
end

--- Tells what `run` would do.
---@param opts { cluster: any, vault: any, identity: any, key?: any, resource_group?: string }
---@return table plan
function M.plan(opts) return procedure.plan((steps_of(opts))) end

--- Enables; what a run before had done is skipped.
---@param opts { cluster: any, vault: any, identity: any, key?: any, resource_group?: string }
---@return table report
---@raise `procedure.not_ready`, `kms.identity_denied`, `kms.key_unusable`
function M.run(opts)
  local steps, n = steps_of(opts)
  return procedure.run(steps, 'kms.enable_public', function()
    return cluster.get(n.cluster):kms()
  end)
end

--- Prints the same as `az` and `kubectl` commands.
---@param opts { cluster: any, vault: any, identity: any, key?: any, resource_group?: string }
---@param form 'bash'|'markdown'
---@return string
function M.runbook(opts, form)
  local steps, n = steps_of(opts)
  return procedure.runbook(steps, 'Enable KMS on ' .. n.cluster .. ' with a public vault', form)
end

return M
