--- Reads a JMESPath expression into a tree of `{ type, … }`, by the binding power of its signs.
---
--- `first` and `second` are the parts of a node that holds two; `at` is where it stands. A node of
--- type `current` stands for the value itself.

local lex = require('util.jmespath.lex')
local fail = require('util.jmespath.values').fail

-- Expressions within expressions at most.
local DEPTH_MAX = 200

-- How strongly a sign binds what is left of it; what is not named ends an expression.
local POWER = {
  ['|'] = 1, ['||'] = 2, ['&&'] = 3, ['=='] = 5, ['!='] = 5, ['<'] = 5, ['<='] = 5, ['>'] = 5,
  ['>='] = 5, ['[]'] = 9, ['*'] = 20, ['[?'] = 21, ['.'] = 40, ['!'] = 45, ['{'] = 50,
  ['['] = 55, ['('] = 60,
}
-- What binds less than this ends a projection.
local PROJECTION_END = 10

local CURRENT = { type = 'current' }

local Parser = {}
Parser.__index = Parser

function Parser:kind(ahead) return (self.tokens[self.place + (ahead or 0)] or {}).kind end

function Parser:next()
  local token = self.tokens[self.place]
  self.place = self.place + 1
  return token
end

function Parser:refuse(token, wanted)
  local shown = token.kind == 'end' and 'the query ends' or 'unexpected ' .. token.kind
  fail('syntax', wanted and ('%s, %s is wanted'):format(shown, wanted) or shown,
    self.text, token.at)
end

function Parser:take(kind)
  local token = self:next()
  if token.kind ~= kind then self:refuse(token, kind) end
  return token
end

function Parser:takes(kind)
  if self:kind() ~= kind then return false end
  self.place = self.place + 1
  return true
end

