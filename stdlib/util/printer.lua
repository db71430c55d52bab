--- Words Lua values for a person: tables as literals that load back, host objects as cards,
--- lists of host objects as aligned tables.
---
--- ```lua
--- local printer = require('util.printer')
--- print(printer.text({ a = 1, 'x' }, { width = 80 })) --> { 'x', a = 1 }
--- ```

local columns, times = require('util.columns'), require('util.times')

local M = {}

-- Kept from the start, so that no later change of a global can break the printer.
local type, next, rawget, tostring, mathtype = type, next, rawget, tostring, math.type
-- A sandbox has no `package`, and so no libraries that are told apart.
local getmetatable, loaded = getmetatable, package and package.loaded or {}
local format, rep, concat, sort = string.format, string.rep, table.concat, table.sort
local charlen = utf8.len
local pad, cells = columns.pad, columns.cells

local DEPTH, ENTRIES, TEXT_BYTES, BINARY_BYTES = 4, 100, 2000, 64

local KEYWORDS = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or
  repeat return then true until while]]):gmatch('%a+') do KEYWORDS[word] = true end

local function escaped(text)
  return (text:gsub('.', function(c)
    local byte = c:byte()
    if c == '\n' then return '\\n' end
    if c == '\t' then return '\\t' end
    if c == '"' or c == '\\' then return '\\' .. c end
    if byte < 32 or byte == 127 then return format('\\x%02x', byte) end
    return c
  end))
end

local function binary(bytes)
  return (bytes:gsub('.', function(c)
    if c == '"' or c == '\\' then return '\\' .. c end
    local byte = c:byte()
    return (byte < 32 or byte > 126) and format('\\x%02x', byte) or c
  end))
end

--- The longest beginning of a text that ends with a character.
local function beginning(text, count)
  while count > 0 and (text:byte(count + 1) or 0) & 0xC0 == 0x80 do count = count - 1 end
  return text:sub(1, count)
end

