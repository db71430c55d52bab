--- Writes every Secret again, so that all are under the key in use now. Safe to run again.
---
--- Secrets that cannot be written are listed in `rewrite.failed`, and do not stop the others.
---
--- ```lua
--- local report = require('kms.rewrite').run{ cluster = 'myAKSCluster' }
--- print(report.rewrite.written, #report.rewrite.failed)
--- ```

local cluster = require('cluster')
local findings, secrets = require('kms.steps.findings'), require('kms.steps.secrets')
local procedure = require('util.procedure')

local HELP = {
  summary = 'Writes every Secret again, so that all are under the key in use now.',
  options = {
    {
      name = 'cluster', kind = 'any', names = 'cluster', required = true,
      summary = 'the cluster, by handle, name or id',
    },
    { name = 'namespace', kind = 'string', names = 'namespace', summary = 'only this one' },
    { name = 'on_progress', kind = 'function', summary = 'told the counts after each batch' },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
local report = kms.rewrite{ cluster = 'c1' }
print(report.rewrite.read, #report.rewrite.failed) --> 1  0]],
}

local function build(opts)
  local c = cluster.get(opts.cluster)
  if opts.namespace ~= nil and type(opts.namespace) ~= 'string' then
    error({ code = 'argument.type', message = 'kms.rewrite: namespace must be a string' }, 0)
  end
  local step = secrets.rewrite(c.name, {
    namespace = opts.namespace, on_progress = opts.on_progress, is_lenient = true,
  })
  step.check = function() return findings.health(c) end
  return {
    title = 'Rewrite the Secrets of ' .. c.name, steps = { step },
    purpose = 'Every Secret is stored as a write would store it now, so that no older key is '
      .. 'needed.',
    state = function() return c:kms() end,
    finish = function(report) report.rewrite = report.steps[1].result end,
    rollback = { 'none is needed: the Secrets hold what they held before' },
  }
end

---@type Procedure
return procedure.define{
  name = 'kms.rewrite', help = HELP, build = build,
}
