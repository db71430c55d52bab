--- Tells what is configured, what is stored, and what is at risk and from when. Changes nothing.
---
--- ```lua
--- local report = require('kms.verify').run{ cluster = 'myAKSCluster' }
--- for _, risk in ipairs(report.at_risk) do print(risk.from, risk.message) end
--- os.exit(report.ok and 0 or 1)
--- ```

local clock, cluster, etcd = require('clock'), require('cluster'), require('etcd')
local names, vaults = require('kms.steps.names'), require('kms.steps.vaults')
local procedure, shell = require('util.procedure'), require('util.shell')

---@class kms.verify.Options
---@field cluster any the cluster, by handle, name or id
---@field private_endpoint? string the private endpoint through which you reach a private vault

---@class kms.Risk
---@field from string time from which it holds
---@field message string what is or becomes unusable
---@field rule string
---@field is_unknown? boolean true: it could not be looked at

--- What the key of a slot will do by itself.
local function risks_of(slot, now, endpoint)
  local risks = {}
  if not slot.usable then
    risks[1] = { from = now, rule = 'R75', message = slot.kid .. ': ' .. slot.why }
    return risks
  end
  local n = { vault = names.vault((names.parts(slot.kid))), private_endpoint = endpoint }
  local k, problem = vaults.from_inside(n, function() return names.find_key(slot.kid) end)
  if not k then
    risks[1] = {
      from = now, rule = problem.rule or 'R60', is_unknown = true,
      message = 'when ' .. slot.kid .. ' expires cannot be seen from here: ' .. problem.message,
    }
  elseif k.expires then
    risks[1] = {
      from = k.expires, rule = 'R107',
      message = slot.kid .. ' expires: nothing can be sealed, and the API server is unhealthy',
    }
  end
  return risks
end

local function all_risks(c, state, endpoint)
  local risks, now = {}, clock.now()
  for _, slot in pairs{ state.current, state.previous } do
    for _, risk in ipairs(risks_of(slot, now, endpoint)) do risks[#risks + 1] = risk end
  end
  for _, reason in ipairs(c:health().reasons) do
    risks[#risks + 1] = {
      from = now, rule = reason.rule or 'R75', message = 'the API server: ' .. reason.message,
    }
  end
  table.sort(risks, function(a, b) return a.from < b.from end)
  return risks
end

--- Whether everything is as the document leaves it: KMS on and healthy, each Secret under the key
--- in use, nothing at risk yet.
local function is_well(c, state, stored, risks)
  local is_at_risk = false
  for _, risk in ipairs(risks) do
    is_at_risk = is_at_risk or not risk.is_unknown and risk.from <= clock.now()
  end
  return state.enabled and c:health().api_server == 'healthy' and not is_at_risk
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
      function() return etcd.audit{ cluster = c, resource = 'secrets' }.totals end),
    look('Ask the detector', 'R106',
      '# in the portal: Diagnose and solve problems, KMS\n' .. show('provisioningState'),
      function() return c:diagnose('KMS') end),
    look('See what is at risk', 'R05', show('securityProfile.azureKeyVaultKms.keyId'),
      function() return all_risks(c, c:kms(), opts.private_endpoint) end),
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
      report.ok = is_well(c, report.state, report.stored, report.at_risk)
    end,
    rollback = { 'none is needed: nothing was changed' },
  }
end

---@type Procedure
return procedure.define{
  name = 'kms.verify', options = { cluster = true, private_endpoint = false }, build = build,
}