--- A string as a literal, and a remark on it: how long bytes are, or a text that is cut.
local function quoted(text, limit)
  if not charlen(text) then
    local shown = text:sub(1, limit and BINARY_BYTES)
    return '"' .. binary(shown) .. (shown == text and '' or '…') .. '"',
      format('%d byte%s', #text, #text == 1 and '' or 's')
  end
  local remark
  if limit and #text > limit then
    remark = format('the first %d of %d bytes', limit, #text)
    text = beginning(text, limit) .. '…'
  end
  if text:find('[%c\127]') then return '"' .. escaped(text) .. '"', remark end
  return "'" .. text:gsub("[\\']", '\\%0') .. "'", remark
end

local function number(value)
  if mathtype(value) == 'integer' then
    return value == math.mininteger and 'math.mininteger' or format('%d', value)
  end
  if value ~= value then return '0/0' end
  if value == math.huge then return '1/0' end
  if value == -math.huge then return '-1/0' end
  local shown = format('%.14g', value)
  if tonumber(shown) ~= value then shown = format('%.17g', value) end
  return shown:find('[.e]') and shown or shown .. '.0'
end

local function is_null(value)
  local json = loaded.json
  return type(json) == 'table' and value == json.null
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

local function left_out(count, what)
  return format('… %d more%s (show all: p(_, {depth=9}))', count, what)
end

local Shower = {}
Shower.__index = Shower

local function shower(options)
  return setmetatable({
    seen = {}, width = options.width or 80, depth = options.depth or DEPTH,
    entries = options.entries or ENTRIES, limit = options.limit or TEXT_BYTES,
  }, Shower)
end

function Shower:key(key)
  if type(key) == 'string' and key:find('^[%a_][%w_]*$') and not KEYWORDS[key] then return key end
  return '[' .. self:value(key, 1, '') .. ']'
end

--- What follows a table's path to name one of its members.
local function step(name) return name:sub(1, 1) == '[' and name or '.' .. name end

function Shower:parts(value, depth, path)
  local parts, length = {}, raw_length(value)
  local keys = sorted_keys(value, length)
  local shown = math.min(length, self.entries)
  for index = 1, shown do
    parts[index] = self:value(rawget(value, index), depth + 1, path .. '[' .. index .. ']')
  end
  for _, key in ipairs(keys) do
    if #parts >= self.entries then break end
    local name = self:key(key)
    parts[#parts + 1] = name .. ' = '
      .. self:value(rawget(value, key), depth + 1, path .. step(name))
  end
  local left = length + #keys - #parts
  if left > 0 then parts[#parts + 1] = '--[[' .. left_out(left, '') .. ']]' end
  return parts, shown
end

--- Lines of an array's items, as many in a line as there is room for.
local function filled(parts, count, width)
  local lines, line = {}, ''
  for index = 1, count do
    local part = parts[index]
    if line ~= '' and cells(line) + cells(part) + 3 > width then
      lines[#lines + 1], line = line, ''
    end
    line = line == '' and part or line .. ', ' .. part
  end
  if line ~= '' then lines[#lines + 1] = line end
  for index = count + 1, #parts do lines[#lines + 1] = parts[index] end
  return lines
end

local function is_compact(parts, count)
  for index = 1, count do
    if #parts[index] > 40 or parts[index]:find('[\n{]') then return false end
  end
  return count > 0
end

function Shower:table(value, depth, path)
  if next(value) == nil then return '{}' end
  if self.seen[value] then return '--[[cycle: ' .. self.seen[value] .. ']] nil' end
  if depth > self.depth then return '{ --[[…]] }' end
  self.seen[value] = path == '' and 'the whole' or path:gsub('^%.', '')
  local parts, count = self:parts(value, depth, path)
  self.seen[value] = nil
  local line, indent = '{ ' .. concat(parts, ', ') .. ' }', rep('  ', depth)
  if #indent + cells(line) <= self.width and not line:find('\n') then return line end
  if is_compact(parts, count) then parts = filled(parts, count, self.width - #indent) end
  return '{\n' .. indent .. concat(parts, ',\n' .. indent) .. '\n' .. rep('  ', depth - 1) .. '}'
end

function Shower:string(value)
  local literal, remark = quoted(value, self.limit)
  return remark and literal .. ' --[[' .. remark .. ']]' or literal
end

--- What no literal stands for, as a remark.
local function opaque(value, kind)
  if kind == 'function' then return '--[[function]] nil' end
  local ok, shown = pcall(tostring, value)
  return '--[[' .. (ok and shown or kind):gsub('%]%]', '] ]') .. ']] nil'
end

--- A value as a literal within another one.
function Shower:value(value, depth, path)
  local kind = type(value)
  if kind == 'string' then return self:string(value) end
  if kind == 'number' then return number(value) end
  if kind == 'table' then return self:table(value, depth, path) end
  if kind == 'nil' or kind == 'boolean' then return tostring(value) end
  return is_null(value) and 'json.null' or opaque(value, kind)
end

--- A cell or a field in words, without quotes.
local function plain(value)
  if type(value) == 'string' and charlen(value) and not value:find('%c') then return value end
  if value == nil then return '' end
  return shower({}):value(value, 1, '')
end

local MEANINGS = {
  healthy = 'good', unhealthy = 'bad', down = 'bad', Failed = 'bad', expired = 'bad',
  Updating = 'warning', Stopped = 'warning',
}

local function unpainted(_, text) return text end

--- A card: a title, its fields, and last what is wrong.
local function card(shown, options)
  local paint, lines = options.paint or unpainted, {}
  local width = 0
  for _, field in ipairs(shown.fields) do width = math.max(width, cells(field[1])) end
  lines[1] = paint('title', shown.title)
  for _, field in ipairs(shown.fields) do
    local text = plain(field[2])
    local remark = options.now and times.distance(text, options.now)
    text = paint(MEANINGS[text] or 'plain', text) .. (remark and ' (' .. remark .. ')' or '')
    lines[#lines + 1] = (('  ' .. pad(field[1], width) .. '  ' .. text):gsub(' +$', ''))
  end
  for _, warning in ipairs(shown.warnings or {}) do
    lines[#lines + 1] = paint('bad', '! ' .. warning)
  end
  return concat(lines, '\n')
end

--- One line of a table, and its column names.
local function split(row)
  local names, line = {}, {}
  for column, cell in ipairs(row) do names[column], line[column] = cell[1], plain(cell[2]) end
  return line, names
end

--- How many items a value has that is a list and nothing else; 0 for any other.
local function list_length(value)
  local length = type(value) == 'table' and raw_length(value) or 0
  return length > 0 and #sorted_keys(value, length) == 0 and length or 0
end

--- The rows of a list whose every item has one, and how many are left out; nil for other values.
local function rows_of(value, options)
  local length = options.row and list_length(value) or 0
  if length == 0 then return nil end
  local rows, shown = {}, math.min(length, options.entries or ENTRIES)
  for index = 1, shown do
    local item = rawget(value, index)
    local row = type(item) == 'userdata' and options.row(item)
    if not row then return nil end
    local line, names = split(row)
    rows[1] = rows[1] or names
    rows[#rows + 1] = line
  end
  return rows, length - shown
end

local function listing(rows, left, options)
  local paint = options.paint or unpainted
  local lines = columns.aligned(rows, function(cell, padded)
    local meaning = MEANINGS[cell]
    return meaning and paint(meaning, cell) .. padded:sub(#cell + 1) or padded
  end)
  lines[1] = paint('title', lines[1])
  if left > 0 then lines[#lines + 1] = left_out(left, '') end
  return concat(lines, '\n')
end

--- Whether a value is shown by `tostring`: what is no data, and a table that says how.
local function words_itself(value)
  local kind = type(value)
  if kind ~= 'table' then return kind == 'userdata' or kind == 'thread' or kind == 'function' end
  local meta = getmetatable(value)
  return type(meta) == 'table' and rawget(meta, '__tostring') ~= nil
end

--- What a value says of itself: its first line is a title, lines with a mark tell what is wrong.
local function own_words(value, paint)
  local text = tostring(value)
  if not paint then return text end
  return (text:gsub('[^\n]+', function(line)
    return line:find('^! ') and paint('bad', line) or line
  end))
end

--- A string on its own: bytes are followed by their number.
local function text_alone(text, options)
  local literal, remark = quoted(text, options.limit or TEXT_BYTES)
  return remark and literal .. ' (' .. remark .. ')' or literal
end

---@class PrinterOptions
---@field width? integer columns there are; default 80
---@field depth? integer how deep tables are shown; default 4
---@field entries? integer how many entries of a table are shown; default 100
---@field limit? integer how many bytes of a text are shown; default 2000
---@field card? fun(object): table? what is shown of an object
---@field row? fun(object): table? an object's line in a table
---@field now? fun(): string the time that others are told from
---@field paint? fun(meaning: string, text: string): string gives a text its colour

--- Words a value.
---@param value any
---@param options PrinterOptions
---@return string
function M.text(value, options)
  if type(value) == 'userdata' and options.card then
    local shown = options.card(value)
    if shown then return card(shown, options) end
  end
  if type(value) == 'string' then return text_alone(value, options) end
  if is_null(value) then return 'json.null' end
  if words_itself(value) then return own_words(value, options.paint) end
  local rows, left = rows_of(value, options)
  if rows then return listing(rows, left, options) end
  return shower(options):value(value, 1, '')
end

M.aligned = columns.aligned

return M
