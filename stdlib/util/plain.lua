--- Turns any value into plain data that JSON can hold.
---
--- A handle becomes what its `show` returns, an iterator the array of what it gives, bytes that are
--- no text `{ base64 = … }`, and a function its name in words. A table that is plain already is
--- returned as it is.
---
--- ```lua
--- print(json.encode(require('util.plain').data(vault.list{})))
--- ```

local M = {}

local DEPTH_MAX = 64

local function has_show(value)
  local ok, show = pcall(function() return value.show end)
  return ok and type(show) == 'function'
end

local convert

local function collected(iterator, depth)
  local items = {}
  for item in iterator do items[#items + 1] = convert(item, depth) end
  return items
end

local function of_userdata(value, depth)
  if value == json.null then return value end
  if getmetatable(value) == 'iterator' then return collected(value, depth + 1) end
  if has_show(value) then return convert(value:show(), depth + 1) end
  return tostring(value)
end

local function of_table(value, depth)
  local copy
  for key, member in next, value do
    local plain = convert(member, depth + 1)
    if not rawequal(plain, member) then
      copy = copy or {}
      copy[key] = plain
    end
  end
  if not copy then return value end
  for key, member in next, value do
    if copy[key] == nil then copy[key] = member end
  end
  return copy
end

function convert(value, depth)
  if depth > DEPTH_MAX then
    error({ code = 'json.invalid', message = 'a value nested too deeply, or in itself' }, 0)
  end
  local kind = type(value)
  if kind == 'table' then return of_table(value, depth) end
  if kind == 'userdata' then return of_userdata(value, depth) end
  if kind == 'function' or kind == 'thread' then return tostring(value) end
  if kind == 'string' and not utf8.len(value) then return { base64 = crypto.base64(value) } end
  return value
end

--- The value as plain data.
---@raise `json.invalid`
function M.data(value) return convert(value, 1) end

return M
