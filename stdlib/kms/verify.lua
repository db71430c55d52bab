--- Tells what is configured, what is stored, and what is at risk and from when. Changes nothing.
---
--- ```lua
--- local report = require('kms.verify').run{ cluster = 'myAKSCluster' }
--- for _, risk in ipairs(report.at_risk) do print(risk.from, risk.message) end
--- os.exit(report.ok and 0 or 1)
--- ```

local clock, cluster = require('clock'), require('cluster')
local secrets = require('kms.steps.secrets')
local procedure, shell = require('util.procedure'), require('util.shell')

local HELP = {
  summary = 'Tells what is configured, what is stored, and what is at risk and from when;'
    .. ' changes nothing.',
  options = {
    {
      name = 'cluster', kind = 'any', names = 'cluster', required = true,
      summary = 'the cluster, by handle, name or id',
    },
    {
      name = 'horizon', kind = 'string',
      summary = 'how far to look ahead, a time or a duration', default = 'P1Y',
    },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
local report = kms.verify{ cluster = 'c1', horizon = 'P90D' }
for _, risk in ipairs(report.at_risk) do print(risk.from, risk.message) end
print(report.ok) --> true]],
}

---@class kms.Risk
---@field from string time from which it holds
---@field message string what is unusable, or what will be and what that breaks
---@field rule? string
---@field remedy? string

--- What is wrong now, and what will be by itself, in order of time.
local function all_risks(c, horizon)
  local risks, health = {}, c:health()
  for _, reason in ipairs(health.api_server == 'healthy' and {} or health.reasons) do
    risks[#risks + 1] = {
      from = clock.now(), rule = reason.rule, remedy = reason.remedy,
      message = 'the API server: ' .. reason.message,
    }
  end
  for _, event in ipairs(c:forecast(horizon)) do
    if event.breaks then
      risks[#risks + 1] = {
        from = event.time, rule = event.rule, remedy = event.remedy,
        message = event.message .. ': ' .. event.breaks.message,
      }
    end
  end
  return risks
end

--- Whether everything is as the document leaves it: KMS on and healthy, each Secret under the key
--- in use.
local function is_well(c, state, stored)
  return state.enabled and c:health().api_server == 'healthy'
    and stored.stale == 0 and stored.unreadable == 0
end

local function look(title, rule, command, act)
  return {
    title = title, rule = rule, effect = 'nothing: it only looks', act = act,
    command = function() return command end,
  }
end

local function build(opts)
  local c = cluster.get(opts.cluster)
  local function show(query)
    return shell.line{
      'az aks show', '--name', c.name, '--resource-group', c.resource_group, '--query', query,
    }
  end
  local steps = {
    look('See what is configured', 'R104', show('securityProfile.azureKeyVaultKms'),
      function() return c:kms() end),
    look('See what is stored', 'R74',
      'kubectl get secrets --all-namespaces -o name | wc -l\n'
        .. '# which key each is under, only etcd tells: kmsh audit SNAPSHOT',
      function() return secrets.stored(c) end),
    look('Ask the detector', 'R106',
      '# in the portal: Diagnose and solve problems, KMS\n' .. show('provisioningState'),
      function() return c:diagnose('KMS') end),
    look('See what is at risk', 'R05', show('securityProfile.azureKeyVaultKms.keyId'),
      function() return all_risks(c, opts.horizon or 'P1Y') end),
  }
  return {
    title = 'Verify the KMS of ' .. c.name, steps = steps,
    purpose = 'The encryption of Secrets is as the document leaves it, and it is known from '
      .. 'when it will not be.',
    state = function() return c:kms() end,
    finish = function(report)
      report.configured = report.steps[1].result
      report.stored = report.steps[2].result
      report.detector = report.steps[3].result
      report.at_risk = report.steps[4].result
      report.ok = is_well(c, report.state, report.stored)
    end,
    rollback = { 'none is needed: nothing was changed' },
  }
end

---@type Procedure
return procedure.define{
  name = 'kms.verify', help = HELP, build = build,
}
