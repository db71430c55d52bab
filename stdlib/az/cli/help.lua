--- What `--help` prints of a command or a group.

local tree = require('az.tree')

local M = {}

local function first_sentence(text) return text:match('^.-%.%f[%s%z]') or text end

local function title(flag)
  return table.concat(flag.names, ' ') .. (flag.required and ' [Required]' or '')
end

--- Lines of two columns.
local function columns(rows)
  local width, lines = 0, {}
  for _, row in ipairs(rows) do width = math.max(width, #row[1]) end
  for n, row in ipairs(rows) do
    lines[n] = ('    %s%s : %s'):format(row[1], (' '):rep(width - #row[1]), row[2])
  end
  return table.concat(lines, '\n')
end

local function described(flag)
  local words = { flag.help or '' }
  if flag.is_ignored then words[1] = 'Accepted; kmsh does not model it.' end
  if flag.choices then
    words[#words + 1] = ('Allowed values: %s.'):format(table.concat(flag.choices, ', '))
  end
  return (table.concat(words, '  '):gsub('^%s+', ''))
end

local function flag_rows(all, is_wanted)
  local rows = {}
  for _, flag in ipairs(all) do
    if is_wanted(flag) then rows[#rows + 1] = { title(flag), described(flag) } end
  end
  table.sort(rows, function(a, b)
    local first, second = a[1]:find('[Required]', 1, true), b[1]:find('[Required]', 1, true)
    if (first ~= nil) ~= (second ~= nil) then return first ~= nil end
    return a[1] < b[1]
  end)
  return rows
end

local function section(parts, heading, rows)
  if #rows > 0 then parts[#parts + 1] = heading .. '\n' .. columns(rows) .. '\n' end
end

local function command_text(command, path)
  local parts = { ('\nCommand\n    %s : %s\n'):format(table.concat(path, ' '), command.help) }
  local all = tree.flags(command)
  section(parts, 'Arguments', flag_rows(all, function(flag)
    return not flag.is_global and not flag.is_ignored
  end))
  section(parts, 'Arguments that kmsh ignores', flag_rows(all, function(flag)
    return flag.is_ignored
  end))
  section(parts, 'Global Arguments', flag_rows(all, function(flag) return flag.is_global end))
  return table.concat(parts, '\n')
end

local function group_text(group, path)
  local groups, commands = {}, {}
  for _, name in ipairs(tree.names(group)) do
    local member = tree.member(group, name)
    local rows = member.commands and groups or commands
    rows[#rows + 1] = { name, first_sentence(member.help) }
  end
  local parts = { ('\nGroup\n    %s : %s\n'):format(table.concat(path, ' '), group.help) }
  section(parts, 'Subgroups:', groups)
  section(parts, 'Commands:', commands)
  return table.concat(parts, '\n')
end

--- The help of a command or a group.
---@param found az.Command|az.Group
---@param path string[]
---@return string
function M.text(found, path)
  return found.commands and group_text(found, path) or command_text(found, path)
end

return M
