--- Rehearses a procedure: runs it once for each of its steps and each thing that can go wrong.
---
--- Each run happens on a branch of the workspace, and nothing of it remains. A fault strikes when
--- the step is about to begin, and the run goes on as far as it can; `cut_off` ends it within the
--- step, at each of its calls that writes something, of which the worst outcome is told. Then the
--- fault is cured, and the procedure run again.
---
--- ```lua
--- local report = require('kms').rehearse{ procedure = 'rotate', opts = { cluster = 'c1' } }
--- print(report)
--- print(report.deleted[2].lost_count, report.deleted[2].repaired)
--- ```

local clock, host, workspace = require('clock'), require('host.faults'), require('workspace')
local names, outside = require('kms.steps.names'), require('kms.steps.faults')
local printer, procedure = require('util.printer'), require('util.procedure')

local HELP = {
  summary = 'Runs a procedure once for each of its steps and each thing that can go'
    .. ' wrong, on branches.',
  options = {
    {
      name = 'procedure', kind = 'any', required = true,
      summary = 'one of `kms`, by name or itself',
    },
    { name = 'opts', kind = 'table', required = true, summary = 'the options it is run with' },
    {
      name = 'faults', kind = 'strings',
      summary = 'some of `cut_off`, `revoked`, `disabled`, `closed`, `deleted`,'
        .. ' `expired`; `every-step` is all of them',
      default = 'every-step',
    },
  },
  returns = 'matrix',
  errors = 'argument.value',
  example = [[
local report = kms.rehearse{
  procedure = 'rewrite', opts = { cluster = 'c1' }, faults = { 'disabled', 'deleted' },
}
print(report)]],
}

---@class Cell how it ends when a fault strikes at a step
---@field health 'healthy'|'unhealthy'|'down'|'absent' of the cluster's API server
---@field lost_secrets table[] Secrets that nothing reads until the fault is cured, as in what_if
---@field lost_count integer
---@field error? table what stopped the run
---@field repaired boolean whether a second run, with the fault cured, ends well
---@field repair_error? table what stopped the second run
---@field is_without? boolean true, and no other field, where there was nothing to strike yet

---@class Rehearsal cells by fault and number of step, and as text a matrix of them
---@field procedure string
---@field steps string[] titles
---@field faults string[] names

local CUT_OFF = { name = 'cut_off', what = 'the caller is killed within the step' }
local FAULTS = { CUT_OFF, table.unpack(outside) }
local RANKS = { healthy = 0, absent = 0, unhealthy = 1, down = 2 }
local NOTHING = { is_without = true }

local WORDS = {
  { 'ok', 'it runs to its end, all the same' },
  { 'stopped', 'it stops with an error; the API server is healthy' },
  { 'unhealthy', 'the API server is unhealthy' },
  { 'down', 'the API server is down' },
  { 'N lost', 'N Secrets cannot be read' },
  { '*', 'a second run repairs it, once the fault is cured' },
  { '-', 'there is nothing yet that the fault could strike' },
}

local function wrong(message, hint)
  error({ code = 'argument.value', message = 'kms.rehearse: ' .. message, hint = hint }, 0)
end

--- The procedure that is named or given, and its name.
local function procedure_of(value)
  local kms = require('kms')
  local module, name = value, 'a procedure'
  if type(value) == 'string' then module, name = kms[value], value end
  local is_one = type(module) == 'table' and type(module.run) == 'function'
    and type(module.plan) == 'function'
  if not is_one then
    wrong("procedure must be one of kms, such as 'rotate'", 'or the module: kms.rotate')
  end
  for known in pairs(kms) do
    if kms[known] == module then name = known end
  end
  return module, name
end

