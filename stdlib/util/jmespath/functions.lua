--- The functions of JMESPath: what each takes, and what it does.

local json = require('json')
local values = require('util.jmespath.values')

local NULL = values.null
local type_of = values.type_of

local function array_of(items)
  local array = values.array()
  for n, item in ipairs(items) do array[n] = item end
  return array
end

local function backwards(items)
  local found = values.array()
  for n = #items, 1, -1 do found[#found + 1] = items[n] end
  return found
end

--- The characters of a text; its bytes when they are no UTF-8.
local function characters(text)
  local found = {}
  for character in text:gmatch(utf8.len(text) and utf8.charpattern or '.') do
    found[#found + 1] = character
  end
  return found
end

--- The sum of numbers; a float where integers do not reach.
local function total(items)
  local exact, rough = 0, 0.0
  for _, item in ipairs(items) do exact, rough = exact + item, rough + item end
  return math.abs(rough) < 2 ^ 62 and exact or rough
end

--- What a reference finds in each item: all numbers or all strings.
local function keys_of(host, items, reference)
  local keys, kind = {}, 'number or string'
  for n, item in ipairs(items) do
    keys[n] = host.apply(reference, item)
    local found = type_of(keys[n])
    if n > 1 and found ~= kind or found ~= 'number' and found ~= 'string' then
      host.fail('invalid_type', ('the expression finds a value of type %s in item %d, wanted %s')
        :format(found, n, kind))
    end
    kind = found
  end
  return keys
end

--- The first item with the key that no other comes before.
local function foremost(items, keys, is_before)
  local best = 1
  for n = 2, #items do
    if is_before(keys[n], keys[best]) then best = n end
  end
  return items[best] == nil and NULL or items[best]
end

local function is_larger(a, b) return a > b end
local function is_smaller(a, b) return a < b end

local function contains(_, subject, wanted)
  if type(subject) == 'string' then
    return type(wanted) == 'string' and subject:find(wanted, 1, true) ~= nil
  end
  for _, item in ipairs(subject) do
    if values.equal(item, wanted) then return true end
  end
  return false
end

local function number_of(_, value)
  if type(value) == 'number' then return value end
  local text = type(value) == 'string' and value:match('^%-?%d[%d.eE+-]*$')
  if not text then return NULL end
  local is_json, number = pcall(json.decode, text)
  return is_json and number or NULL
end

local function length(_, subject)
  local kind = type_of(subject)
  if kind == 'string' then return utf8.len(subject) or #subject end
  return kind == 'array' and #subject or #values.names(subject)
end

--- Functions by name: the types that each parameter may have, then what it does. `[number]` is an
--- array of numbers; of a function with `repeats` the last parameter may come again.
local FUNCTIONS = {
  abs = { 'number', run = function(_, number)
    return number == math.mininteger and -(number + 0.0) or math.abs(number)
  end },
  avg = { '[number]', run = function(_, items)
    return #items > 0 and total(items) / #items or NULL
  end },
  ceil = { 'number', run = function(_, number) return math.ceil(number) end },
  contains = { 'array string', 'any', run = contains },
  ends_with = { 'string', 'string', run = function(_, text, ending)
    return ending == '' or text:sub(-#ending) == ending
  end },
  floor = { 'number', run = function(_, number) return math.floor(number) end },
  join = { 'string', '[string]', run = function(_, glue, items)
    return table.concat(items, glue)
  end },
  keys = { 'object', run = function(_, object) return array_of(values.names(object)) end },
  length = { 'string array object', run = length },
  map = { 'expression', 'array', run = function(host, reference, items)
    local found = values.array()
    for n, item in ipairs(items) do found[n] = host.apply(reference, item) end
    return found
  end },
  max = { '[number] [string]', run = function(_, items)
    return foremost(items, items, is_larger)
  end },
  max_by = { 'array', 'expression', run = function(host, items, reference)
    return foremost(items, keys_of(host, items, reference), is_larger)
  end },
  merge = { 'object', repeats = true, run = function(_, ...)
    local object = {}
    for _, part in ipairs{ ... } do
      for name, member in pairs(part) do object[name] = member end
    end
    return object
  end },
  min = { '[number] [string]', run = function(_, items)
    return foremost(items, items, is_smaller)
  end },
  min_by = { 'array', 'expression', run = function(host, items, reference)
    return foremost(items, keys_of(host, items, reference), is_smaller)
  end },
  not_null = { 'any', repeats = true, run = function(_, ...)
    for _, value in ipairs{ ... } do
      if value ~= NULL then return value end
    end
    return NULL
  end },
  reverse = { 'string array', run = function(_, subject)
    if type(subject) == 'table' then return backwards(subject) end
    return table.concat(backwards(characters(subject)))
  end },
  sort = { '[number] [string]', run = function(_, items) return values.sorted(items, items) end },
  sort_by = { 'array', 'expression', run = function(host, items, reference)
    return values.sorted(items, keys_of(host, items, reference))
  end },
  starts_with = { 'string', 'string', run = function(_, text, beginning)
    return text:sub(1, #beginning) == beginning
  end },
  sum = { '[number]', run = function(_, items) return total(items) end },
  to_array = { 'any', run = function(_, value)
    return type_of(value) == 'array' and value or array_of{ value }
  end },
  to_number = { 'any', run = number_of },
  to_string = { 'any', run = function(_, value)
    return type(value) == 'string' and value or json.encode(value)
  end },
  type = { 'any', run = function(_, value) return type_of(value) end },
  values = { 'object', run = function(_, object)
    local found = values.array()
    for n, name in ipairs(values.names(object)) do found[n] = object[name] end
    return found
  end },
}

local function is_array_of(value, kind)
  if type_of(value) ~= 'array' then return false end
  for _, item in ipairs(value) do
    if type_of(item) ~= kind then return false end
  end
  return true
end

--- Whether a value is of one of the types that a parameter may have.
local function fits(value, kinds)
  local found = type_of(value)
  for kind in kinds:gmatch('%S+') do
    local inner = kind:match('^%[(.*)%]$')
    if kind == found or kind == 'any' and found ~= 'expression' then return true end
    if inner and is_array_of(value, inner) then return true end
  end
  return false
end

local function check_arity(host, name, rule, count)
  if count == #rule or rule.repeats and count > #rule then return end
  host.fail('invalid_arity', ('%s() takes %s%d argument%s, got %d'):format(
    name, rule.repeats and 'at least ' or '', #rule, #rule == 1 and '' or 's', count))
end

local function hint()
  local names = {}
  for name in pairs(FUNCTIONS) do names[#names + 1] = name end
  table.sort(names)
  return 'the functions are ' .. table.concat(names, ', ')
end

--- Calls a function by its name.
---@param name string
---@param arguments any[]
---@param host { apply: fun(reference, item): any; fail: fun(code, message, hint?) }
---@return any found
return function(name, arguments, host)
  local rule = FUNCTIONS[name]
  if not rule then
    host.fail('unknown_function', ('there is no function %s()'):format(name), hint())
  end
  check_arity(host, name, rule, #arguments)
  for n, argument in ipairs(arguments) do
    local kinds = rule[math.min(n, #rule)]
    if not fits(argument, kinds) then
      host.fail('invalid_type', ('argument %d of %s() is of type %s, wanted %s'):format(
        n, name, type_of(argument), (kinds:gsub(' ', ' or '))))
    end
  end
  return rule.run(host, table.unpack(arguments))
end
