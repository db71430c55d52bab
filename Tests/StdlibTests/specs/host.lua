--- Watches the calls into the host, and can cut whoever makes them off at one of them.
---
--- Every function of every module and every field and method of every handle is watched; the steps
--- of an iterator are not, since a look at the world in between would give it more to walk. A cut
--- raises at the call it is set to and at each one after it, so that no `pcall` outlives it.

local M = {}

local MODULES = {
  'vault', 'key', 'identity', 'role', 'cluster', 'secret', 'etcd', 'audit', 'clock', 'workspace',
}

local watcher
local is_busy = false

local function seen(name)
  if not watcher or is_busy then return end
  is_busy = true
  local ok, problem = pcall(watcher, name)
  is_busy = false
  if not ok then error(problem, 0) end
end

local function watched(name, body)
  return function(...)
    seen(name)
    return body(...)
  end
end

local function watch_module(name)
  local module = require(name)
  for member, value in pairs(module) do
    if type(value) == 'function' then module[member] = watched(name .. '.' .. member, value) end
  end
end

local function watch_class(class)
  local index, methods = class.__index, {}
  class.__index = function(handle, member)
    local value = index(handle, member)
    if type(value) ~= 'function' then
      seen(class.__name .. '.' .. tostring(member))
      return value
    end
    methods[member] = methods[member] or watched(class.__name .. ':' .. member, value)
    return methods[member]
  end
end

for _, name in ipairs(MODULES) do watch_module(name) end
for _, class in pairs(debug.getregistry()) do
  local is_class = type(class) == 'table' and rawget(class, '__name') and rawget(class, '__index')
  if is_class and type(class.__index) == 'function' then watch_class(class) end
end

--- Runs a function, with another told of each call into the host before it is made.
---@param before fun(name: string, number: integer)
---@param body fun()
function M.watch(before, body)
  local number = 0
  watcher = function(name)
    number = number + 1
    before(name, number)
  end
  local ok, problem = pcall(body)
  watcher = nil
  if not ok then error(problem, 0) end
end

--- Runs a function that is cut off at its n-th call into the host, before that call is made.
---@param n integer
---@param body fun()
---@return boolean was_cut
function M.cut(n, body)
  local was_cut = false
  local ok, problem = pcall(M.watch, function(_, number)
    if number < n then return end
    was_cut = true
    error({ code = 'cut', message = 'cut off' }, 0)
  end, body)
  if not ok and not was_cut then error(problem, 0) end
  return was_cut
end

return M
