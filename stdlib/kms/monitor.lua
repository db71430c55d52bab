--- Watches a cluster's KMS: the vault logs what the plugin asks, and tells before a key expires.
---
--- ```lua
--- local report = require('kms.monitor').run{ cluster = 'myAKSCluster' }
--- print(report.log.encrypt, report.log.refused)
--- for _, k in ipairs(report.keys) do print(k.slot, k.expires or 'never expires') end
--- ```

local audit, cluster, vault = require('audit'), require('cluster'), require('vault')
local access, clusters = require('kms.steps.access'), require('kms.steps.clusters')
local findings = require('kms.steps.findings')
local names, vaults = require('kms.steps.names'), require('kms.steps.vaults')
local procedure, shell = require('util.procedure'), require('util.shell')

local HELP = {
  summary = 'Has the vault log what the plugin asks, and tell before a key expires.',
  options = {
    {
      name = 'cluster', kind = 'any', names = 'cluster', required = true,
      summary = 'the cluster, by handle, name or id',
    },
    {
      name = 'private_endpoint', kind = 'string',
      summary = 'the private endpoint through which you reach a private vault',
    },
    {
      name = 'since', kind = 'string',
      summary = 'time from which the log is read', default_words = 'all of it',
    },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
local report = kms.monitor{ cluster = 'c1' }
for _, k in ipairs(report.keys) do print(k.slot, k.expires) end --> current  nil]],
}

--- How long before its expiry a key is told of: the service's own default.
local NOTICE = 'P30D'

local function slots_of(c)
  local state, slots = c:kms(), {}
  for _, name in ipairs{ 'current', 'previous' } do
    if state[name] then
      local host, key_name = names.parts(state[name].kid)
      slots[#slots + 1] = {
        slot = name, kid = state[name].kid, vault = names.vault(host), key = key_name,
      }
    end
  end
  return slots
end

local function find(n, kid)
  return vaults.from_inside(n, function() return names.find_key(kid) end)
end

local function look_step(c, n)
  local command = shell.line{
    'az aks show', '--name', n.cluster, '--resource-group', n.group,
    '--query', 'securityProfile.azureKeyVaultKms',
  }
  return {
    title = 'Look at the configuration', rule = 'R104', effect = 'nothing: it only looks',
    command = function() return command end,
    act = function() return c:show().securityProfile.azureKeyVaultKms end,
  }
end

local function log_step(name)
  local n = { vault = name }
  return {
    title = 'Switch the log of ' .. name .. ' on', rule = 'R89',
    effect = 'the vault logs what it is asked',
    done = function() return vault.get(name):diagnostics() end,
    needs = { { 'WORKSPACE_ID', 'Log Analytics workspace that takes the log' } },
    command = function()
      return access.vault_id(n) .. '\n' .. shell.line{
        'az monitor diagnostic-settings create', '--name', 'kms',
        '--resource', shell.var('KEYVAULT_RESOURCE_ID'), '--workspace', shell.var('WORKSPACE_ID'),
        '--logs', '[{"category":"AuditEvent","enabled":true}]',
      }
    end,
    verify = {
      command = shell.line{
        'az monitor diagnostic-settings show', '--name', 'kms',
        '--resource', shell.var('KEYVAULT_RESOURCE_ID'), '--query', 'name', '-o', 'tsv',
      },
      expect = 'kms',
    },
    lookup = function(is_done) return is_done and access.vault_id(n) or nil end,
    if_fails = 'it needs the right to write diagnostic settings of the vault',
    act = function() vault.get(name):diagnostics(true) end,
  }
end

local function has_notice(policy)
  for _, action in ipairs(policy.lifetime_actions) do
    if action.action.type == 'Notify' then return true end
  end
  return false
end

