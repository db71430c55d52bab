--- Leaves secrets out of Lua that is to be kept: literals given where kmsh takes a secret, and
--- those that look like a key.

local parser = require('util.lua_parser')
local scopes = require('tools.scopes')

local M = {}

local MARK = "'‹secret›'"
--- 32 bytes in base64 have 43 digits.
local RUN_LENGTH_MIN = 43

local Collector = {}
Collector.__index = Collector

function Collector.check_index() end

local function is_key(run)
  if #run < RUN_LENGTH_MIN then return false end
  return run:find('^%x+$') or run:find('%u') and run:find('%l') and run:find('%d')
end

--- Whether a text looks like a key, a token or an account's key.
local function looks_secret(text)
  if text:find('-----BEGIN', 1, true) or text:find('AccountKey=', 1, true) then return true end
  -- A line of kubectl, unless its secrets are out already.
  for _, flag in ipairs{ '%-%-from%-literal[= ]', '%-%-docker%-password[= ]' } do
    if text:gsub(flag .. '‹secret›', ''):find(flag) then return true end
  end
  -- An address has long paths, and no key in them.
  if text:find('^https?://') or text:find('^/') then return false end
  for run in text:gmatch('[%w%+/_%-]+') do
    if is_key(run) then return true end
  end
  return text:find('^eyJ[%w_%-]+%.[%w_%-]+%.') ~= nil
end

--- Takes every literal within an expression.
function Collector:take(node)
  if node.tag == 'String' then self.found[node] = true end
  for _, field in ipairs(node.fields or {}) do self:take(field.value) end
  for _, operand in ipairs(node.operands or {}) do self:take(operand) end
  for _, argument in ipairs(node.arguments or {}) do self:take(argument) end
  if node.tag == 'Parenthesis' then self:take(node.value) end
end

function Collector:take_options(table_node, secrets)
  for _, field in ipairs(table_node.fields or {}) do
    local name = field.key and (field.key.name or field.key.value)
    if name and secrets[name] then self:take(field.value) end
  end
end

--- What each function of a name takes as secrets; of a method that of every class.
function Collector:descriptions(node)
  if node.method then
    local all = {}
    for class in pairs(self.api.classes) do
      all[#all + 1] = self.api.functions[class .. ':' .. node.method.name]
    end
    return all
  end
  local module = node.object.tag == 'Index' and scopes.module_of(self, node.object.object)
  return { module and self.api.functions[module .. '.' .. tostring(node.object.name)] or nil }
end

function Collector:check_call(node)
  for _, description in ipairs(self:descriptions(node)) do
    local first = node.arguments[1]
    if first and first.tag == 'Table' then self:take_options(first, description.secrets) end
    for index in pairs(description.secret_arguments) do
      if node.arguments[index] then self:take(node.arguments[index]) end
    end
  end
end

--- A source without its secrets. What does not load is given back as it is.
---@param source string
---@param api Api
---@return string
function M.run(source, api)
  if not load((source:gsub('^#', '--', 1))) then return source end
  local tokens = require('util.lua_lexer').tokens(source)
  local collector = setmetatable({
    api = api, found = {}, reads = {}, assigned = {}, types = {},
  }, Collector)
  scopes.walk(collector, parser.parse(source))
  local is_secret = {}
  for node in pairs(collector.found) do is_secret[node.first] = true end
  for n = #tokens, 1, -1 do
    local token = tokens[n]
    if token.kind == 'string' then
      local text = load('return ' .. token.text)()
      if is_secret[token.first] or looks_secret(text) then
        source = source:sub(1, token.first - 1) .. MARK .. source:sub(token.last + 1)
      end
    end
  end
  return source
end

return M
