--- Splits a JMESPath expression into tokens `{ kind, value?, at }`; the last is of kind `end`.

local json = require('json')
local fail = require('util.jmespath.values').fail

-- Longest expression, in bytes.
local LENGTH_MAX = 65536

local SIGNS = {}
for sign in ('[] [? || && == != <= >= . * [ ] { } ( ) , : @ & | ! < >'):gmatch('%S+') do
  SIGNS[sign] = true
end

local function sign_at(text, at)
  local two, one = text:sub(at, at + 1), text:sub(at, at)
  return SIGNS[two] and two or SIGNS[one] and one or nil
end

--- What stands between marks, a mark after a backslash being none; and where it ends.
local function enclosed(text, at, mark)
  local from = at + 1
  while true do
    local found = text:find('[\\' .. mark .. ']', from)
    if not found then fail('syntax', 'the ' .. mark .. ' is not closed', text, at) end
    if text:sub(found, found) == mark then return text:sub(at + 1, found - 1), found end
    from = found + 2
  end
end

-- A literal that is no JSON is a string without its quotes, as in early versions of the language.
local function literal(content)
  content = content:gsub('\\`', '`'):gsub('^%s+', '')
  local is_json, value = pcall(json.decode, content)
  if is_json then return true, value end
  return pcall(json.decode, '"' .. content .. '"')
end

local READERS = {
  ['"'] = function(text, at)
    local content, stop = enclosed(text, at, '"')
    local is_json, value = pcall(json.decode, '"' .. content .. '"')
    if not is_json then fail('syntax', 'the name in quotes is no JSON string', text, at) end
    return 'quoted name', value, stop
  end,
  ["'"] = function(text, at)
    local content, stop = enclosed(text, at, "'")
    return 'literal', (content:gsub("\\'", "'")), stop
  end,
  ['`'] = function(text, at)
    local content, stop = enclosed(text, at, '`')
    local is_literal, value = literal(content)
    if not is_literal then fail('syntax', 'the literal is no JSON', text, at) end
    return 'literal', value, stop
  end,
}

local function read(text, at)
  local reader = READERS[text:sub(at, at)]
  if reader then return reader(text, at) end
  local name = text:match('^[%a_][%w_]*', at)
  if name then return 'name', name, at + #name - 1 end
  local number = text:match('^-?%d+', at)
  if number then
    local value = math.tointeger(tonumber(number))
    if not value then fail('syntax', 'the number is too large', text, at) end
    return 'number', value, at + #number - 1
  end
  local sign = sign_at(text, at)
  if sign then return sign, nil, at + #sign - 1 end
  local hint = text:sub(at, at) == '=' and 'equality is ==' or nil
  local character = text:match('^[\0-\127\194-\244][\128-\191]*', at) or '?'
  fail('syntax', ('unexpected %s'):format(character), text, at, hint)
end

---@param text string
---@return { kind: string, value: any, at: integer }[]
---@raise `jmespath.syntax`
return function(text)
  if #text > LENGTH_MAX then fail('syntax', 'the query is longer than 64 KiB', text, 1) end
  local tokens, at = {}, 1
  while true do
    at = text:find('[^ \t\r\n]', at)
    if not at then break end
    local kind, value, stop = read(text, at)
    tokens[#tokens + 1] = { kind = kind, value = value, at = at }
    at = stop + 1
  end
  tokens[#tokens + 1] = { kind = 'end', at = #text + 1 }
  return tokens
end
