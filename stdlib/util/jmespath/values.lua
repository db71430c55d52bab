--- The values JMESPath knows, and what it asks of them: type, truth, equality, order.

local json = require('json')

local M = { null = json.null }

-- The host's own mark of arrays, by which an empty one is told from an empty object.
local ARRAY = getmetatable(json.decode('[]'))

--- An expression that a function is given, to be applied by it.
local Reference = {}

-- Names of the members of objects that an expression wrote out, in its order.
local WRITTEN = setmetatable({}, { __mode = 'k' })

--- An empty array; JSON writes it as one.
---@return table
function M.array() return setmetatable({}, ARRAY) end

--- Notes in what order an expression wrote the members of an object.
---@param object table
---@param names string[]
---@return table object
function M.written(object, names)
  WRITTEN[object] = names
  return object
end

---@param tree table
---@return table reference
function M.reference(tree) return setmetatable({ tree = tree }, Reference) end

local TYPES = { ['nil'] = 'null', boolean = 'boolean', number = 'number', string = 'string' }

--- The type of a value in the words of the language; `expression` for a reference.
---@param value any
---@return string
function M.type_of(value)
  if value == M.null then return 'null' end
  if type(value) ~= 'table' then return TYPES[type(value)] or 'host object' end
  local meta = getmetatable(value)
  if meta == Reference then return 'expression' end
  return (meta == ARRAY or rawget(value, 1) ~= nil) and 'array' or 'object'
end

--- The names of an object's members: as written by an expression, else by their bytes.
---@param object table
---@return string[]
function M.names(object)
  if WRITTEN[object] then return WRITTEN[object] end
  local names = {}
  for name in pairs(object) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- Whether a value counts as true: all but null, false and what is empty.
---@param value any
---@return boolean
function M.is_true(value)
  if value == nil or value == M.null or value == false or value == '' then return false end
  return type(value) ~= 'table' or getmetatable(value) == Reference or next(value) ~= nil
end

local function same_members(left, right)
  for key in pairs(right) do
    if left[key] == nil then return false end
  end
  for key, value in pairs(left) do
    if not M.equal(value, right[key]) then return false end
  end
  return true
end

--- Whether two values are the same, members and all.
---@param left any
---@param right any
---@return boolean
function M.equal(left, right)
  if left == right then return true end
  local kind = M.type_of(left)
  return kind == M.type_of(right) and (kind == 'array' or kind == 'object')
    and same_members(left, right)
end

--- The items in the order of a key for each; items of equal keys keep their order.
---@param items any[]
---@param keys (number|string)[] by item's place
---@return any[]
function M.sorted(items, keys)
  local order, sorted = {}, M.array()
  for n = 1, #items do order[n] = n end
  table.sort(order, function(a, b)
    if keys[a] == keys[b] then return a < b end
    return keys[a] < keys[b]
  end)
  for n, place in ipairs(order) do sorted[n] = items[place] end
  return sorted
end

--- Raises an error about a place in an expression.
---@param code string
---@param message string
---@param expression string
---@param at integer byte, counted from 1
---@param hint? string
function M.fail(code, message, expression, at, hint)
  local position = utf8.len(expression:sub(1, at - 1)) or at - 1
  error({
    code = 'jmespath.' .. code, hint = hint, position = position + 1,
    message = ('%s, at character %d of the query'):format(message, position + 1),
  }, 0)
end

return M
