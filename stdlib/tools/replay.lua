--- Runs a transcript, and compares what comes out with what stands in it.

local transcript = require('tools.transcript')

local M = {}

local lines_of = transcript.lines

local function names_of(nodes)
  local names = {}
  for n, node in ipairs(nodes) do
    if node.tag ~= 'Name' then return nil end
    names[n] = node.name
  end
  return table.concat(names, ', ')
end

local function is_closed(node)
  for n in ipairs(node.names) do
    if node.attributes[n] == 'close' then return true end
  end
  return false
end

--- A statement as an entry runs it: its locals are kept for the entries after it.
---@return string text
---@return string? names whose values it leaves
local function adapted(source, node, declare)
  local text = source:sub(node.first, node.last)
  if node.tag == 'Local' and not is_closed(node) then
    for _, name in ipairs(node.names) do declare(name.name) end
    local names, first = names_of(node.names), node.values[1]
    return names .. ' = ' .. (first and source:sub(first.first, node.last) or 'nil'), names
  elseif node.tag == 'LocalFunction' then
    declare(node.name.name)
    return 'function ' .. source:sub(node.name.first, node.last)
  elseif node.tag == 'Assign' then
    return text, names_of(node.targets)
  end
  return text
end

--- The source of an entry, which returns the values it ends with, lines as in the file.
local function code_of(source, group, declare)
  local parts, line = {}, 1
  for n, node in ipairs(group.statements) do
    local text, names = adapted(source, node, declare)
    if n == #group.statements then
      if node.tag == 'Call' then text = 'return ' .. text end
      if names then text = text .. ' return ' .. names end
    end
    text = ('\n'):rep(node.line - line) .. text .. ' '
    line = line + select(2, text:gsub('\n', ''))
    parts[n] = text
  end
  return table.concat(parts)
end

--- Globals beside the real ones, for what the source calls its locals.
local function environment()
  local declared, values = {}, {}
  local env = setmetatable({}, {
    __index = function(_, name)
      if declared[name] then return values[name] end
      return _G[name]
    end,
    __newindex = function(_, name, value)
      if declared[name] then values[name] = value else _G[name] = value end
    end,
  })
  return env, function(name) declared[name] = true end
end

