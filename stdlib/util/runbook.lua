--- Writes steps as a script for bash, or as a change request in Markdown.
---
--- A book is `{ title, purpose, preconditions, needs, warnings, entries, rollback }`; an entry is
--- `{ n, title, rule, effect, lines, check?, if_fails?, goes_on? }`. `lines` are shell lines;
--- `check` is `{ command, expect }`, where `expect` is the word that the command must print;
--- `is_unseen` is an entry of which nobody can tell yet what it needs;
--- `goes_on` lets the next entry run although this one failed, and then stops; `repeats` tries
--- again, three times at most.

local shell = require('util.shell')

local M = {}

local CHECK = [[
check() { # WHAT EXPECTED FOUND
  [ "$2" = "$3" ] && return
  printf 'stop: %s: expected %s, found %s\n' "$1" "$2" "$3" >&2
  exit 1
}
]]

-- A rewrite that met a conflict is over at the next attempt (R126).
local REPEATED = [[
for attempt in 1 2 3; do
  %s && break
  [ "$attempt" -lt 3 ]
done]]

local AGAIN = 'not all could be seen: print this runbook again once its steps are done'

local function is_partial(book)
  for _, entry in ipairs(book.entries) do
    if entry.is_unseen then return true end
  end
  return false
end

local function add(lines, text, ...) lines[#lines + 1] = text:format(...) end

local function only_looks(entry)
  return entry.check and entry.lines[1] == entry.check.command
end

local function check_line(entry)
  return shell.line{
    'check', shell.one_line(entry.title), entry.check.expect,
    shell.text('"$(' .. entry.check.command .. ')"'),
  }
end

-- What a step that goes on after a failure owes is paid once the next one is done.
local function debt(lines, before)
  if not (before and before.goes_on) then return end
  lines[#lines + 1] = '[ "$failed" -eq 0 ] || exit "$failed"'
  if before.check then lines[#lines + 1] = check_line(before) end
end

local function bash_entry(lines, entry, before)
  add(lines, '# %d. %s (%s): %s', entry.n, shell.one_line(entry.title), entry.rule, entry.effect)
  for _, line in ipairs(only_looks(entry) and {} or entry.lines) do
    lines[#lines + 1] = entry.repeats and REPEATED:format(line) or line
  end
  if entry.goes_on then lines[#lines] = 'failed=0\n' .. lines[#lines] .. ' || failed=$?' end
  debt(lines, before)
  if entry.check and not entry.goes_on then lines[#lines + 1] = check_line(entry) end
  lines[#lines + 1] = ''
end

local function has_check(book)
  for _, entry in ipairs(book.entries) do
    if entry.check then return true end
  end
  return false
end

--- A script that stops at the first step that fails, or whose check finds something else.
---@param book table
---@return string
function M.bash(book)
  local lines = { '#!/usr/bin/env bash' }
  add(lines, '# %s', shell.one_line(book.title))
  add(lines, '# %s', book.purpose)
  for _, finding in ipairs(book.warnings) do
    add(lines, '# %s: %s: %s', finding.rule, shell.one_line(finding.message),
      shell.one_line(finding.fix))
  end
  lines[#lines + 1] = 'set -euo pipefail'
  lines[#lines + 1] = ''
  for _, need in ipairs(book.needs) do add(lines, ': "${%s:?%s}"', need[1], need[2]) end
  if #book.needs > 0 then lines[#lines + 1] = '' end
  if has_check(book) then lines[#lines + 1] = CHECK end
  local before
  for _, entry in ipairs(book.entries) do
    bash_entry(lines, entry, before)
    before = entry
  end
  if is_partial(book) then add(lines, "printf '%%s\\n' '%s' >&2\n", AGAIN) end
  return table.concat(lines, '\n')
end

local function bullets(lines, heading, items)
  if #items == 0 then return end
  add(lines, '## %s\n', heading)
  for _, item in ipairs(items) do add(lines, '* %s', shell.one_line(item)) end
  lines[#lines + 1] = ''
end

local function block(lines, text) add(lines, '```bash\n%s\n```\n', text) end

local function markdown_entry(lines, entry)
  add(lines, '### %d. %s\n', entry.n, shell.one_line(entry.title))
  add(lines, 'Rule %s. Effect: %s.\n', entry.rule, entry.effect)
  if #entry.lines > 0 and not only_looks(entry) then
    block(lines, table.concat(entry.lines, '\n'))
  end
  if entry.check then
    lines[#lines + 1] = 'Check:\n'
    block(lines, entry.check.command)
    add(lines, 'Expected answer: `%s`\n', shell.word(entry.check.expect))
  end
  if entry.if_fails then add(lines, 'If it fails: %s\n', entry.if_fails) end
end

local function rules_of(book)
  local seen, rules = {}, {}
  local function note(text)
    for rule in text:gmatch('R%d+') do
      if not seen[rule] then
        seen[rule] = true
        rules[#rules + 1] = rule
      end
    end
  end
  for _, entry in ipairs(book.entries) do note(entry.rule) end
  for _, finding in ipairs(book.warnings) do note(finding.rule) end
  table.sort(rules, function(a, b) return tonumber(a:sub(2)) < tonumber(b:sub(2)) end)
  return rules
end

--- A change request: purpose, preconditions, steps with their checks, the way back, the rules.
---@param book table
---@return string
function M.markdown(book)
  local lines = {}
  add(lines, '# %s\n', shell.one_line(book.title))
  add(lines, '## Purpose\n\n%s\n', book.purpose)
  local conditions = { table.unpack(book.preconditions) }
  for _, need in ipairs(book.needs) do
    conditions[#conditions + 1] = ('the variable `%s` is set: %s'):format(need[1], need[2])
  end
  for _, finding in ipairs(book.warnings) do
    conditions[#conditions + 1] = ('%s (%s): %s'):format(
      finding.message, finding.rule, finding.fix)
  end
  bullets(lines, 'Preconditions', conditions)
  lines[#lines + 1] = '## Steps\n'
  for _, entry in ipairs(book.entries) do markdown_entry(lines, entry) end
  if is_partial(book) then add(lines, 'After these steps: %s.\n', AGAIN) end
  bullets(lines, 'Rollback', book.rollback)
  add(lines, '## Rules\n\n%s\n', table.concat(rules_of(book), ', '))
  return table.concat(lines, '\n')
end

return M