--- Items up to a closing sign, with commas between them.
function Parser:items(closing, read)
  local items = {}
  repeat items[#items + 1] = read(self) until not self:takes(',')
  self:take(closing)
  return items
end

function Parser:list()
  return { type = 'list', items = self:items(']', self.expression) }
end

local function pair(self)
  local token = self:next()
  if token.kind ~= 'name' and token.kind ~= 'quoted name' then self:refuse(token, 'a name') end
  self:take(':')
  return { name = token.value, value = self:expression() }
end

function Parser:hash() return { type = 'hash', items = self:items('}', pair) } end

--- What follows a dot.
function Parser:member(power)
  if self:takes('[') then return self:list() end
  if self:takes('{') then return self:hash() end
  local kind = self:kind()
  if kind ~= 'name' and kind ~= 'quoted name' and kind ~= '*' then
    self:refuse(self:next(), 'a name')
  end
  return self:expression(power)
end

--- What is done to each item of a projection.
function Parser:projected(power)
  local kind = self:kind()
  if (POWER[kind] or 0) < PROJECTION_END then return CURRENT end
  if kind == '[' or kind == '[?' then return self:expression(power) end
  if self:takes('.') then return self:member(power) end
  self:refuse(self:next())
end

--- An index or a slice of `first`, after its bracket.
function Parser:index(first)
  local at = self.tokens[self.place].at
  local parts, colons = {}, 0
  while not self:takes(']') do
    if self:takes(':') then
      colons = colons + 1
      if colons > 2 then self:refuse(self.tokens[self.place - 1]) end
    else
      if parts[colons + 1] then self:refuse(self:next(), ']') end
      parts[colons + 1] = self:take('number').value
    end
  end
  if colons == 0 then
    return { type = 'pipe', first = first, second = { type = 'index', index = parts[1] } }
  end
  local slice = { type = 'slice', at = at, from = parts[1], to = parts[2], step = parts[3] }
  return {
    type = 'projection', first = { type = 'pipe', first = first, second = slice },
    second = self:projected(POWER['*']),
  }
end

function Parser:filter(first)
  local condition = self:expression()
  self:take(']')
  local second = self:kind() == '[]' and CURRENT or self:projected(POWER['[?'])
  return { type = 'filter', first = first, condition = condition, second = second }
end

function Parser:flatten(first)
  return {
    type = 'projection', first = { type = 'flatten', first = first },
    second = self:projected(POWER['[]']),
  }
end

--- What a bracket after `first` asks for; nil for a list of expressions.
function Parser:bracket(first)
  local kind = self:kind()
  if kind == 'number' or kind == ':' then return self:index(first) end
  if kind == '*' and self:kind(1) == ']' then
    self.place = self.place + 2
    return { type = 'projection', first = first, second = self:projected(POWER['*']) }
  end
end

local function argument(self)
  if self:takes('&') then return { type = 'reference', tree = self:expression() } end
  return self:expression()
end

--- What an expression may begin with.
local BEGIN = {
  name = function(_, token) return { type = 'field', name = token.value, at = token.at } end,
  ['quoted name'] = function(self, token)
    if self:kind() == '(' then self:refuse(self:next()) end
    return { type = 'field', name = token.value }
  end,
  literal = function(_, token) return { type = 'literal', value = token.value } end,
  ['@'] = function() return { type = 'current' } end,
  ['*'] = function(self)
    return { type = 'values', first = CURRENT, second = self:projected(POWER['*']) }
  end,
  ['[?'] = function(self) return self:filter(CURRENT) end,
  ['[]'] = function(self) return self:flatten(CURRENT) end,
  ['['] = function(self) return self:bracket(CURRENT) or self:list() end,
  ['{'] = function(self) return self:hash() end,
  ['('] = function(self)
    local inner = self:expression()
    self:take(')')
    return { type = 'pipe', first = CURRENT, second = inner }
  end,
  ['!'] = function(self) return { type = 'not', first = self:expression(POWER['!']) } end,
}

--- What may follow `first`.
local CONTINUE = {
  ['.'] = function(self, first)
    if self:takes('*') then
      return { type = 'values', first = first, second = self:projected(POWER['*']) }
    end
    return { type = 'pipe', first = first, second = self:member(POWER['.']) }
  end,
  ['|'] = function(self, first)
    return { type = 'pipe', first = first, second = self:expression(POWER['|']) }
  end,
  ['[?'] = Parser.filter,
  ['[]'] = Parser.flatten,
  ['['] = function(self, first)
    return self:bracket(first) or self:refuse(self:next(), 'a number, : or *')
  end,
  ['('] = function(self, first)
    if first.type ~= 'field' or not first.at then
      self:refuse(self.tokens[self.place - 1])
    end
    local arguments = self:takes(')') and {} or self:items(')', argument)
    return { type = 'call', name = first.name, arguments = arguments, at = first.at }
  end,
}
for sign, power in pairs(POWER) do
  if power == POWER['=='] then
    CONTINUE[sign] = function(self, first)
      return { type = 'compare', sign = sign, first = first, second = self:expression(power) }
    end
  end
end
for sign, name in pairs{ ['||'] = 'or', ['&&'] = 'and' } do
  CONTINUE[sign] = function(self, first)
    return { type = name, first = first, second = self:expression(POWER[sign]) }
  end
end

--- Reads as far as signs bind more strongly than `power`.
---@param power? integer
---@return table tree
function Parser:expression(power)
  self.depth = self.depth + 1
  local token = self:next()
  if self.depth > DEPTH_MAX then
    fail('syntax', 'the query is nested deeper than 200 expressions', self.text, token.at)
  end
  local begin = BEGIN[token.kind]
  if not begin then self:refuse(token) end
  local tree = begin(self, token)
  while (POWER[self:kind()] or 0) > (power or 0) do
    local sign = self:next()
    local continue = CONTINUE[sign.kind]
    if not continue then self:refuse(sign) end
    tree = continue(self, tree)
  end
  self.depth = self.depth - 1
  return tree
end

---@param text string
---@return table tree
---@raise `jmespath.syntax`
return function(text)
  local parser = setmetatable({ text = text, tokens = lex(text), place = 1, depth = 0 }, Parser)
  local tree = parser:expression()
  if parser:kind() ~= 'end' then parser:refuse(parser:next()) end
  return tree
end
