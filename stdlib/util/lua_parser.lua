--- Reads Lua into a tree of statements and expressions, each with its place.
---
--- The source must load: what Lua refuses is Lua's to tell. Operators are kept as a list of what
--- they stand between, since nobody here computes.
---
--- ```lua
--- local tree = require('util.lua_parser').parse('local x = f{ a = 1 }')
--- print(tree[1].values[1].tag) --> Call
--- ```

local lexer = require('util.lua_lexer')

local M = {}

---@class LuaNode
---@field tag string statements: Local LocalFunction Assign Call Do While Repeat If For Function
---  Return Break Goto Label; expressions: Name Index Call Function Table String Constant Vararg
---  Operators Parenthesis
---@field first integer its first byte
---@field last integer its last byte
---@field line integer of its first byte

local Parser = {}
Parser.__index = Parser

local UNARY = { ['not'] = true, ['-'] = true, ['#'] = true, ['~'] = true }
local BINARY = {}
for sign in ([[+ - * / // % ^ & | ~ << >> .. < <= > >= == ~= and or]]):gmatch('%S+') do
  BINARY[sign] = true
end
local BLOCK_ENDS = { ['end'] = true, ['else'] = true, ['elseif'] = true, ['until'] = true }

function Parser:peek(ahead) return self.tokens[math.min(self.at + (ahead or 0), #self.tokens)] end

function Parser:is(text)
  local token = self:peek()
  return token.text == text and (token.kind == 'sign' or token.kind == 'keyword')
end

function Parser:next()
  local token = self:peek()
  self.at = self.at + 1
  self.last = token.last
  return token
end

function Parser:take(text)
  if not self:is(text) then return false end
  self:next()
  return true
end

function Parser:expect(text)
  if self:take(text) then return end
  local token = self:peek()
  error({
    code = 'lua.syntax', line = token.line,
    message = ("line %d: '%s' expected near '%s'"):format(token.line, text, token.text),
  }, 0)
end

--- Begins a node where the next token stands.
function Parser:begin(tag)
  local token = self:peek()
  return { tag = tag, first = token.first, line = token.line }
end

function Parser:finish(node)
  node.last = self.last
  return node
end

function Parser:name()
  local node = self:begin('Name')
  node.name = self:next().text
  return self:finish(node)
end

function Parser:list(read)
  local items = { read(self) }
  while self:take(',') do items[#items + 1] = read(self) end
  return items
end

-- Expressions

function Parser:field()
  local field = { kind = 'item' }
  if self:peek().kind == 'name' and self:peek(1).text == '=' and self:peek(1).kind == 'sign' then
    field = { kind = 'named', key = self:name() }
    self:expect('=')
  elseif self:take('[') then
    field = { kind = 'keyed', key = self:expression() }
    self:expect(']')
    self:expect('=')
  end
  field.value = self:expression()
  return field
end

function Parser:table()
  local node = self:begin('Table')
  node.fields = {}
  self:expect('{')
  while not self:is('}') do
    node.fields[#node.fields + 1] = self:field()
    if not (self:take(',') or self:take(';')) then break end
  end
  self:expect('}')
  return self:finish(node)
end

function Parser:string()
  local node = self:begin('String')
  -- Its text is a literal and nothing else.
  node.value = load('return ' .. self:next().text, '=string', 't', {})()
  return self:finish(node)
end

--- Parameters and body of a function, after its name.
function Parser:body(node)
  node.parameters = {}
  self:expect('(')
  while not self:is(')') do
    if self:take('...') then break end
    node.parameters[#node.parameters + 1] = self:name()
    if not self:take(',') then break end
  end
  self:expect(')')
  node.body = self:block()
  self:expect('end')
  return self:finish(node)
end

function Parser:arguments()
  if self:is('{') then return { self:table() } end
  if self:peek().kind == 'string' then return { self:string() } end
  self:expect('(')
  local arguments = self:is(')') and {} or self:list(self.expression)
  self:expect(')')
  return arguments
end

--- Goes on from an object to what it is indexed and called with.
function Parser:suffix(object)
  local node = { first = object.first, line = object.line, object = object }
  local token = self:peek()
  if self:take('.') then
    node.tag, node.key = 'Index', self:name()
    node.name = node.key.name
  elseif self:take('[') then
    node.tag, node.key = 'Index', self:expression()
    node.name = node.key.tag == 'String' and node.key.value or nil
    self:expect(']')
  elseif self:take(':') then
    node.tag, node.method = 'Call', self:name()
    node.arguments = self:arguments()
  elseif token.kind == 'string' or self:is('(') or self:is('{') then
    node.tag, node.arguments = 'Call', self:arguments()
  else
    return nil
  end
  return self:finish(node)
end

function Parser:suffixed()
  local node
  if self:is('(') then
    node = self:begin('Parenthesis')
    self:expect('(')
    node.value = self:expression()
    self:expect(')')
    self:finish(node)
  else
    node = self:name()
  end
  while true do
    local longer = self:suffix(node)
    if not longer then return node end
    node = longer
  end
end

local CONSTANTS = { ['nil'] = true, ['true'] = true, ['false'] = true }

function Parser:operand()
  local token = self:peek()
  if token.kind == 'string' then return self:string() end
  if token.kind == 'number' or CONSTANTS[token.text] and token.kind == 'keyword' then
    local node = self:begin('Constant')
    node.text = self:next().text
    return self:finish(node)
  end
  if self:is('...') then
    local node = self:begin('Vararg')
    self:next()
    return self:finish(node)
  end
  if self:is('{') then return self:table() end
  if self:is('function') then
    local node = self:begin('Function')
    self:next()
    return self:body(node)
  end
  return self:suffixed()
end

function Parser:expression()
  local node = self:begin('Operators')
  node.operands = {}
  repeat
    while UNARY[self:peek().text] and self:peek().kind ~= 'string' do
      self:next()
      node.is_unary = true
    end
    node.operands[#node.operands + 1] = self:operand()
    local token = self:peek()
    local goes_on = BINARY[token.text] and token.kind ~= 'string' and token.kind ~= 'name'
    if goes_on then self:next() end
  until not goes_on
  if #node.operands == 1 and not node.is_unary then return node.operands[1] end
  return self:finish(node)
end

-- Statements

local statements = {}

statements['do'] = function(self, node)
  node.tag, node.body = 'Do', self:block()
  self:expect('end')
end

statements['while'] = function(self, node)
  node.tag, node.condition = 'While', self:expression()
  self:expect('do')
  node.body = self:block()
  self:expect('end')
end

statements['repeat'] = function(self, node)
  node.tag, node.body = 'Repeat', self:block()
  self:expect('until')
  node.condition = self:expression()
end

statements['if'] = function(self, node)
  node.tag, node.clauses = 'If', {}
  repeat
    local clause = { condition = self:expression() }
    self:expect('then')
    clause.body = self:block()
    node.clauses[#node.clauses + 1] = clause
  until not self:take('elseif')
  if self:take('else') then node.otherwise = self:block() end
  self:expect('end')
end

statements['for'] = function(self, node)
  node.tag, node.names = 'For', self:list(self.name)
  if not self:take('=') then self:expect('in') end
  node.values = self:list(self.expression)
  self:expect('do')
  node.body = self:block()
  self:expect('end')
end

statements['function'] = function(self, node)
  local target = self:name()
  node.tag = 'Function'
  while self:is('.') or self:is(':') do
    local index = { tag = 'Index', first = target.first, line = target.line, object = target }
    node.is_method = self:next().text == ':'
    index.key = self:name()
    index.name = index.key.name
    target = self:finish(index)
  end
  node.target = target
  node.value = self:body(self:begin('Function'))
end

statements['local'] = function(self, node)
  if self:take('function') then
    node.tag, node.name = 'LocalFunction', self:name()
    node.value = self:body(self:begin('Function'))
    return
  end
  node.tag, node.names, node.attributes, node.values = 'Local', {}, {}, {}
  repeat
    node.names[#node.names + 1] = self:name()
    if self:take('<') then
      node.attributes[#node.names] = self:next().text
      self:expect('>')
    end
  until not self:take(',')
  if self:take('=') then node.values = self:list(self.expression) end
end

statements['return'] = function(self, node)
  node.tag, node.values = 'Return', {}
  local ends = self:is(';') or BLOCK_ENDS[self:peek().text] or self:peek().kind == 'end'
  if not ends then node.values = self:list(self.expression) end
  self:take(';')
end

statements['break'] = function(_, node) node.tag = 'Break' end

statements['goto'] = function(self, node)
  node.tag, node.label = 'Goto', self:name()
end

statements['::'] = function(self, node)
  node.tag, node.label = 'Label', self:name()
  self:expect('::')
end

--- An assignment or a call.
function Parser:plain_statement(node)
  local target = self:suffixed()
  if self:is('=') or self:is(',') then
    node.tag, node.targets = 'Assign', { target }
    while self:take(',') do node.targets[#node.targets + 1] = self:suffixed() end
    self:expect('=')
    node.values = self:list(self.expression)
  else
    node.tag, node.call = 'Call', target
  end
end

function Parser:statement()
  local token = self:peek()
  local read = token.kind ~= 'name' and token.kind ~= 'string' and statements[token.text]
  local node = self:begin('')
  if read then
    self:next()
    read(self, node)
  else
    self:plain_statement(node)
  end
  return self:finish(node)
end

function Parser:block()
  local block = {}
  while true do
    while self:take(';') do end
    local token = self:peek()
    local is_over = token.kind == 'end' or token.kind == 'keyword' and BLOCK_ENDS[token.text]
    if is_over then return block end
    block[#block + 1] = self:statement()
  end
end

--- The statements of a source that loads, and its comments.
---@param source string
---@return LuaNode[] statements
---@return LuaComment[] comments
function M.parse(source)
  local tokens, comments = lexer.tokens(source)
  local parser = setmetatable({ tokens = tokens, at = 1, last = 0 }, Parser)
  local block = parser:block()
  if parser:peek().kind ~= 'end' then parser:expect('<eof>') end
  return block, comments
end

return M
