--- Applies the tree of a JMESPath expression to a value.

local call = require('util.jmespath.functions')
local values = require('util.jmespath.values')

local NULL = values.null
local type_of = values.type_of

local VISIT = {}

local function visit(node, value, text)
  return VISIT[node.type](node, value, text)
end

function VISIT.current(_, value) return value end

function VISIT.literal(node) return node.value end

function VISIT.field(node, value)
  if type_of(value) ~= 'object' then return NULL end
  local member = rawget(value, node.name)
  return member == nil and NULL or member
end

function VISIT.pipe(node, value, text)
  return visit(node.second, visit(node.first, value, text), text)
end

function VISIT.index(node, value)
  if type_of(value) ~= 'array' then return NULL end
  local place = node.index < 0 and node.index + #value or node.index
  local item = value[place + 1]
  return item == nil and NULL or item
end

--- A place within bounds, from the end when below zero.
local function bound(place, length, low, high)
  if place < 0 then place = place + length end
  return math.max(low, math.min(place, high))
end

function VISIT.slice(node, value, text)
  if type_of(value) ~= 'array' then return NULL end
  local step = node.step or 1
  if step == 0 then
    values.fail('invalid_value', 'the step of a slice is not 0', text, node.at)
  end
  local length, found = #value, values.array()
  local first, last, low, high = 0, length, 0, length
  if step < 0 then first, last, low, high = length - 1, -1, -1, length - 1 end
  if node.from then first = bound(node.from, length, low, high) end
  if node.to then last = bound(node.to, length, low, high) end
  for place = first, step < 0 and last + 1 or last - 1, step do
    found[#found + 1] = value[place + 1]
  end
  return found
end

function VISIT.flatten(node, value, text)
  local base = visit(node.first, value, text)
  if type_of(base) ~= 'array' then return NULL end
  local found = values.array()
  for _, item in ipairs(base) do
    if type_of(item) == 'array' then
      for _, inner in ipairs(item) do found[#found + 1] = inner end
    else
      found[#found + 1] = item
    end
  end
  return found
end

--- What an expression finds in each item, without nulls.
local function project(node, items, text)
  local found = values.array()
  for _, item in ipairs(items) do
    local result = visit(node, item, text)
    if result ~= NULL and result ~= nil then found[#found + 1] = result end
  end
  return found
end

function VISIT.projection(node, value, text)
  local base = visit(node.first, value, text)
  return type_of(base) == 'array' and project(node.second, base, text) or NULL
end

function VISIT.values(node, value, text)
  local base, items = visit(node.first, value, text), {}
  if type_of(base) ~= 'object' then return NULL end
  for n, name in ipairs(values.names(base)) do items[n] = base[name] end
  return project(node.second, items, text)
end

function VISIT.filter(node, value, text)
  local base, items = visit(node.first, value, text), {}
  if type_of(base) ~= 'array' then return NULL end
  for _, item in ipairs(base) do
    if values.is_true(visit(node.condition, item, text)) then items[#items + 1] = item end
  end
  return project(node.second, items, text)
end

VISIT['or'] = function(node, value, text)
  local first = visit(node.first, value, text)
  return values.is_true(first) and first or visit(node.second, value, text)
end

VISIT['and'] = function(node, value, text)
  local first = visit(node.first, value, text)
  if not values.is_true(first) then return first end
  return visit(node.second, value, text)
end

VISIT['not'] = function(node, value, text)
  return not values.is_true(visit(node.first, value, text))
end

local COMPARE = {
  ['<'] = function(a, b) return a < b end, ['<='] = function(a, b) return a <= b end,
  ['>'] = function(a, b) return a > b end, ['>='] = function(a, b) return a >= b end,
}

function VISIT.compare(node, value, text)
  local first, second = visit(node.first, value, text), visit(node.second, value, text)
  if node.sign == '==' then return values.equal(first, second) end
  if node.sign == '!=' then return not values.equal(first, second) end
  local kind = type_of(first)
  if kind ~= type_of(second) or kind ~= 'number' and kind ~= 'string' then return NULL end
  return COMPARE[node.sign](first, second)
end

function VISIT.list(node, value, text)
  if value == NULL or value == nil then return NULL end
  local found = values.array()
  for n, item in ipairs(node.items) do found[n] = visit(item, value, text) end
  return found
end

function VISIT.hash(node, value, text)
  if value == NULL or value == nil then return NULL end
  local names, found = {}, {}
  for _, item in ipairs(node.items) do
    if found[item.name] == nil then names[#names + 1] = item.name end
    found[item.name] = visit(item.value, value, text)
  end
  return values.written(found, names)
end

function VISIT.reference(node) return values.reference(node.tree) end

function VISIT.call(node, value, text)
  local arguments = {}
  for n, argument in ipairs(node.arguments) do arguments[n] = visit(argument, value, text) end
  return call(node.name, arguments, {
    apply = function(reference, item) return visit(reference.tree, item, text) end,
    fail = function(code, message, hint) values.fail(code, message, text, node.at, hint) end,
  })
end

---@param text string the expression, for errors
---@param tree table
---@param value any
---@return any found
return function(text, tree, value)
  if value == nil then value = NULL end
  local found = visit(tree, value, text)
  if found == nil then return NULL end
  return found
end
