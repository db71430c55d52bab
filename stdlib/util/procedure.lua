--- What the documented procedures share: a list of steps that can be planned, run and printed.
---
--- A step is `{ title, rule, command, lookup = fn?, done = fn?, check = fn?, act = fn }`. `done`
--- says whether the step's effect is there already, so that running again goes on where a run was
--- cut off; `check` returns findings that must be cured before the first step changes anything.
--- `command` is what does it elsewhere, left out where it is done; `lookup` only reads what later
--- commands need, and is never left out.

local M = {}

---@class Finding
---@field rule string
---@field severity 'error'|'warning'
---@field message string
---@field fix string

local function findings_of(steps)
  local findings, ready = {}, true
  for _, step in ipairs(steps) do
    for _, finding in ipairs(step.check and step.check() or {}) do
      findings[#findings + 1] = finding
      ready = ready and finding.severity ~= 'error'
    end
  end
  return findings, ready
end

-- What is there already can be told only where nothing stands in the way.
local function listed(steps, ready)
  local list = {}
  for n, step in ipairs(steps) do
    local is_done = ready and step.done and step.done() or false
    local lines = {}
    if not is_done then lines[1] = step.command() end
    if step.lookup then lines[#lines + 1] = step.lookup(is_done) end
    list[n] = {
      n = n, title = step.title, rule = step.rule, command = table.concat(lines, '\n'),
      effect = is_done and 'nothing: already so' or step.effect,
    }
  end
  return list
end

--- Tells what `run` would do.
---@param steps table[]
---@return { ready: boolean, findings: Finding[], steps: table[] }
function M.plan(steps)
  local findings, ready = findings_of(steps)
  return { ready = ready, findings = findings, steps = listed(steps, ready) }
end

local function refuse(name, findings)
  for _, finding in ipairs(findings) do
    if finding.severity == 'error' then
      error({
        code = 'procedure.not_ready', message = name .. ': ' .. finding.message,
        hint = finding.fix, rule = finding.rule,
      }, 0)
    end
  end
end

local function run_step(n, step)
  local started = os.clock()
  local is_done = step.done and step.done() or false
  local result
  if not is_done then result = step.act() end
  return {
    n = n, title = step.title, rule = step.rule, status = is_done and 'skipped' or 'done',
    duration_s = os.clock() - started, result = result,
  }
end

--- Runs the steps whose effect is not there yet.
---@param steps table[]
---@param name string
---@param state fun(): table
---@return { steps: table[], findings: Finding[], state: table }
---@raise `procedure.not_ready`
function M.run(steps, name, state)
  local findings = findings_of(steps)
  refuse(name, findings)
  local report = { steps = {}, findings = findings }
  for n, step in ipairs(steps) do report.steps[n] = run_step(n, step) end
  report.state = state()
  return report
end

local function bash(steps, title)
  local lines = { '#!/usr/bin/env bash', '# ' .. title, 'set -euo pipefail', '' }
  for n, step in ipairs(steps) do
    lines[#lines + 1] = ('# %d. %s (%s): %s'):format(n, step.title, step.rule, step.effect)
    if step.command ~= '' then lines[#lines + 1] = step.command end
    lines[#lines + 1] = ''
  end
  return table.concat(lines, '\n')
end

local function markdown(steps, title)
  local lines = { '# ' .. title, '' }
  for n, step in ipairs(steps) do
    lines[#lines + 1] = ('## %d. %s'):format(n, step.title)
    lines[#lines + 1] = ''
    lines[#lines + 1] = ('Rule %s. Effect: %s.'):format(step.rule, step.effect)
    lines[#lines + 1] = ''
    if step.command ~= '' then
      lines[#lines + 1] = '```bash\n' .. step.command .. '\n```'
      lines[#lines + 1] = ''
    end
  end
  return table.concat(lines, '\n')
end

--- Prints the steps as commands to be run elsewhere, from where things stand now.
---@param steps table[]
---@param title string
---@param form 'bash'|'markdown'
---@return string
---@raise `argument.value`, `procedure.not_ready`
function M.runbook(steps, title, form)
  local write = ({ bash = bash, markdown = markdown })[form]
  if not write then
    error({
      code = 'argument.value',
      message = "a runbook is 'bash' or 'markdown', not " .. tostring(form),
    }, 0)
  end
  refuse(title, (findings_of(steps)))
  -- A name with a line end must not end the comment that it stands in.
  return write(listed(steps, true), (title:gsub('%c', ' ')))
end

--- Refuses options that a procedure does not know, and names required ones left out.
---@param opts table
---@param known table<string, boolean> name → whether it is required
---@param name string
---@raise `argument.type`, `argument.unknown`, `argument.missing`
function M.check_options(opts, known, name)
  if type(opts) ~= 'table' then
    error({ code = 'argument.type', message = name .. ' takes one table of named options' }, 0)
  end
  local names, missing = {}, {}
  for option, required in pairs(known) do
    names[#names + 1] = option
    if required and opts[option] == nil then missing[#missing + 1] = option end
  end
  table.sort(names)
  table.sort(missing)
  for option in pairs(opts) do
    if known[option] == nil then
      error({
        code = 'argument.unknown',
        message = ("%s has no option '%s'"):format(name, tostring(option)),
        hint = 'its options: ' .. table.concat(names, ', '),
      }, 0)
    end
  end
  if #missing > 0 then
    local list = table.concat(missing, ', ')
    error({ code = 'argument.missing', message = name .. ' needs ' .. list }, 0)
  end
end

--- Name of a thing given by handle, by name or by full id.
---@param value any
---@return string
---@raise `argument.type`
function M.name(value)
  if type(value) == 'string' then return value:match('([^/]+)$') or value end
  local ok, name = pcall(function() return value.name end)
  if ok and type(name) == 'string' then return name end
  error({
    code = 'argument.type', message = 'expected a handle, a name or an id, got ' .. type(value),
  }, 0)
end

--- Quotes a word for a shell.
---@param text string
---@return string
function M.quoted(text)
  if text:find('^[%w%./:_=@%%+-]+$') then return text end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

return M
