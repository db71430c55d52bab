--- What the documented procedures share: a list of steps that can be planned, run and printed.
---
--- A step is `{ title, rule, effect, act }` with, where they are needed:
---
--- * `done()`: whether the effect is there already, so that a run goes on where one was cut off,
---   and how to say so;
--- * `check()`: findings that must be cured before the first step changes anything;
--- * `holds()`: whether the world is as the step promised; else what is wrong, in words;
--- * `after_failure()`: what is done although `act` failed, before its error goes on;
--- * `command()`: the shell lines that do it elsewhere, left out where it is done;
--- * `lookup(is_done)`: shell lines that read what later ones need, never left out;
--- * `verify`: `{ command, expect }`, how to see elsewhere that it worked;
--- * `needs`, `if_fails`: variables that only the operator knows, and what to do when it fails;
--- * `repeats`: the command may fail at first, and is tried again.
---
--- `act` may raise; what it did before stays, since the next run looks at the world anew.

local runbook, words = require('util.runbook'), require('util.report')

local M = {}

---@class Finding
---@field rule string
---@field severity 'error'|'warning'
---@field message string
---@field fix string

---@class Plan
---@field ready boolean whether `run` would start
---@field findings Finding[]
---@field steps { n: integer, title: string, command: string, effect: string }[]

---@class Report
---@field steps { n: integer, title: string, rule: string, status: 'done'|'skipped',
---  duration_s: number, result: any }[]
---@field findings Finding[]
---@field state table the cluster's `c:kms()` afterwards

---@class Procedure
---@field plan fun(opts: table): Plan tells what `run` would do, and changes nothing
---@field run fun(opts: table, before?: fun(n: integer, step: table)): Report does what is left to
---  do, with `before` told of each step; calling the module is the same, without one
---@field runbook fun(opts: table, form: 'bash'|'markdown'): string the same for elsewhere

---@class Job what a procedure makes of its options
---@field title string
---@field purpose string
---@field steps (table|false)[] a step that does not apply is false
---@field state fun(): table
---@field finish? fun(report: Report) the last thing done; it may add to the report
---@field answer? table what to report at once, where nothing can be done
---@field rollback string[]

local PRECONDITIONS = {
  'az 2.39.0 or later, signed in to the subscription (R07, R08)',
  'kubectl for the cluster, with get, list and update on Secrets in all namespaces (R127)',
}

