--- Values between tabs, one line an item, as scripts read them.

local json_text, values = require('az.cli.json_text'), require('util.jmespath.values')

local M = {}

--- A value within a line: what is no text in Python's words, of a list how long it is.
local function cell(value)
  local kind = values.type_of(value)
  if kind == 'array' then return tostring(#value) end
  if kind == 'object' then return '' end
  if kind == 'null' then return 'None' end
  if kind == 'boolean' then return value and 'True' or 'False' end
  return kind == 'number' and json_text.number(value) or value
end

local function line(value)
  local kind = values.type_of(value)
  if kind == 'boolean' then return tostring(value) end
  local cells = {}
  if kind == 'array' then
    for n, item in ipairs(value) do cells[n] = cell(item) end
  elseif kind == 'object' then
    for n, name in ipairs(values.names(value)) do cells[n] = cell(value[name]) end
  else
    return cell(value)
  end
  return table.concat(cells, '\t')
end

--- A value as lines.
---@param value any
---@return string
function M.text(value)
  local items = values.type_of(value) == 'array' and value or { value }
  local lines = {}
  for n, item in ipairs(items) do lines[n] = line(item) .. '\n' end
  return table.concat(lines)
end

return M
