--- Switches KMS off, and rewrites the Secrets so that they lie in clear and need no key.
---
--- The key stays in its slot all the same: it must be neither deleted nor expired.
---
--- ```lua
--- local report = require('kms.disable').run{ cluster = 'myAKSCluster' }
--- print(report.state.enabled) --> false
--- ```

local cluster = require('cluster')
local clusters, secrets = require('kms.steps.clusters'), require('kms.steps.secrets')
local findings, names = require('kms.steps.findings'), require('kms.steps.names')
local procedure, shell = require('util.procedure'), require('util.shell')

local HELP = {
  summary = 'Switches KMS off, and rewrites the Secrets so that they lie in clear and need no key.',
  options = {
    {
      name = 'cluster', kind = 'any', names = 'cluster', required = true,
      summary = 'the cluster, by handle, name or id',
    },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
local plan = kms.disable.plan{ cluster = 'c1' }
print(plan.ready, plan.steps[2].title) --> true  Disable KMS
print(kms.disable{ cluster = 'c1' }.state.enabled) --> false]],
}

local KMS_OF_ALL = '[].{Name:name, KmsEnabled:securityProfile.azureKeyVaultKms.enabled, '
  .. 'KeyId:securityProfile.azureKeyVaultKms.keyId}'

local function look_step(c)
  return {
    title = 'See which clusters use KMS', rule = 'R90', effect = 'nothing: it only looks',
    command = function()
      return shell.line{ 'az aks list', '--query', KMS_OF_ALL, '-o', 'table' }
    end,
    act = function() return c:kms().enabled end,
  }
end

local function build(opts)
  local c = cluster.get(opts.cluster)
  local n = names.attached(c)
  local steps = { look_step(c) }
  if n then
    local off = clusters.disable(n)
    off.rule = 'R91'
    off.check = function()
      return findings.all(
        findings.health(c),
        findings.keep('R93', { n.kid }, 'after disabling too, as long as the cluster lives'))
    end
    steps[2] = off
    steps[3] = secrets.rewrite(c.name, {
      rule = 'R92', effect = 'the Secrets lie in clear',
      done = function() return not c:kms().enabled and secrets.is_settled(c) end,
    })
  end
  return {
    title = 'Disable KMS on ' .. c.name, steps = steps,
    purpose = 'Secrets are sealed no more: they lie in etcd as they are.',
    state = function() return c:kms() end,
    rollback = { 'enable KMS again with the same key id, then rewrite the Secrets (R51, R52)' },
  }
end

---@type Procedure
return procedure.define{
  name = 'kms.disable', help = HELP, build = build,
}
