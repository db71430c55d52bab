--- JSONPath as kubectl has it: templates with ranges, filters, unions, slices and wildcards.
---
--- ```lua
--- local jsonpath = require('kubectl.jsonpath')
--- local template = jsonpath.compile('{range .items[*]}{.metadata.name}{"\\n"}{end}')
--- print(template:text(list))
--- ```
---
--- A member that is missing finds nothing, which is no error.
---
--- Source: Kubernetes documentation, "JSONPath support"; `k8s.io/client-go/util/jsonpath`.

local json = require('json')
local parse = require('kubectl.jsonpath_parse')
local values = require('util.jmespath.values')

local M = {}

local Template = {}
Template.__index = Template

local VISIT = {}

local union

--- What a path finds from one value: the value itself, taken through each of its steps.
local function find(path, value)
  local found = { value }
  for _, step in ipairs(path) do
    local after = {}
    if step.type == 'union' then
      union(step, found, after)
    else
      for _, item in ipairs(found) do VISIT[step.type](step, item, after) end
    end
    found = after
  end
  return found
end

--- What each path of a union finds in all values, one path after the other.
function union(step, found, after)
  for _, path in ipairs(step.paths) do
    for _, item in ipairs(found) do
      for _, inner in ipairs(find(path, item)) do after[#after + 1] = inner end
    end
  end
end

function VISIT.field(step, value, found)
  if values.type_of(value) ~= 'object' then return end
  local member = value[step.name]
  if member ~= nil then found[#found + 1] = member end
end

function VISIT.wildcard(_, value, found)
  local kind = values.type_of(value)
  if kind == 'object' then
    for _, name in ipairs(values.names(value)) do found[#found + 1] = value[name] end
  elseif kind == 'array' then
    for _, item in ipairs(value) do found[#found + 1] = item end
  end
end

function VISIT.text(step, _, found) found[#found + 1] = step.value end

function VISIT.recursive(step, value, found)
  found[#found + 1] = value
  local inner = {}
  VISIT.wildcard(step, value, inner)
  for _, item in ipairs(inner) do
    if type(item) == 'table' then VISIT.recursive(step, item, found) end
  end
end

local function fail(message)
  error({
    code = 'jsonpath.invalid', message = message,
    hint = 'such as {range .items[*]}{.metadata.name}{"\\n"}{end}',
  }, 0)
end

local function index(place, length)
  local from_start = place < 0 and place + length or place
  if from_start < 0 or from_start >= length then
    fail(('array index out of bounds: index %d, length %d'):format(place, length))
  end
  return from_start
end

--- The limits of a slice, as places from 0; the last does not belong to it.
local function limits(step, length)
  local from, to = step.from or 0, step.to or length
  if from < 0 then from = from + length end
  if to < 0 then to = to + length end
  return math.max(from, 0), math.min(to, length)
end

function VISIT.slice(step, value, found)
  if values.type_of(value) ~= 'array' then return end
  if step.index then
    found[#found + 1] = value[index(step.index, #value) + 1]
    return
  end
  local by = step.step or 1
  if by <= 0 then fail('step must be > 0') end
  local from, to = limits(step, #value)
  for place = from, to - 1, by do found[#found + 1] = value[place + 1] end
end

--- A comparison of order, of two numbers or two texts.
local function ordered(compare)
  return function(a, b)
    local kind = values.type_of(a)
    if kind ~= values.type_of(b) or kind ~= 'number' and kind ~= 'string' then
      fail('incompatible types for comparison')
    end
    return compare(a, b)
  end
end

local COMPARE = {
  ['=='] = values.equal, ['!='] = function(a, b) return not values.equal(a, b) end,
  ['<'] = ordered(function(a, b) return a < b end),
  ['<='] = ordered(function(a, b) return a <= b end),
  ['>'] = ordered(function(a, b) return a > b end),
  ['>='] = ordered(function(a, b) return a >= b end),
}

local function holds(step, item)
  local left = find(step.left, item)
  if not step.sign then return #left > 0 end
  local right = find(step.right, item)
  if #left == 0 or #right == 0 then return false end
  if #left > 1 or #right > 1 then fail('can only compare one element at a time') end
  return COMPARE[step.sign](left[1], right[1])
end

function VISIT.filter(step, value, found)
  local items = {}
  VISIT.wildcard(step, value, items)
  for _, item in ipairs(items) do
    if holds(step, item) then found[#found + 1] = item end
  end
end

--- A value as it is printed: texts as they are, lists and objects as JSON.
local function shown(value)
  if type(value) == 'table' then return json.encode(value) end
  if value == json.null then return '' end
  if math.type(value) == 'float' then return ('%.14g'):format(value) end
  return tostring(value)
end

local function print_nodes(nodes, value, out)
  for _, node in ipairs(nodes) do
    if node.type == 'range' then
      for _, item in ipairs(find(node.path, value)) do print_nodes(node.nodes, item, out) end
    else
      local words = {}
      for n, found in ipairs(find(node.path, value)) do words[n] = shown(found) end
      out[#out + 1] = table.concat(words, ' ')
    end
  end
end

--- Fills the template in.
---@param value any
---@return string
---@raise `jsonpath.invalid`
function Template:text(value)
  local out = {}
  print_nodes(self.nodes, value, out)
  return table.concat(out)
end

--- What the paths of a template find, one after the other; ranges are none.
---@param value any
---@return any[]
---@raise `jsonpath.invalid`
function Template:values(value)
  local found = {}
  for _, node in ipairs(self.nodes) do
    if node.path and node.type ~= 'range' then
      for _, item in ipairs(find(node.path, value)) do found[#found + 1] = item end
    end
  end
  return found
end

--- Reads a template; braces may be left out of one that is a single path.
---@param text string
---@return table template
---@raise `jsonpath.invalid`
function M.compile(text)
  return setmetatable({ nodes = parse(text, fail) }, Template)
end

return M
