--- Tables with a head, dashes below it, and two blanks between columns.

local json_text, values = require('az.cli.json_text'), require('util.jmespath.values')

local M = {}

local MISSING = {}
-- Members that say little in a table.
local SKIPPED = { id = true, type = true, etag = true }

local worded

-- How Python words the values of each type within a list.
local WORDS = {
  null = function() return 'None' end,
  boolean = function(value) return value and 'True' or 'False' end,
  number = json_text.number,
  string = function(value)
    local mark = value:find("'", 1, true) and not value:find('"', 1, true) and '"' or "'"
    local inner = value:gsub('\\', '\\\\'):gsub('\n', '\\n'):gsub('\r', '\\r'):gsub('\t', '\\t')
    return mark .. (mark == "'" and inner:gsub("'", "\\'") or inner) .. mark
  end,
  array = function(value)
    local parts = {}
    for n, item in ipairs(value) do parts[n] = worded(item) end
    return '[' .. table.concat(parts, ', ') .. ']'
  end,
  object = function(value)
    local parts = {}
    for n, name in ipairs(values.names(value)) do
      parts[n] = worded(name) .. ': ' .. worded(value[name])
    end
    return '{' .. table.concat(parts, ', ') .. '}'
  end,
}

function worded(value) return WORDS[values.type_of(value)](value) end

local function cell(value)
  if value == nil or value == values.null then return '' end
  return type(value) == 'string' and value or worded(value)
end

local function headed(name) return name:sub(1, 1):upper() .. name:sub(2) end

--- The cells of an item, each with its head: of an object the plain members, of a list its items.
local function row(item)
  local kind = values.type_of(item)
  if kind == 'array' then
    local cells = {}
    for n, value in ipairs(item) do cells[n] = { 'Column' .. n, cell(value) } end
    return cells
  end
  if kind ~= 'object' then return { { 'Result', cell(item) } } end
  local cells = {}
  for _, name in ipairs(values.names(item)) do
    local inner = values.type_of(item[name])
    if not SKIPPED[name] and inner ~= 'null' and inner ~= 'array' and inner ~= 'object' then
      cells[#cells + 1] = { headed(name), cell(item[name]) }
    end
  end
  return cells
end

local function width(text) return utf8.len(text) or #text end

local function trimmed(text) return (text:gsub('^%s+', ''):gsub('%s+$', '')) end

--- Columns in the order in which their heads first come, each with its cells.
local function columns_of(items)
  local columns, by_head = {}, {}
  for n, item in ipairs(items) do
    for _, pair in ipairs(row(item)) do
      local column = by_head[pair[1]]
      if not column then
        column = { head = pair[1], width = width(pair[1]) + 2 }
        by_head[pair[1]], columns[#columns + 1] = column, column
      end
      local lines = {}
      for text in (trimmed(pair[2]) .. '\n'):gmatch('(.-)\r?\n') do
        lines[#lines + 1] = text
        column.width = math.max(column.width, width(text))
      end
      column[n] = lines
    end
  end
  return columns
end

local function line(columns, text_of)
  local cells = {}
  for n, column in ipairs(columns) do
    local text = text_of(column)
    cells[n] = text .. (' '):rep(column.width - width(text))
  end
  return (table.concat(cells, '  '):gsub('%s+$', '')) .. '\n'
end

local function lines_of(columns, n)
  local count = 1
  for _, column in ipairs(columns) do count = math.max(count, #(column[n] or MISSING)) end
  local lines = {}
  for place = 1, count do
    lines[place] = line(columns, function(column) return (column[n] or MISSING)[place] or '' end)
  end
  return table.concat(lines)
end

--- A value as a table: the columns a command chooses, or all plain members.
---@param value any
---@param how { is_query?: boolean, transform?: fun(value: any): any }
---@return string
function M.text(value, how)
  if how.transform and not how.is_query then value = how.transform(value) end
  local items = values.type_of(value) == 'array' and value or { value }
  if #items == 0 then return '\n' end
  local columns = columns_of(items)
  if #columns == 0 then return '\n' end
  local lines = { line(columns, function(column) return column.head end) }
  lines[2] = line(columns, function(column) return ('-'):rep(column.width) end)
  for n = 1, #items do lines[#lines + 1] = lines_of(columns, n) end
  return table.concat(lines)
end

return M
