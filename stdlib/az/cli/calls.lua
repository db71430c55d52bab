--- Lua calls as data: they can be made, and shown before they are made.
---
--- ```lua
--- local call = calls.to('vault.get', 'MyKeyVault'):to('update', { bypass = 'None' }):to('show')
--- print(call)  --> vault.get('MyKeyVault'):update{ bypass = 'None' }:show()
--- local shown = call:make()
--- ```

local M = {}

---@class az.Call
---@field name string `module.function`, or a method of what `on` returns
---@field arguments any[]
---@field on? az.Call
---@field is_each? boolean it is made on each item of a list
local Call = {}
Call.__index = Call

local function new(on, name, ...)
  return setmetatable({ on = on, name = name, arguments = table.pack(...) }, Call)
end

--- A call of a function of a module; arguments may be calls themselves.
---@param name string such as `vault.get`
---@param ... any
---@return az.Call
function M.to(name, ...) return new(nil, name, ...) end

--- A call of a method of what this one returns.
---@param name string
---@param ... any
---@return az.Call
function Call:to(name, ...) return new(self, name, ...) end

--- A call of a method of each item of the list that this one returns.
---@param name string
---@param ... any
---@return az.Call
function Call:each(name, ...)
  local made = new(self, name, ...)
  made.is_each = true
  return made
end

local function is_call(value) return getmetatable(value) == Call end

local function made(value) return is_call(value) and value:make() or value end

local function arguments_of(call)
  local values = { n = call.arguments.n }
  for n = 1, call.arguments.n do
    local argument = call.arguments[n]
    if type(argument) == 'table' and not is_call(argument) then
      local copy = {}
      for name, value in pairs(argument) do copy[name] = made(value) end
      argument = copy
    end
    values[n] = made(argument)
  end
  return table.unpack(values, 1, values.n)
end

--- Makes the call, and those it rests on.
---@return any
function Call:make()
  if not self.on then
    local module, name = self.name:match('^(.-)%.([^.]+)$')
    return require(module)[name](arguments_of(self))
  end
  local target = self.on:make()
  if not self.is_each then return target[self.name](target, arguments_of(self)) end
  local results = {}
  for n, item in ipairs(target) do results[n] = item[self.name](item, arguments_of(self)) end
  return results
end

-- Options that say what a call is about come first.
local FIRST = { name = 1, id = 2, vault_name = 3, resource_group = 4, location = 5 }

local function by_place(a, b)
  local first, second = FIRST[a] or 9, FIRST[b] or 9
  if first ~= second then return first < second end
  return tostring(a) < tostring(b)
end

local literal

local function table_text(value)
  local parts = {}
  for n, item in ipairs(value) do parts[n] = literal(item) end
  local names = {}
  for name in pairs(value) do
    if math.type(name) ~= 'integer' then names[#names + 1] = name end
  end
  table.sort(names, by_place)
  for _, name in ipairs(names) do
    local key = name:find('^[%a_][%w_]*$') and name or ('[%q]'):format(name)
    parts[#parts + 1] = ('%s = %s'):format(key, literal(value[name]))
  end
  return #parts == 0 and '{}' or '{ ' .. table.concat(parts, ', ') .. ' }'
end

function literal(value)
  if is_call(value) then return tostring(value) end
  if type(value) == 'table' then return table_text(value) end
  if type(value) ~= 'string' then return tostring(value) end
  local quoted = ('%q'):format(value):gsub('\\\n', '\\n')
  if value:find("['\\%c]") then return quoted end
  return "'" .. value .. "'"
end

local function arguments_text(call)
  local given = call.arguments
  if given.n == 1 and type(given[1]) == 'table' and not is_call(given[1]) then
    return table_text(given[1])
  end
  local parts = {}
  for n = 1, given.n do parts[n] = literal(given[n]) end
  return '(' .. table.concat(parts, ', ') .. ')'
end

--- The call as it would be typed.
function Call:__tostring()
  if not self.on then return self.name .. arguments_text(self) end
  local method = ':' .. self.name .. arguments_text(self)
  if not self.is_each then return tostring(self.on) .. method end
  return ('for _, item in ipairs(%s) do print(item%s) end'):format(tostring(self.on), method)
end

return M