local function faults_of(value)
  if value == nil or value == 'every-step' then return FAULTS end
  local wanted, list, all = {}, {}, {}
  for _, name in ipairs(type(value) == 'table' and value or { value }) do wanted[name] = true end
  for n, fault in ipairs(FAULTS) do
    all[n] = fault.name
    if wanted[fault.name] then list[#list + 1] = fault end
    wanted[fault.name] = nil
  end
  local unknown = next(wanted)
  if unknown ~= nil or #list == 0 then
    wrong(('there is no fault %s'):format(tostring(unknown)),
      "faults: 'every-step', or some of " .. table.concat(all, ', '))
  end
  return list
end

--- Runs the procedure untroubled, and tells its steps, and where to cut each of them off.
---
--- Between two calls that write, every cut leaves the same world: one stands for all.
local function untroubled(job)
  local steps, cuts, at, firsts = {}, {}, 0, {}
  local call, made_in, written = 0, 0, 0
  local function look()
    local now = host.written()
    if made_in > 0 and now ~= written then table.insert(cuts[made_in], { call, 'after' }) end
    written = now
  end
  local report = workspace.what_if(function()
    host.watch(function()
      job.run(function(n, step) at, steps[n], cuts[n] = n, step.title, {} end)
    end, function(_, number)
      look()
      call, made_in = number, at
      firsts[at] = firsts[at] or number
    end)
    look()
  end)
  if report.error then error(report.error, 0) end
  local start = { call, 'after' }
  for n = #steps, 1, -1 do
    start = firsts[n] and { firsts[n], 'before' } or start
    table.insert(cuts[n], 1, start)
  end
  return steps, cuts
end

local function health_of(job, report)
  local states = report.health.clusters[job.cluster]
  return states and states.after or 'absent'
end

--- How it ends, on one branch, and whether a second run repairs it, on another.
local function cell_of(job, first, second)
  local report = workspace.what_if(first)
  local again = workspace.what_if(second)
  return {
    health = health_of(job, report), error = report.error,
    lost_secrets = report.lost_secrets, lost_count = report.lost_count,
    repaired = not again.error and again.lost_count == 0 and health_of(job, again) == 'healthy',
    repair_error = again.error,
  }
end

local function is_worse(a, b)
  if a.repaired ~= b.repaired then return b.repaired end
  if a.lost_count ~= b.lost_count then return a.lost_count > b.lost_count end
  return RANKS[a.health] > RANKS[b.health]
end

local function cut_at(job, points)
  local worst
  for _, point in ipairs(points) do
    local function cut() host.cut(point[1], job.run, point[2]) end
    local cell = cell_of(job, cut, function()
      cut()
      job.run()
    end)
    cell.error = { code = 'fault.cut', message = 'the caller was cut off' }
    if not worst or is_worse(cell, worst) then worst = cell end
  end
  return worst
end

local function strike_at(job, fault, n)
  local cure
  local function run()
    cure = nil
    job.run(function(number)
      if number == n then cure = fault.strike(job.opts) end
    end)
  end
  local cell = cell_of(job, run, function()
    -- Its error is told of the first run, which ended the same way.
    pcall(run)
    if cure then cure() end
    -- What a server polls, it has noticed by the time someone comes back.
    clock.advance('PT5M')
    job.run()
  end)
  return cure and cell or NOTHING
end

local function word_of(cell)
  if cell == NOTHING then return '-' end
  local word = 'ok'
  if cell.lost_count > 0 then
    word = cell.lost_count .. ' lost'
  elseif RANKS[cell.health] > 0 then
    word = cell.health
  elseif cell.error then
    word = 'stopped'
  end
  return word, word ~= 'ok' and cell.repaired and '*' or ''
end

local function legend(report, seen)
  local rows = {}
  for _, fault in ipairs(FAULTS) do
    if report[fault.name] then rows[#rows + 1] = { '  ' .. fault.name, fault.what } end
  end
  for _, word in ipairs(WORDS) do
    if seen[word[1]] then rows[#rows + 1] = { '  ' .. word[1], word[2] } end
  end
  return rows
end

local function text_of(report)
  local rows, seen = { { '', table.unpack(report.faults) } }, {}
  for n, title in ipairs(report.steps) do
    local row = { ('%2d  %s'):format(n, title) }
    for column, name in ipairs(report.faults) do
      local word, mark = word_of(report[name][n])
      row[column + 1] = word .. (mark or '')
      seen[word:gsub('^%d+ ', 'N ')], seen[mark or ''] = true, true
    end
    rows[n + 1] = row
  end
  local lines = printer.aligned(rows)
  table.insert(lines, 1, ('rehearsal of %s: what each fault does at each step'):format(
    report.procedure))
  lines[#lines + 1] = ''
  local notes = printer.aligned(legend(report, seen))
  return table.concat(table.move(notes, 1, #notes, #lines + 1, lines), '\n')
end

--- Rehearses a procedure.
---@param options table
---@return Rehearsal
---@raise `argument.*`; what the procedure raises when nothing goes wrong
local function run(options)
  procedure.check_options(options, HELP.options, 'kms.rehearse')
  local module, name = procedure_of(options.procedure)
  local faults = faults_of(options.faults)
  local opts = options.opts
  local job = { opts = opts, run = function(before) return module.run(opts, before) end }
  local steps, cuts = untroubled(job)
  job.cluster = names.name(opts.cluster)
  local report = { procedure = name, steps = steps, faults = {} }
  for column, fault in ipairs(faults) do
    local cells = {}
    for n in ipairs(steps) do
      cells[n] = fault == CUT_OFF and cut_at(job, cuts[n]) or strike_at(job, fault, n)
    end
    report.faults[column], report[fault.name] = fault.name, cells
  end
  return setmetatable(report, { __tostring = text_of })
end

return setmetatable({ run = run, help = HELP }, {
  __call = function(_, options) return run(options) end,
})
