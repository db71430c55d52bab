--- Cuts Lua into tokens, with the place of each, and keeps the comments apart.
---
--- ```lua
--- local tokens = require('util.lua_lexer').tokens('x = 1 -- one')
--- print(tokens[1].kind) --> name
--- ```

local M = {}

---@class LuaToken
---@field kind 'name'|'keyword'|'string'|'number'|'sign'|'end'
---@field text string as it stands in the source
---@field first integer its first byte, from 1
---@field last integer its last byte
---@field line integer from 1

---@class LuaComment
---@field text string with its dashes
---@field first integer
---@field last integer
---@field line integer

local KEYWORDS = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat
  return then true until while]]):gmatch('%a+') do KEYWORDS[word] = true end

local SIGNS = {
  '...', '<<', '>>', '//', '==', '~=', '<=', '>=', '::', '..', '+', '-', '*', '/', '%', '^', '#',
  '&', '~', '|', '<', '>', '=', '(', ')', '{', '}', '[', ']', ';', ':', ',', '.',
}

--- Where a long bracket that opens at a place ends; nil when none opens there.
local function long_end(source, first)
  local level = source:match('^%[(=*)%[', first)
  if not level then return nil end
  local _, last = source:find(']' .. level .. ']', first, true)
  return last or #source
end

local function short_string_end(source, first)
  local quote, at = source:sub(first, first), first + 1
  while at <= #source do
    local c = source:sub(at, at)
    if c == quote then return at end
    -- After \z and a line's end the string goes on, and neither is a quote.
    at = at + (c == '\\' and 2 or 1)
  end
  return #source
end

local function number_end(source, first)
  local pattern = source:find('^0[xX]', first) and '^0[xX][%x%.]*[pP]?' or '^[%d%.]*[eE]?'
  local _, last = source:find(pattern, first)
  if source:find('^[eEpP][+-]', last) then last = last + 1 end
  local _, more = source:find('^[%w%.]*', last + 1)
  return more
end

local function sign_at(source, first)
  for _, sign in ipairs(SIGNS) do
    if source:sub(first, first + #sign - 1) == sign then return first + #sign - 1 end
  end
  return first
end

--- The kind of token that begins at a place, and where it ends.
local function token_at(source, first)
  local _, last = source:find('^[%a_][%w_]*', first)
  if last then return KEYWORDS[source:sub(first, last)] and 'keyword' or 'name', last end
  if source:find('^["\']', first) then return 'string', short_string_end(source, first) end
  last = long_end(source, first)
  if last then return 'string', last end
  if source:find('^%.?%d', first) then return 'number', number_end(source, first) end
  return 'sign', sign_at(source, first)
end

local function comment_end(source, first)
  local long = long_end(source, first + 2)
  return long or (source:find('\n', first, true) or #source + 1) - 1
end

--- The tokens of a source, the last of kind `end`, and its comments.
---
--- What is no Lua is cut up all the same: whoever wants to know loads it.
---@param source string
---@return LuaToken[] tokens
---@return LuaComment[] comments
function M.tokens(source)
  local tokens, comments = {}, {}
  local at, line = 1, 1
  local function add(list, kind, last)
    local text = source:sub(at, last)
    list[#list + 1] = { kind = kind, text = text, first = at, last = last, line = line }
    line = line + select(2, text:gsub('\n', ''))
    at = last + 1
  end
  if source:find('^#') then add(comments, 'comment', #source:match('^[^\n]*')) end
  while true do
    local blank = source:match('^%s*', at)
    line = line + select(2, blank:gsub('\n', ''))
    at = at + #blank
    if at > #source then break end
    if source:find('^%-%-', at) then
      add(comments, 'comment', comment_end(source, at))
    else
      add(tokens, token_at(source, at))
    end
  end
  tokens[#tokens + 1] = { kind = 'end', text = '', first = at, last = at - 1, line = line }
  return tokens, comments
end

return M
