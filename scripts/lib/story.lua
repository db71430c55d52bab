--- What the told paths in this folder share.
---
--- A story runs in a workspace of its own that ends with it, with repeatable identifiers and a
--- clock that stands, so that it can be read again and compared. Run it with `--workspace PATH`
--- and `--here` to keep what it makes.
---
--- ```lua
--- local story = require('lib.story')
--- story.begin('A rotation')
--- story.step('R73', 'a new version of the key')
--- story.expect('the API server is healthy', c:health().api_server == 'healthy')
--- story.finish()
--- ```

local shell = require('util.shell')

local M = {}

local step_count, broken = 0, {}

local function is_here()
  for _, word in ipairs(arg) do
    if word == '--here' then return true end
  end
  return workspace.path == ':memory:'
end

--- Runs this script anew in a workspace that ends with it, and ends as that does.
local function run_apart()
  local first = 0
  while arg[first - 1] do first = first - 1 end
  local _, _, status = os.execute(shell.line{
    shell.quoted(arg[first]), '--workspace', ':memory:', arg[0],
  })
  os.exit(status)
end

--- Begins a story.
---@param title string
function M.begin(title)
  if not is_here() then run_apart() end
  workspace.seed(1)
  clock.freeze('2026-03-02T08:00:00Z')
  print(title .. '\n')
end

--- Tells what is done next, and the rule behind it.
---@param rule string
---@param title string
function M.step(rule, title)
  step_count = step_count + 1
  print(('%2d. %-58s %s'):format(step_count, title, rule))
end

--- Tells one fact.
---@param form string
---@param ... any
function M.told(form, ...) print('      ' .. form:format(...)) end

--- Tells the steps that a procedure took.
---@param report Report
function M.steps(report)
  for _, step in ipairs(report.steps) do
    local title = step.status == 'done' and step.title or step.title .. ': it was so'
    M.step(step.rule, title)
  end
end

--- Tells how a cluster's KMS stands.
---@param c userdata
function M.state(c)
  local state = c:kms()
  local function version(slot) return slot and slot.kid:match('/keys/(.*)$') or 'none' end
  M.told('KMS %s, %s, API server %s', state.enabled and 'on' or 'off', state.version,
    c:health().api_server)
  M.told('current   %s', version(state.current))
  M.told('previous  %s', version(state.previous))
end

--- Notes what must be so at the end.
---@param what string
---@param is_so any
function M.expect(what, is_so)
  if not is_so then broken[#broken + 1] = what end
end

--- Ends the story: well, or with status 1 when something is not as documented.
function M.finish()
  if #broken == 0 then return print('\nThe end is as documented.') end
  for _, what in ipairs(broken) do
    io.stderr:write('error: the end state is not the documented one: not so: ', what, '\n')
  end
  os.exit(1)
end

return M
