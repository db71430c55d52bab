--- Words Lua values for a person: tables as literals that load back, host objects as cards,
--- lists of host objects as aligned tables.
---
--- ```lua
--- local printer = require('util.printer')
--- print(printer.text({ a = 1, 'x' }, { width = 80 })) --> { 'x', a = 1 }
--- ```

local M = {}

-- Kept from the start, so that no later change of a global can break the printer.
local type, next, rawget, tostring, mathtype = type, next, rawget, tostring, math.type
local getmetatable = getmetatable
local format, rep, concat, sort = string.format, string.rep, table.concat, table.sort
local charlen = utf8.len

local DEPTH_MAX, ENTRIES_MAX = 4, 100

local KEYWORDS = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or
  repeat return then true until while]]):gmatch('%a+') do KEYWORDS[word] = true end

--- Shows a string as a literal; bytes that are no text are escaped and counted.
local function quoted(text)
  local is_text = charlen(text) and not text:find('[%c\127]')
  if is_text then
    return "'" .. text:gsub("[\\']", '\\%0') .. "'"
  end
  local escaped = text:gsub('.', function(c)
    local byte = c:byte()
    if c == '\n' then return '\\n' end
    if c == '\t' then return '\\t' end
    if c == '"' or c == '\\' then return '\\' .. c end
    if byte < 32 or byte > 126 then return format('\\x%02x', byte) end
    return c
  end)
  if charlen(text) then return '"' .. escaped .. '"' end
  return format('"%s" --[[%d bytes]]', escaped, #text)
end

local function number(value)
  if mathtype(value) == 'integer' then return format('%d', value) end
  if value ~= value then return '0/0' end
  if value == math.huge then return '1/0' end
  if value == -math.huge then return '-1/0' end
  local shown = format('%.14g', value)
  if tonumber(shown) ~= value then shown = format('%.17g', value) end
  return shown:find('[.e]') and shown or shown .. '.0'
end

local function sorted_keys(value, length)
  local keys = {}
  for key in next, value do
    if not (mathtype(key) == 'integer' and key >= 1 and key <= length) then
      keys[#keys + 1] = key
    end
  end
  sort(keys, function(a, b)
    if type(a) ~= type(b) then return type(a) < type(b) end
    if type(a) == 'string' or type(a) == 'number' then return a < b end
    return tostring(a) < tostring(b)
  end)
  return keys
end

local function raw_length(value)
  local length = 0
  while rawget(value, length + 1) ~= nil do length = length + 1 end
  return length
end

local Shower = {}
Shower.__index = Shower

function Shower:key(key)
  if type(key) == 'string' and key:find('^[%a_][%w_]*$') and not KEYWORDS[key] then return key end
  return '[' .. self:value(key, 1, '') .. ']'
end

function Shower:entries(value, depth, path)
  local parts, length = {}, raw_length(value)
  local keys = sorted_keys(value, length)
  for index = 1, math.min(length, ENTRIES_MAX) do
    parts[#parts + 1] = self:value(rawget(value, index), depth + 1, path .. '[' .. index .. ']')
  end
  for _, key in ipairs(keys) do
    if #parts >= ENTRIES_MAX then break end
    local name = self:key(key)
    parts[#parts + 1] = name .. ' = '
      .. self:value(rawget(value, key), depth + 1, path .. '.' .. name)
  end
  local left = length + #keys - #parts
  if left > 0 then parts[#parts + 1] = '--[[… ' .. left .. ' more]]' end
  return parts
end

function Shower:table(value, depth, path)
  if next(value) == nil then return '{}' end
  if self.seen[value] then return '--[[cycle: ' .. self.seen[value] .. ']] nil' end
  if depth > DEPTH_MAX then return '{ --[[…]] }' end
  self.seen[value] = path == '' and 'the whole' or path
  local parts = self:entries(value, depth, path)
  self.seen[value] = nil
  local line = '{ ' .. concat(parts, ', ') .. ' }'
  local indent = rep('  ', depth)
  if #indent + #line <= self.width and not line:find('\n') then return line end
  return '{\n' .. indent .. concat(parts, ',\n' .. indent) .. '\n' .. rep('  ', depth - 1) .. '}'
end

function Shower:value(value, depth, path)
  local kind = type(value)
  if kind == 'string' then return quoted(value) end
  if kind == 'number' then return number(value) end
  if kind == 'table' then return self:table(value, depth, path) end
  if kind == 'function' then return '--[[function]] nil' end
  if kind == 'userdata' or kind == 'thread' then
    local ok, shown = pcall(tostring, value)
    return '--[[' .. (ok and shown or kind) .. ']] nil'
  end
  return tostring(value)
end

--- A cell or a field in words, without quotes.
local function plain(value)
  if type(value) == 'string' and charlen(value) then return value end
  if value == nil then return '' end
  return setmetatable({ seen = {}, width = 80 }, Shower):value(value, 1, '')
end

local function pad(text, width)
  return text .. rep(' ', width - (charlen(text) or #text))
end

local function widest(rows, column)
  local width = 0
  for _, row in ipairs(rows) do
    width = math.max(width, charlen(row[column] or '') or #row[column])
  end
  return width
end

--- Lines in which the cells of each column begin below one another.
---@param rows string[][]
---@return string[]
function M.aligned(rows)
  local lines = {}
  for index, row in ipairs(rows) do
    local cells = {}
    for column = 1, #row - 1 do cells[column] = pad(row[column], widest(rows, column)) end
    cells[#row] = row[#row]
    lines[index] = (concat(cells, '  '):gsub(' +$', ''))
  end
  return lines
end

local function card(shown)
  local lines, fields = { shown.title }, {}
  for index, field in ipairs(shown.fields) do fields[index] = { field[1], plain(field[2]) } end
  for _, line in ipairs(M.aligned(fields)) do lines[#lines + 1] = '  ' .. line end
  for _, warning in ipairs(shown.warnings or {}) do lines[#lines + 1] = '! ' .. warning end
  return concat(lines, '\n')
end

--- One line of a table, and its column names.
local function split(cells)
  local names, line = {}, {}
  for column, cell in ipairs(cells) do
    names[column], line[column] = cell[1], plain(cell[2])
  end
  return line, names
end

--- The rows of a list whose every item has one; nil for any other value.
local function rows_of(value, row)
  local length = type(value) == 'table' and raw_length(value) or 0
  if length == 0 or #sorted_keys(value, length) > 0 then return nil end
  local rows = {}
  for index = 1, math.min(length, ENTRIES_MAX) do
    local item = rawget(value, index)
    local cells = type(item) == 'userdata' and row(item)
    if not cells then return nil end
    local line, names = split(cells)
    rows[1] = rows[1] or names
    rows[#rows + 1] = line
  end
  if length > ENTRIES_MAX then rows[#rows + 1] = { '… ' .. length - ENTRIES_MAX .. ' more' } end
  return rows
end

--- Whether a value is shown by `tostring`: what is no data, and a table that says how.
local function words_itself(value)
  local kind = type(value)
  if kind ~= 'table' then return kind == 'userdata' or kind == 'thread' or kind == 'function' end
  local meta = getmetatable(value)
  return type(meta) == 'table' and rawget(meta, '__tostring') ~= nil
end

--- Words a value.
---@param value any
---@param options { width?: integer, card?: fun(object): table?, row?: fun(object): table? }
---@return string
function M.text(value, options)
  if type(value) == 'userdata' and options.card then
    local shown = options.card(value)
    if shown then return card(shown) end
  end
  if words_itself(value) then return tostring(value) end
  local rows = options.row and rows_of(value, options.row)
  if rows then return concat(M.aligned(rows), '\n') end
  local shower = setmetatable({ seen = {}, width = options.width or 80 }, Shower)
  return shower:value(value, 1, '')
end

return M
