--- Writes every Secret again, so that all are under the key in use now. Safe to run again.
---
--- ```lua
--- local report = require('kms.rewrite').run{ cluster = 'myAKSCluster' }
--- print(report.rewrite.written, #report.rewrite.failed)
--- ```

local cluster = require('cluster')
local procedure = require('util.procedure')

local M = {}

local KNOWN = { cluster = true, namespace = false, on_progress = false }

local function steps_of(opts)
  procedure.check_options(opts, KNOWN, 'kms.rewrite')
  local c = cluster.get(opts.cluster)
  if opts.namespace ~= nil and type(opts.namespace) ~= 'string' then
    error({ code = 'argument.type', message = 'kms.rewrite: namespace must be a string' }, 0)
  end
  local scope = opts.namespace and '--namespace ' .. procedure.quoted(opts.namespace)
    or '--all-namespaces'
  return {
    {
      title = 'Rewrite the Secrets', rule = 'R52',
      effect = 'every Secret is stored under the key in use',
      command = function()
        return ('kubectl get secrets %s -o json | kubectl replace -f -'):format(scope)
      end,
      check = function()
        local findings = {}
        for _, reason in ipairs(c:health().reasons) do
          findings[#findings + 1] = {
            rule = reason.rule or 'R75', severity = 'error', message = reason.message,
            fix = reason.remedy or 'make the API server healthy first',
          }
        end
        return findings
      end,
      act = function()
        return c:rewrite_secrets{ namespace = opts.namespace, on_progress = opts.on_progress }
      end,
    },
  }, c
end

--- Tells what `run` would do.
---@param opts { cluster: any, namespace?: string, on_progress?: fun(counts: table) }
---@return table plan
function M.plan(opts) return procedure.plan((steps_of(opts))) end

--- Rewrites, and returns what was done; failures of single Secrets are listed, not raised.
---@param opts { cluster: any, namespace?: string, on_progress?: fun(counts: table) }
---@return table report
---@raise `procedure.not_ready`, `cluster.not_found`
function M.run(opts)
  local steps, c = steps_of(opts)
  local report = procedure.run(steps, 'kms.rewrite', function() return c:kms() end)
  report.rewrite = report.steps[1].result
  return report
end

--- Prints the same as `az` and `kubectl` commands.
---@param opts { cluster: any, namespace?: string }
---@param form 'bash'|'markdown'
---@return string
function M.runbook(opts, form)
  local steps, c = steps_of(opts)
  return procedure.runbook(steps, 'Rewrite the Secrets of ' .. c.name, form)
end

return M