--- The policy as it is, with a notice.
local function with_notice(policy)
  local actions = {}
  for n, action in ipairs(policy.lifetime_actions) do
    local trigger = action.trigger
    actions[n] = {
      action = action.action.type, time_after_create = trigger.time_after_create,
      time_before_expiry = trigger.time_before_expiry,
    }
  end
  actions[#actions + 1] = { action = 'Notify', time_before_expiry = NOTICE }
  return { lifetime_actions = actions, expiry_time = policy.attributes.expiry_time }
end

local function alarm_step(n, slot)
  local value = '{"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"%s"},'
    .. '"action":{"type":"Notify"}}]}'
  return {
    title = 'Be told before ' .. slot.key .. ' expires', rule = 'R05',
    effect = 'the vault tells 30 days before the key expires',
    done = function()
      return vaults.from_inside(n, function()
        local k = names.find_key(slot.kid)
        return k ~= nil and has_notice(k:rotation_policy())
      end)
    end,
    command = function()
      return shell.line{
        'az keyvault key rotation-policy update', '--vault-name', slot.vault, '--name', slot.key,
        '--value', value:format(NOTICE),
      }
    end,
    verify = {
      command = shell.line{
        'az keyvault key rotation-policy show', '--vault-name', slot.vault, '--name', slot.key,
        '--query', "lifetimeActions[?action=='Notify'] | length(@)", '-o', 'tsv',
      },
      expect = '1',
    },
    if_fails = 'nobody is told: note the day of expiry elsewhere',
    act = function()
      vaults.from_inside(n, function()
        local k = names.find_key(slot.kid)
        k:rotation_policy(with_notice(k:rotation_policy()))
      end)
    end,
  }
end

--- What the plugin asked of the vaults, counted.
local function counts(c, slots, since)
  local total = { encrypt = 0, decrypt = 0, refused = 0 }
  local id, seen = clusters.identity_id(c), {}
  for _, slot in ipairs(slots) do
    local rows = not seen[slot.vault] and id and audit.each{
      vault = slot.vault, operation = { 'KeyEncrypt', 'KeyDecrypt' }, since = since,
      principal = names.name(id),
    } or function() end
    seen[slot.vault] = true
    for row in rows do
      local what = row.operationName == 'KeyEncrypt' and 'encrypt' or 'decrypt'
      if row.resultSignature ~= 'OK' then what = 'refused' end
      total[what] = total[what] + 1
      total.last = row.time
    end
  end
  return total
end

local function read_step(c, slots, since)
  return {
    title = 'Read the log', rule = 'R89', effect = 'nothing: it only looks',
    needs = { { 'WORKSPACE_GUID', 'customer id of that workspace' } },
    command = function()
      return shell.line{
        'az monitor log-analytics query', '--workspace', shell.var('WORKSPACE_GUID'),
        '--analytics-query', 'AzureDiagnostics | where Category == "AuditEvent" | where '
          .. 'OperationName in ("KeyEncrypt", "KeyDecrypt") | summarize count() by '
          .. 'OperationName, ResultSignature',
      }
    end,
    act = function() return counts(c, slots, since) end,
  }
end

--- Each slot with the day its key expires.
local function expiries(n, slots)
  local list = {}
  for i, slot in ipairs(slots) do
    local k = find(n, slot.kid)
    list[i] = { slot = slot.slot, kid = slot.kid, expires = k and k.expires }
  end
  return list
end

local function findings_of(c, n, slots)
  if not n then return findings.enabled(c, 'R104') end
  local list = {}
  for _, slot in ipairs(slots) do
    local k, problem = find(n, slot.kid)
    if not k then
      list[#list + 1] = findings.found(problem.rule or 'R75', 'error', problem.message,
        ("kms.recover{ cluster = '%s' }"):format(c.name))
    elseif k.expires then
      list[#list + 1] = findings.found('R05', 'warning',
        ('%s expires on %s, and nothing renews it by itself'):format(slot.kid, k.expires),
        'rotate before that day: kms.rotate{ … }')
    end
  end
  return list
end

local function build(opts)
  local c = cluster.get(opts.cluster)
  local n, slots = names.attached(c), slots_of(c)
  if n then n.private_endpoint = opts.private_endpoint end
  local steps = { look_step(c, n or { cluster = c.name, group = c.resource_group }) }
  local checks, seen = findings_of(c, n, slots), {}
  steps[1].check = function() return checks end
  for _, slot in ipairs(slots) do
    if not seen[slot.vault] then steps[#steps + 1] = log_step(slot.vault) end
    seen[slot.vault] = true
  end
  for _, slot in ipairs(slots) do
    local path = slot.vault .. '/' .. slot.key
    if not seen[path] then steps[#steps + 1] = alarm_step(n, slot) end
    seen[path] = true
  end
  steps[#steps + 1] = read_step(c, slots, opts.since)
  return {
    title = 'Watch the KMS of ' .. c.name, steps = steps,
    purpose = 'What the plugin asks of the vault is logged, and the expiry of a key is told '
      .. 'before its day.',
    state = function() return c:kms() end,
    finish = function(report)
      report.log = report.steps[#report.steps].result
      report.keys = expiries(n, slots)
    end,
    rollback = { 'the log can be switched off again; the cluster is not touched' },
  }
end

---@type Procedure
return procedure.define{
  name = 'kms.monitor', help = HELP, build = build,
}