local function joined(first, second)
  local all = { table.unpack(first) }
  return table.move(second, 1, #second, #all + 1, all)
end

local function matches_line(expected, line)
  if expected == line then return true end
  local pattern = expected:gsub('%p', '%%%0'):gsub('…', '.*')
  return expected:find('…', 1, true) ~= nil and line:find('^' .. pattern .. '$') ~= nil
end

--- Whether lines are as expected, from a place on in each.
local function matches(expected, lines, e, l)
  e, l = e or 1, l or 1
  if e > #expected then return l > #lines end
  if expected[e] == '…' then
    for next_line = l, #lines + 1 do
      if matches(expected, lines, e + 1, next_line) then return true end
    end
    return false
  end
  return l <= #lines and matches_line(expected[e], lines[l])
    and matches(expected, lines, e + 1, l + 1)
end

--- Has what is printed kept, instead of shown, while a function runs.
local function capturing(body)
  local kept, lua_print, lua_io = {}, print, io
  _G.print = function(...)
    local texts = table.pack(...)
    for n = 1, texts.n do texts[n] = tostring(texts[n]) end
    kept[#kept + 1] = table.concat(texts, '\t') .. '\n'
  end
  if io then
    _G.io = setmetatable({
      write = function(...)
        for n = 1, select('#', ...) do kept[#kept + 1] = tostring((select(n, ...))) end
        return lua_io.stdout
      end,
    }, { __index = lua_io })
  end
  local results = table.pack(pcall(body))
  _G.print, _G.io = lua_print, lua_io
  return table.concat(kept), results
end

local function code_of_error(problem)
  return type(problem) == 'table' and problem.code or 'lua.error'
end

--- An object as one line: its class, and what a table of such objects has of it.
local function line_of(value)
  local cells = type(value) == 'userdata' and require('kmsh.objects').row(value)
  if not cells then return tostring(value) end
  local texts = {}
  for n, cell in ipairs(cells) do texts[n] = cell[2] ~= nil and tostring(cell[2]) or '' end
  return getmetatable(value) .. ' ' .. table.concat(texts, '  ')
end

--- The forms that the output of an entry may be written in.
local function forms_of(printed, values, show)
  local forms = { printed }
  if values.n == 1 then return forms end
  forms[2] = joined(printed, lines_of(show(table.unpack(values, 2, values.n))))
  local words, rows = printed, printed
  for n = 2, values.n do
    words = joined(words, lines_of(tostring(values[n])))
    rows = joined(rows, lines_of(line_of(values[n])))
  end
  forms[3], forms[4] = words, rows
  return forms
end

local function is_expected(group, forms)
  for _, form in ipairs(forms) do
    if matches(group.expected, form) then return true end
  end
  return false
end

--- What runs the entries of a source: how to load one, and how its values are shown.
local function runner(source, path, show)
  local env, declare = environment()
  local function load_group(group)
    local chunk, broken = load(code_of(source, group, declare), '@' .. path, 't', env)
    return chunk or error({ code = 'transcript.broken', message = broken }, 0)
  end
  return { load = load_group, show = show }
end

local function source_of(source, group)
  return source:sub(group.statements[1].first, group.statements[#group.statements].last)
end

--- Whether an entry ended as it says: well, or with an error of its code.
local function ends_as_expected(group, code)
  if not (group.code and code) then return group.code == code end
  return matches_line(group.code, code)
end

--- What differs between an entry and what came of it, for a report.
local function difference_of(group, forms, code, problem)
  return {
    group = group, line = group.line, code = code,
    expected = group.expected, expected_code = group.code,
    got = #group.expected > #forms[1] and forms[2] or forms[1],
    message = code and tostring(problem),
  }
end

--- Runs an entry; returns what differs, nil when nothing does.
local function run_group(source, group, run)
  local text, results = capturing(run.load(group))
  local is_done, value, forms = results[1], results[2], { lines_of(text) }
  local code = not is_done and code_of_error(value) or nil
  if is_done then
    forms = forms_of(forms[1], results, run.show)
    if results.n > 1 then _G._ = value end
  end
  if ends_as_expected(group, code) and is_expected(group, forms) then return nil end
  local difference = difference_of(group, forms, code, value)
  difference.source = source_of(source, group)
  return difference
end

local function marked(text, sign, lines, code, message)
  for _, line in ipairs(lines) do text[#text + 1] = sign .. ' --> ' .. line end
  if not code then return end
  text[#text + 1] = sign .. ' --! ' .. code
  for _, line in ipairs(lines_of(message or '')) do text[#text + 1] = '  ' .. line end
end

--- Differences as a person reads them: place, entry, what was expected and what came.
local function told(path, differences)
  local text = {}
  for _, difference in ipairs(differences) do
    text[#text + 1] = ('%s:%d: differs'):format(path, difference.line)
    for _, line in ipairs(lines_of(difference.source)) do text[#text + 1] = '  ' .. line end
    marked(text, '-', difference.expected, difference.expected_code)
    marked(text, '+', difference.got, difference.code, difference.message)
  end
  return table.concat(text, '\n')
end

--- Makes seed and clock those of a transcript, which must load.
local function begin(source, path)
  local chunk, broken = load((source:gsub('^#', '--', 1)), '@' .. path, 't')
  if not chunk then error({ code = 'transcript.broken', message = broken }, 0) end
  local header = transcript.header(source)
  if header.seed then
    workspace.seed(header.seed)
    math.randomseed(header.seed)
  end
  if header.clock then clock.freeze(header.clock) end
end

local function differences_in(source, path, show, is_single)
  begin(source, path)
  local groups, differences = transcript.groups(source, is_single), {}
  local run = runner(source, path, show)
  for _, group in ipairs(groups) do
    differences[#differences + 1] = run_group(source, group, run)
  end
  return differences, #groups
end

--- Runs a transcript and compares; seed and clock of its first line are set before.
---@param source string
---@param path string
---@param show fun(...): string words values as the prompt does
---@return { entries: integer, differences: integer, text: string } outcome
---@raise `transcript.unknown`, `transcript.broken`
function M.run(source, path, show)
  local differences, count = differences_in(source, path, show)
  return { entries = count, differences = #differences, text = told(path, differences) }
end

--- Runs a transcript, and returns it with what came out where that differs.
---@param source string
---@param path string
---@param show fun(...): string
---@return { entries: integer, differences: integer, text: string } outcome
---@raise `transcript.unknown`, `transcript.broken`
function M.update(source, path, show)
  local differences, count = differences_in(source, path, show, true)
  local changes = {}
  for n, difference in ipairs(differences) do
    changes[n] = { group = difference.group, lines = difference.got, code = difference.code }
  end
  return {
    entries = count, differences = #differences, text = transcript.rewritten(source, changes),
  }
end

return M
