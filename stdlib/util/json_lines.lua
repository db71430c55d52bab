--- Writes Lua values as JSON over lines, members sorted by name, as command lines print it.
---
--- ```lua
--- print(require('util.json_lines').text({ a = { 1 } }, 4))
--- ```

local json = require('json')
local values = require('util.jmespath.values')

local M = {}

local write

--- The members or items of a value between brackets, one a line.
local function write_all(count, signs, place, item, out)
  if count == 0 then
    out[#out + 1] = signs
    return
  end
  for n = 1, count do
    out[#out + 1] = (n == 1 and signs:sub(1, 1) or ',') .. '\n'
      .. (' '):rep(place.indent * (place.depth + 1))
    item(n, { indent = place.indent, depth = place.depth + 1 })
  end
  out[#out + 1] = '\n' .. (' '):rep(place.indent * place.depth) .. signs:sub(2)
end

function write(value, place, out)
  local kind = values.type_of(value)
  if kind == 'array' then
    write_all(#value, '[]', place, function(n, inner) write(value[n], inner, out) end, out)
  elseif kind == 'object' then
    local names = values.names(value)
    write_all(#names, '{}', place, function(n, inner)
      out[#out + 1] = json.encode(names[n]) .. ': '
      write(value[names[n]], inner, out)
    end, out)
  else
    out[#out + 1] = json.encode(value)
  end
end

--- Words a value.
---@param value any
---@param indent integer blanks a level
---@param depth? integer level it stands at, default 0
---@return string
function M.text(value, indent, depth)
  local out = {}
  write(value, { indent = indent, depth = depth or 0 }, out)
  return table.concat(out)
end

return M
