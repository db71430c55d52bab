--- Help as plain text: a map, the page of a module or class, that of a function, and a search.

local host, reference = require('kmsh.help'), require('docs.reference')

local M = {}

local WIDTH = 96

local KINDS = {
  string = 'text', bytes = 'bytes', boolean = 'true or false', integer = 'integer',
  table = 'table', strings = 'text or texts', ['function'] = 'function',
  any = 'handle, name or id',
}

--- Columns that a text takes.
local function width_of(text) return utf8.len(text) or #text end

--- Words in lines, the first of them behind what stands there already.
local function wrapped(text, before, indent)
  local lines, line = {}, before .. (' '):rep(math.max(1, indent - width_of(before)))
  local is_first = true
  -- A flag stays with the word before it.
  for word in text:gsub('az: ', 'az:\0'):gsub('default: ', 'default:\0'):gmatch('%S+') do
    word = word:gsub('%z', ' ')
    if not is_first and width_of(line) + width_of(word) + 1 > WIDTH then
      lines[#lines + 1] = line
      line = (' '):rep(indent) .. word
    else
      line = line .. (is_first and '' or ' ') .. word
    end
    is_first = false
  end
  lines[#lines + 1] = line:gsub('%s+$', '')
  return lines
end

local function append(lines, more)
  for _, line in ipairs(more) do lines[#lines + 1] = line end
  return lines
end

--- What an option's value is, in words.
---@param option HelpOption
---@return string
function M.kind(option)
  return option.words and table.concat(option.words, ' | ') or KINDS[option.kind] or option.kind
end

--- How a function is called, its options left out.
---@param entry HelpEntry
---@return string
function M.signature(entry)
  if entry.is_field then return entry.name end
  if entry.options then return entry.name .. '{…}' end
  return ('%s(%s)'):format(entry.name, entry.parameters)
end

local function column(rows, limit)
  local width = 0
  for _, row in ipairs(rows) do width = math.max(width, width_of(row[1]) + 2) end
  return math.min(width, limit)
end

local function rows_text(rows, limit)
  local lines, width = {}, column(rows, limit) + 2
  for _, row in ipairs(rows) do
    local first = '  ' .. row[1]
    if width_of(first) >= width then
      lines[#lines + 1] = first
      first = ''
    end
    append(lines, wrapped(row[2], first, width))
  end
  return lines
end

--- What stands in brackets after an option's summary: its default and its az flag.
---@param option HelpOption
---@return string
function M.remarks(option)
  local remarks = {}
  if option.default then remarks[1] = 'default: ' .. option.default end
  if option.az then remarks[#remarks + 1] = 'az: ' .. option.az end
  return #remarks > 0 and (' (%s)'):format(table.concat(remarks, '; ')) or ''
end

local function option_lines(entry)
  local rows, mark = {}, ''
  for _, option in ipairs(entry.all_options) do
    if option.required then mark = ', those with * must be given' end
    rows[#rows + 1] = {
      (option.required and '* ' or '  ') .. option.name,
      ('%s: %s%s'):format(M.kind(option), option.summary, M.remarks(option)),
    }
  end
  if #rows == 0 then return {} end
  local lines = { '', (entry.options and 'options' or 'options of the table') .. mark }
  append(lines, rows_text(rows, 40))
  return lines
end

local function rule_lines(ids)
  local rows, rules = {}, host.rules()
  for _, id in ipairs(ids) do rows[#rows + 1] = { id, rules[id].text } end
  if #rows == 0 then return {} end
  local lines = { '', 'rules' }
  append(lines, rows_text(rows, 6))
  return lines
end

--- Codes that a function raises, those of wrong arguments with them.
---@param entry HelpEntry
---@return string[]
function M.errors(entry)
  local codes = table.move(entry.errors, 1, #entry.errors, 1, {})
  if entry.options then
    append(codes, { 'argument.missing', 'argument.type', 'argument.unknown' })
  end
  table.sort(codes)
  for n = #codes, 2, -1 do
    if codes[n] == codes[n - 1] then table.remove(codes, n) end
  end
  return codes
end

local function title(entry)
  if entry.is_field then return entry.name .. ': ' .. (entry.type or 'any') end
  return M.signature(entry) .. (entry.returns ~= '' and ' → ' .. entry.returns or '')
end

--- The page of a function, method or field.
---@param entry HelpEntry
---@return string
function M.of_entry(entry)
  local lines = { title(entry) }
  append(lines, wrapped(entry.summary, '', 2))
  append(lines, option_lines(entry))
  append(lines, rule_lines(entry.rules))
  local errors = M.errors(entry)
  if #errors > 0 then
    append(lines, { '', 'errors' })
    append(lines, wrapped(table.concat(errors, ', '), '', 2))
  end
  if entry.example and not entry.is_field then
    append(lines, { '', 'example' })
    for line in entry.example:gmatch('[^\n]+') do lines[#lines + 1] = '  ' .. line end
  end
  return table.concat(lines, '\n')
end

--- The page of a module or class.
---@param part HelpPart
---@return string
function M.of_part(part)
  local rows = {}
  for _, entry in ipairs(part.entries) do
    rows[#rows + 1] = { M.signature(entry), entry.summary }
  end
  local kind = part.kind == 'class' and 'object ' or ''
  local lines = wrapped(kind .. part.name .. ': ' .. part.summary, '', 2)
  lines[1] = lines[1]:sub(3)
  append(lines, rows_text(rows, 40))
  return table.concat(lines, '\n')
end

local function map()
  local rows, required, objects = {}, {}, {}
  for _, part in ipairs(reference.all().parts) do
    if part.kind == 'class' then
      objects[#objects + 1] = part.name
    else
      local list = part.is_global and rows or required
      list[#list + 1] = part.is_global and { part.name, part.summary } or part.name
    end
  end
  local lines = { 'modules' }
  append(lines, rows_text(rows, 12))
  append(lines, { '', "modules to be required, as in require('az')" })
  append(lines, wrapped(table.concat(required, ', '), '', 2))
  append(lines, { '', 'objects' })
  append(lines, wrapped(table.concat(objects, ', '), '', 2))
  append(lines, { '', 'more' })
  append(lines, rows_text({
    { "help 'vault'", 'tells of a module and its objects' },
    { "help 'vault.create'", 'of a function: its options, rules and errors, and an example' },
    { 'help(x), x:help()', 'of what an object offers; help(err) of the rule of an error' },
    { "help 'R76'", "of a rule of the documented procedure; help 'rules' lists all" },
    { "help.search 'purge'", 'finds a text in all pages' },
    { '?vault.create  ??purge', 'do the same at the prompt' },
  }, 26))
  return table.concat(lines, '\n')
end

local function all_names()
  local names = host.topics().names
  for _, part in ipairs(reference.all().parts) do
    names[#names + 1] = part.name
    for _, entry in ipairs(part.entries) do names[#names + 1] = entry.name end
  end
  return names
end

local function unknown(name)
  local nearest = host.nearest(name, all_names(), 3)
  for n, near in ipairs(nearest) do nearest[n] = "'" .. near .. "'" end
  local shown = #name <= 40 and "'" .. name .. "'" or ('a name of %d characters'):format(#name)
  error({
    code = 'help.unknown', message = 'there is no help on ' .. shown,
    hint = #nearest > 0 and ('did you mean %s?'):format(table.concat(nearest, ', '))
      or 'help() lists what there is',
  }, 0)
end

--- What is to be told of a name; for an empty one a map.
---@param name string
---@param page? integer
---@return string
---@raise `help.unknown`, `argument.value`
function M.page(name, page)
  if name == '' then return map() end
  local texts = {}
  for _, part in ipairs(reference.parts(name)) do texts[#texts + 1] = M.of_part(part) end
  local entry = reference.entry(name)
  if entry then table.insert(texts, 1, M.of_entry(entry)) end
  if #texts == 0 then texts[1] = #name <= 128 and host.topic(name, page or 1) or nil end
  if #texts == 0 then unknown(name) end
  return table.concat(texts, '\n\n')
end

--- The table of a module that is there already; asking for a page loads none.
local function module_of(part)
  local loaded = package and package.loaded or {}
  return part.kind == 'module' and (rawget(_G, part.name) or loaded[part.name])
end

--- The name under which a module of Lua or one of its functions is told of, by its identity.
local function name_of(value)
  for _, part in ipairs(reference.all().parts) do
    local module = part.name == 'globals' and _G or module_of(part)
    if module == value then return part.name end
    for _, entry in ipairs(module and part.entries or {}) do
      local short = entry.name:match('[^.:]+$')
      if short ~= part.name and module[short] == value then return entry.name end
    end
  end
end

local function subject(value)
  if value == nil then return '' end
  if type(value) == 'string' then return value end
  local name = (type(value) == 'function' or type(value) == 'table') and name_of(value)
  if name then return name end
  local is_other = type(value) == 'number' or type(value) == 'boolean'
  local ok, told = pcall(host.subject, value)
  if not is_other and ok and told then return told end
  error({
    code = 'argument.type',
    message = 'help takes a name, a function, a thing, or an error that rests on a rule',
    hint = 'help() lists what there is',
  }, 0)
end

--- Prints what is to be told of a name or a thing.
---@param value any
---@param page? integer
---@raise `help.unknown`, `argument.type`
function M.help(value, page)
  if page ~= nil and math.type(page) ~= 'integer' then
    error({ code = 'argument.type', message = 'help: the page must be an integer' }, 0)
  end
  print(M.page(subject(value), page))
end

local function holds(text, wanted) return text:lower():find(wanted, 1, true) ~= nil end

--- Whether a text occurs in what is told of an entry.
local function occurs(entry, wanted)
  local told = { entry.name, entry.summary, entry.returns, table.unpack(entry.errors) }
  for _, option in ipairs(entry.all_options) do
    append(told, { option.name, M.kind(option), option.summary, M.remarks(option) })
  end
  return holds(table.concat(told, '\n'), wanted)
end

local function rules_found(wanted)
  local rules, rows = host.rules(), {}
  for id, rule in pairs(rules) do
    if holds(table.concat({ id, rule.text, rule.advice }, '\n'), wanted) then
      rows[#rows + 1] = { id, rule.text }
    end
  end
  table.sort(rows, function(a, b) return tonumber(a[1]:sub(2)) < tonumber(b[1]:sub(2)) end)
  return rows
end

--- The names of all that a text occurs in, each with its first sentence.
---@param text string
---@return { [1]: string, [2]: string }[]
function M.found(text)
  local wanted, rows, seen = text:lower(), {}, {}
  for entry, part in reference.each() do
    if not seen[part] and (holds(part.name, wanted) or holds(part.summary, wanted)) then
      rows[#rows + 1] = { part.name, part.summary }
    end
    seen[part] = true
    if occurs(entry, wanted) then rows[#rows + 1] = { M.signature(entry), entry.summary } end
  end
  return append(rows, rules_found(wanted))
end

--- Prints the names of all that a text occurs in.
---@param text string
---@raise `argument.type`, `help.nothing_found`
function M.search(text)
  if type(text) ~= 'string' or not text:find('%S') then
    error({
      code = 'argument.type', message = 'help.search takes a text', hint = "help.search 'purge'",
    }, 0)
  end
  local rows = M.found(text)
  if #rows == 0 then
    error({
      code = 'help.nothing_found',
      message = #text <= 40 and ("no page says '%s'"):format(text) or 'no page says that',
      hint = 'help() lists what there is',
    }, 0)
  end
  print(table.concat(rows_text(rows, 40), '\n'))
end

return M
