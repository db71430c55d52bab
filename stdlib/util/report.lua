--- Words what procedures plan and what they did: `print` and the prompt show them so.
---
--- ```lua
--- local report = require('util.report')
--- print(report.plan('kms.rotate', { ready = true, findings = {}, steps = {} }))
--- --> plan of kms.rotate: ready, nothing to do
--- ```

local printer = require('util.printer')

local M = {}

local SHOWN = { steps = true, findings = true, ready = true }
local WIDTH = 100

local function indented(text) return '  ' .. text:gsub('\n', '\n  ') end

local function append(lines, more) return table.move(more, 1, #more, #lines + 1, lines) end

--- The lines of the steps, with what `cells` tells of each behind its number.
local function step_lines(steps, cells)
  local rows = {}
  for n, step in ipairs(steps) do
    rows[n] = { ('  %2d'):format(step.n or n) }
    append(rows[n], cells(step))
  end
  return printer.aligned(rows)
end

local function finding_lines(findings)
  local lines = {}
  for n, finding in ipairs(findings) do
    lines[n] = ('! %s (%s): %s; %s'):format(
      finding.severity, finding.rule, finding.message, finding.fix)
  end
  return lines
end

--- What a value is shown as: a table that words itself does, others are shown as they are written.
local function value_text(value)
  if type(value) == 'string' then return value end
  return printer.text(value, { width = WIDTH })
end

--- What a report has beside its steps: short values behind their names, long ones below.
local function member_lines(report)
  local names, lines = {}, {}
  for name in pairs(report) do
    if type(name) == 'string' and not SHOWN[name] then names[#names + 1] = name end
  end
  table.sort(names)
  local shown = {}
  for _, name in ipairs(names) do
    local text = value_text(report[name])
    -- The state afterwards is often what was looked at before.
    if shown[text] and text:find('\n') then
      lines[#lines + 1] = ('%s: as %s'):format(name, shown[text])
    elseif text:find('\n') then
      append(lines, { name .. ':', indented(text) })
    else
      lines[#lines + 1] = name .. ': ' .. text
    end
    shown[text] = shown[text] or name
  end
  return lines
end

local function plan_text(name, plan)
  local steps, findings = plan.steps or {}, plan.findings or {}
  local lines = {
    ('plan of %s: %s, %s'):format(name, plan.ready and 'ready' or 'not ready',
      #steps == 0 and 'nothing to do' or #steps == 1 and '1 step' or #steps .. ' steps'),
  }
  append(lines, step_lines(steps, function(step)
    -- What is long comes last: only that goes on in the next row of a narrow screen.
    return { step.title or '', step.rule or '', step.effect or '' }
  end))
  append(lines, finding_lines(findings))
  return table.concat(lines, '\n')
end

local function report_text(name, report)
  local lines = { 'report of ' .. name }
  append(lines, step_lines(report.steps or {}, function(step)
    return { step.status or '', step.title or '', step.rule or '' }
  end))
  append(lines, finding_lines(report.findings or {}))
  append(lines, member_lines(report))
  return table.concat(lines, '\n')
end

local function wording(make)
  return function(name, value)
    return setmetatable(value, { __tostring = function(self) return make(name, self) end })
  end
end

--- Has a plan word itself.
---@type fun(name: string, plan: Plan): Plan
M.plan = wording(plan_text)

--- Has a report word itself.
---@type fun(name: string, report: Report): Report
M.report = wording(report_text)

return M