local function findings_of(job)
  local findings, ready = {}, true
  for _, step in ipairs(job.steps) do
    for _, finding in ipairs(step.check and step.check() or {}) do
      findings[#findings + 1] = finding
      ready = ready and finding.severity ~= 'error'
    end
  end
  return findings, ready
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

local ALREADY = 'nothing: already so'

--- Whether a step is done, and in what words to say so; others tell that it cannot be seen yet.
local function is_done_already(step)
  if not step.done then return false end
  local is_done, why = step.done()
  return is_done == true, why or ALREADY
end

-- What is there already can be told only where nothing stands in the way.
local function entry_of(n, step, ready)
  local entry = { n = n, title = step.title, rule = step.rule, lines = {} }
  local is_done, why = false, nil
  if ready then is_done, why = is_done_already(step) end
  entry.is_done, entry.effect = is_done, is_done and why or step.effect
  entry.is_unseen = is_done and why ~= ALREADY
  if not is_done then
    entry.lines[1] = step.command and step.command()
    entry.check, entry.if_fails, entry.repeats = step.verify, step.if_fails, step.repeats
    entry.goes_on = step.after_failure ~= nil
  end
  if step.lookup then entry.lines[#entry.lines + 1] = step.lookup(is_done) end
  return entry
end

local function entries_of(job, ready)
  local entries = {}
  for n, step in ipairs(job.steps) do entries[n] = entry_of(n, step, ready) end
  return entries
end

local function act(step)
  if not step.after_failure then return step.act() end
  local ok, outcome = pcall(step.act)
  if ok then return outcome end
  step.after_failure()
  error(outcome, 0)
end

local function check_that_it_holds(step)
  local holds, problem = step.holds()
  if holds then return end
  error({
    code = 'procedure.check_failed', rule = step.rule, message = step.title .. ': ' .. problem,
    hint = step.if_fails,
  }, 0)
end

local function run_step(n, step)
  local started = os.clock()
  local is_done = is_done_already(step)
  local result
  if not is_done then result = act(step) end
  if not is_done and step.holds then check_that_it_holds(step) end
  return {
    n = n, title = step.title, rule = step.rule, status = is_done and 'skipped' or 'done',
    duration_s = os.clock() - started, result = result,
  }
end

--- Refuses options that a procedure does not know, and names required ones left out.
---@param opts table
---@param declared { name: string, required?: boolean }[]
---@param name string the procedure's, for messages
---@raise `argument.type`, `argument.unknown`, `argument.missing`
function M.check_options(opts, declared, name)
  if type(opts) ~= 'table' then
    error({ code = 'argument.type', message = name .. ' takes one table of named options' }, 0)
  end
  local names, known, missing = {}, {}, {}
  for _, option in ipairs(declared) do
    names[#names + 1], known[option.name] = option.name, true
    if option.required and opts[option.name] == nil then missing[#missing + 1] = option.name end
  end
  table.sort(names)
  table.sort(missing)
  local page = ("help '%s' tells of its options"):format(name)
  for option in pairs(opts) do
    if known[option] == nil then
      error({
        code = 'argument.unknown',
        message = ("%s has no option '%s'"):format(name, tostring(option)),
        hint = ('its options: %s; %s'):format(table.concat(names, ', '), page),
      }, 0)
    end
  end
  if #missing > 0 then
    local list = table.concat(missing, ', ')
    error({ code = 'argument.missing', message = name .. ' needs ' .. list, hint = page }, 0)
  end
end

local function book_of(job, findings)
  local needs, seen = {}, {}
  for _, step in ipairs(job.steps) do
    for _, need in ipairs(step.needs or {}) do
      if not seen[need[1]] then needs[#needs + 1] = need end
      seen[need[1]] = true
    end
  end
  return {
    title = job.title, purpose = job.purpose, preconditions = PRECONDITIONS, needs = needs,
    warnings = findings, entries = entries_of(job, true), rollback = job.rollback,
  }
end

--- Makes a procedure of its options and of what turns them into steps.
---@param definition { name: string, help: table, build: fun(opts): Job } where `help` declares
---  summary, options, what it returns, errors and an example
---@return Procedure
function M.define(definition)
  local name, module = definition.name, { help = definition.help }

  local function job_of(opts)
    M.check_options(opts, definition.help.options, name)
    local job, steps = definition.build(opts), {}
    for _, step in ipairs(job.steps) do
      if step then steps[#steps + 1] = step end
    end
    job.steps = steps
    return job
  end

  function module.plan(opts)
    local job = job_of(opts)
    local findings, ready = findings_of(job)
    local entries = entries_of(job, ready)
    for n, entry in ipairs(entries) do
      entries[n] = {
        n = n, title = entry.title, rule = entry.rule, effect = entry.effect,
        command = table.concat(entry.lines, '\n'),
      }
    end
    return words.plan(name, { ready = ready, findings = findings, steps = entries })
  end

  function module.run(opts, before)
    local job = job_of(opts)
    local findings = findings_of(job)
    local report = words.report(name, { steps = {}, findings = findings })
    if job.answer then
      for member, value in pairs(job.answer) do report[member] = value end
      report.state = job.state()
      return report
    end
    refuse(name, findings)
    for n, step in ipairs(job.steps) do
      if before then before(n, step) end
      report.steps[n] = run_step(n, step)
    end
    report.state = job.state()
    if job.finish then job.finish(report) end
    return report
  end

  function module.runbook(opts, form)
    local write = ({ bash = runbook.bash, markdown = runbook.markdown })[form]
    if not write then
      error({
        code = 'argument.value',
        message = "a runbook is 'bash' or 'markdown', not " .. tostring(form),
      }, 0)
    end
    local job = job_of(opts)
    local findings = findings_of(job)
    refuse(name, findings)
    return write(book_of(job, findings))
  end

  return setmetatable(module, { __call = function(_, opts) return module.run(opts) end })
end

return M
