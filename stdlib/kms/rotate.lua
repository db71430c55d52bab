--- Moves a cluster to another key or a new version of its key, and rewrites its Secrets.
---
--- The key in use before stays in the previous slot: it must stay usable until the next rotation.
---
--- ```lua
--- local report = require('kms.rotate').run{ cluster = 'myAKSCluster' }
--- print(report.state.current.kid)
--- ```

local cluster, key = require('cluster'), require('key')
local procedure = require('util.procedure')

local M = {}

local KNOWN = { cluster = true, key = false }

local function kid_of(value)
  if type(value) == 'string' then return value end
  local ok, kid = pcall(function() return value.kid end)
  if ok and type(kid) == 'string' then return kid end
  error({
    code = 'argument.type', message = 'expected a key: a handle or an id, got ' .. type(value),
  }, 0)
end

--- The newest version of the key in use, when it is newer than the one in use: what a run that
--- was cut off had made.
local function pending(current)
  local versions = key.get(current):versions()
  local newest = versions[#versions].kid
  return newest ~= current and newest or nil
end

local function findings_of(c, given)
  local state, findings = c:kms(), {}
  if not state.enabled then
    findings[1] = {
      rule = 'R71', severity = 'error', message = c.name .. ' does not use KMS',
      fix = "enable it first: require('kms.enable_public').run{ … }",
    }
    return findings
  end
  for _, reason in ipairs(c:health().reasons) do
    findings[#findings + 1] = {
      rule = reason.rule or 'R75', severity = 'error', message = reason.message,
      fix = reason.remedy or 'make the API server healthy first',
    }
  end
  if given and not given:find('^https://[^/]+/keys/[^/]+/%x+$') then
    findings[#findings + 1] = {
      rule = 'R34', severity = 'error', message = given .. ' is no key id with a version',
      fix = 'give a key, or its id: https://VAULT.vault.azure.net/keys/NAME/VERSION',
    }
  end
  findings[#findings + 1] = {
    rule = 'R76', severity = 'warning',
    message = 'keep ' .. state.current.kid .. ' usable until the next rotation',
    fix = 'neither delete, disable nor expire it',
  }
  return findings
end

local function rewrite_step(c, title, rule, effect)
  return {
    title = title, rule = rule, effect = effect,
    command = function()
      return 'kubectl get secrets --all-namespaces -o json | kubectl replace -f -'
    end,
    act = function() return c:rewrite_secrets{} end,
  }
end

local function update_step(c, target)
  return {
    title = 'Tell the cluster', rule = 'R71', effect = 'new writes use the new key',
    done = function() return target() ~= nil and c:kms().current.kid == target() end,
    command = function()
      return ('az aks update --name %s --resource-group %s --enable-azure-keyvault-kms '
        .. '--azure-keyvault-kms-key-vault-network-access "Public" '
        .. '--azure-keyvault-kms-key-id "$NEW_KEY_ID"'):format(
          procedure.quoted(c.name), procedure.quoted(c.resource_group))
    end,
    act = function()
      c:update{
        enable_azure_keyvault_kms = true,
        azure_keyvault_kms_key_vault_network_access = 'Public',
        azure_keyvault_kms_key_id = target(),
      }
    end,
  }
end

local function version_step(started, target)
  local vault_name, name = (started or ''):match('^https://([^.]+)[^/]*/keys/([^/]+)')
  return {
    title = 'Make a new version of the key', rule = 'R73',
    effect = 'the vault has a newer version; the cluster does not use it yet',
    done = function() return target() ~= nil end,
    command = function()
      return ('NEW_KEY_ID=$(az keyvault key create --name %s --vault-name %s '
        .. '--query key.kid -o tsv)'):format(name or '"$KEY_NAME"', vault_name or '"$VAULT_NAME"')
    end,
    lookup = function(is_done)
      return is_done and ('NEW_KEY_ID=%s'):format(procedure.quoted(target())) or nil
    end,
    act = function() key.create{ vault_name = vault_name, name = name } end,
  }
end

local function check_step(c, target)
  return {
    title = 'Check', rule = 'R80', effect = 'nothing: it only looks',
    command = function()
      return ('az aks show --name %s --resource-group %s '
        .. '--query securityProfile.azureKeyVaultKms.keyId -o tsv'):format(
          procedure.quoted(c.name), procedure.quoted(c.resource_group))
    end,
    act = function()
      local shown = c:show().securityProfile.azureKeyVaultKms.keyId
      if shown ~= target() then
        error({
          code = 'procedure.check_failed', rule = 'R80',
          message = 'the cluster shows ' .. shown .. ' instead of ' .. target(),
        }, 0)
      end
    end,
  }
end

local function steps_of(opts)
  procedure.check_options(opts, KNOWN, 'kms.rotate')
  local c = cluster.get(opts.cluster)
  local given = opts.key and kid_of(opts.key)
  local current = c:kms().current
  local started = current and current.kid
  local made
  local function target()
    made = made or given or started and pending(started)
    return made
  end
  local before = rewrite_step(
    c, 'Rewrite what is still under an older key', 'R79',
    'no Secret needs the key that this rotation lets go')
  before.check = function() return findings_of(c, given) end
  local first = version_step(started, target)
  if given then first.title, first.rule = 'Take the given key', 'R70' end
  return {
    before, first, update_step(c, target),
    rewrite_step(c, 'Rewrite the Secrets', 'R74', 'every Secret is stored under the new key'),
    check_step(c, target),
  }, c
end

--- Tells what `run` would do.
---@param opts { cluster: any, key?: any }
---@return table plan
function M.plan(opts) return procedure.plan((steps_of(opts))) end

--- Rotates; a run that was cut off is gone on with.
---@param opts { cluster: any, key?: any }
---@return table report
---@raise `procedure.not_ready`, `procedure.check_failed`, `cluster.not_found`
function M.run(opts)
  local steps, c = steps_of(opts)
  return procedure.run(steps, 'kms.rotate', function() return c:kms() end)
end

--- Prints the same as `az` and `kubectl` commands.
---@param opts { cluster: any, key?: any }
---@param form 'bash'|'markdown'
---@return string
function M.runbook(opts, form)
  local steps, c = steps_of(opts)
  return procedure.runbook(steps, 'Rotate the KMS key of ' .. c.name, form)
end

return M
