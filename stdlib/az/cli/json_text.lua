--- JSON as Python's `json.dumps` writes it: two spaces, members by name, nothing escaped that need
--- not be; and the same in the colours of a terminal.

local values = require('util.jmespath.values')

local M = {}

local ESCAPES = {
  ['"'] = '\\"', ['\\'] = '\\\\', ['\b'] = '\\b', ['\f'] = '\\f', ['\n'] = '\\n', ['\r'] = '\\r',
  ['\t'] = '\\t',
}

local function escape(char) return ESCAPES[char] or ('\\u%04x'):format(char:byte()) end

--- A text as JSON has it.
---@param text string
---@return string
function M.quoted(text) return '"' .. text:gsub('[%c"\\]', function(char)
  return char == '\127' and char or escape(char)
end) .. '"' end

--- A number as Python writes it.
---@param number number
---@return string
function M.number(number)
  if math.type(number) == 'integer' then return tostring(number) end
  for digits = 15, 17 do
    local text = ('%.' .. digits .. 'g'):format(number)
    if tonumber(text) == number then return text:find('[.en]') and text or text .. '.0' end
  end
end

-- Colours as pygments gives them to the parts of JSON.
local COLOURS = { name = '94', string = '33', number = '34', word = '34', space = '37' }

local function paint(kind, text)
  local colour = COLOURS[kind]
  return colour and ('\27[%sm%s\27[39;49;00m'):format(colour, text) or text
end

local function bare(_, text) return text end

--- What separates parts: a line's end, and the blanks of the next line.
local function line_break(put, depth)
  local blanks = depth > 0 and put('space', ('  '):rep(depth)) or ''
  return put('space', '') .. '\n' .. blanks
end

local write

local function write_items(out, put, items, depth, brackets, write_item)
  if #items == 0 then
    out[#out + 1] = brackets
    return
  end
  out[#out + 1] = brackets:sub(1, 1)
  for n, item in ipairs(items) do
    out[#out + 1] = (n > 1 and ',' or '') .. line_break(put, depth + 1)
    write_item(item)
  end
  out[#out + 1] = line_break(put, depth) .. brackets:sub(2)
end

local function write_object(out, put, object, depth)
  local names = {}
  for name in pairs(object) do names[#names + 1] = tostring(name) end
  table.sort(names)
  write_items(out, put, names, depth, '{}', function(name)
    out[#out + 1] = put('name', M.quoted(name)) .. ':' .. put('space', ' ')
    write(out, put, object[name], depth + 1)
  end)
end

local function write_array(out, put, array, depth)
  write_items(out, put, array, depth, '[]', function(item) write(out, put, item, depth + 1) end)
end

function write(out, put, value, depth)
  local kind = values.type_of(value)
  if kind == 'object' then return write_object(out, put, value, depth) end
  if kind == 'array' then return write_array(out, put, value, depth) end
  if kind == 'string' then
    out[#out + 1] = put('string', M.quoted(value))
  elseif kind == 'number' then
    out[#out + 1] = put('number', M.number(value))
  else
    out[#out + 1] = put('word', kind == 'null' and 'null' or tostring(value))
  end
end

--- A value as JSON, without a line's end after it.
---@param value any
---@return string
function M.plain(value)
  local out = {}
  write(out, bare, value, 0)
  return table.concat(out)
end

--- A value as JSON in colours, its last line ended.
---@param value any
---@return string
function M.coloured(value)
  local out = {}
  write(out, paint, value, 0)
  return table.concat(out) .. paint('space', '') .. '\n'
end

return M
