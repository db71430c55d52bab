--- Reads command lines as a POSIX shell reads them: quotes, continuations, variables, `$(…)`,
--- pipes, and `;`, `&&` and `||` between commands.
---
--- ```lua
--- local list = require('util.shell_reader').read("az keyvault list --query '[].name' | sort")
--- print(#list, #list[1].commands, list[1].commands[1][4][1].text) --> 1  2  --query
--- ```
---
--- What else a shell has, such as redirections, loops and patterns of file names, is refused.
---
--- Source: POSIX.1-2017, Shell Command Language, 2.2, 2.3, 2.6, 2.9.

local M = {}

-- Longest text, in bytes, and how deep `$(…)` may stand in one another.
local LENGTH_MAX, DEPTH_MAX = 1 << 20, 16

---@class shell.Part
---@field text? string
---@field variable? string
---@field list? shell.Pipeline[] commands whose output stands here
---@field is_quoted boolean

---@class shell.Pipeline
---@field after? '&&'|'||' what stands before it: run only after success, or failure
---@field commands shell.Part[][][] each an array of words, each word an array of parts

local Reader = {}
Reader.__index = Reader

--- Refuses the text.
---@param message string
function M.refuse(message)
  error({
    code = 'shell.syntax', message = message,
    hint = 'kmsh shims DIR puts az and kubectl where a real shell finds them',
  }, 0)
end

function Reader:peek(count) return self.text:sub(self.at, self.at + (count or 1) - 1) end

function Reader:is_at_end() return self.at > #self.text end

--- Takes what a pattern finds here.
function Reader:take(pattern)
  local found = self.text:match('^' .. pattern, self.at)
  if found then self.at = self.at + #found end
  return found
end

--- Passes blanks, continued lines and comments.
function Reader:skip_blanks()
  while self:take('[ \t]+') or self:take('\\\n') do end
  if self:peek() == '#' then self:take('[^\n]*') end
end

local function add_text(word, text, is_quoted)
  local last = word[#word]
  if last and last.text and last.is_quoted == is_quoted then
    last.text = last.text .. text
  else
    word[#word + 1] = { text = text, is_quoted = is_quoted }
  end
end

--- What follows a dollar sign.
function Reader:expansion(word, is_quoted)
  self.at = self.at + 1
  if self:peek(2) == '((' then M.refuse('arithmetic, $((…)), is not read here') end
  if self:take('%(') then
    self.depth = self.depth + 1
    if self.depth > DEPTH_MAX then M.refuse('$(…) stands too deep in one another') end
    word[#word + 1] = { list = self:list(), is_quoted = is_quoted }
    self.depth = self.depth - 1
    if not self:take('%)') then M.refuse('$( has no closing )') end
    return
  end
  local name = self:take('[%a_][%w_]*')
  if not name and self:peek() == '{' then
    name = self:take('{[%a_][%w_]*}')
    if not name then M.refuse('of ${…} only the plain name of a variable is read here') end
    name = name:sub(2, -2)
  end
  if name then
    word[#word + 1] = { variable = name, is_quoted = is_quoted }
  elseif self:peek():find('[%d?!#@*$]') then
    M.refuse(('$%s is not read here'):format(self:peek()))
  else
    add_text(word, '$', is_quoted)
  end
end

function Reader:double_quoted(word)
  self.at = self.at + 1
  add_text(word, '', true)
  while self:peek() ~= '"' do
    local plain = self:take('[^"\\$`]+')
    if plain then
      add_text(word, plain, true)
    elseif self:peek() == '$' then
      self:expansion(word, true)
    elseif self:peek() == '`' then
      M.refuse('backquotes are not read here; $(…) is')
    elseif self:take('\\\n') == nil then
      if self.at >= #self.text then M.refuse('a " has no closing "') end
      local escaped = self:take('\\["\\$`]')
      add_text(word, escaped and escaped:sub(2) or self:take('\\'), true)
    end
    if self:is_at_end() then M.refuse('a " has no closing "') end
  end
  self.at = self.at + 1
end

function Reader:escaped(word)
  if self:take('\\\n') then return end
  self.at = self.at + 1
  -- A continuation without its next line continues nothing.
  if not self:is_at_end() then add_text(word, self:take('.'), true) end
end

local READ = {
  ['\\'] = Reader.escaped, ['"'] = Reader.double_quoted,
  ['$'] = function(self, word) self:expansion(word, false) end,
  ["'"] = function(self, word)
    local text = self:take("'[^']*'")
    if not text then M.refuse("a ' has no closing '") end
    add_text(word, text:sub(2, -2), true)
  end,
  ['`'] = function() M.refuse('backquotes are not read here; $(…) is') end,
  ['<'] = function() M.refuse('input from elsewhere, <, is not read here') end,
  ['>'] = function() M.refuse('output to elsewhere, >, is not read here') end,
  ['('] = function() M.refuse('a ( is not read here') end,
}

--- The next word, an array of parts; nil where a command ends.
function Reader:word()
  self:skip_blanks()
  local word, start = {}, self.at
  while not self:is_at_end() and not self:peek():find('[ \t\n;&|)]') do
    local plain = self:take('[^ \t\n;&|()<>\\"\'$`]+')
    if plain then
      add_text(word, plain, false)
    else
      READ[self:peek()](self, word)
    end
  end
  return self.at > start and word or nil
end

function Reader:command()
  local words = {}
  for word in function() return self:word() end do
    -- A continued line at the end makes no word.
    if #word > 0 then words[#words + 1] = word end
  end
  return words
end

--- Passes the ends of lines too, where a command may go on below.
function Reader:skip_lines()
  while self:take('[ \t\n]+') or self:take('\\\n') do end
end

function Reader:pipe()
  if self:peek(2) == '||' or not self:take('|') then return false end
  self:skip_lines()
  return true
end

function Reader:pipeline()
  local commands = {}
  repeat
    local command = self:command()
    local is_piped = self:pipe()
    if #command == 0 and (is_piped or #commands > 0) then
      M.refuse('a | needs a command on both sides')
    end
    commands[#commands + 1] = command
  until not is_piped
  return #commands[1] > 0 and { commands = commands } or nil
end

--- What parts two pipelines; nil at the end.
function Reader:separator()
  if self:is_at_end() or self:peek() == ')' and self.depth > 0 then return nil end
  local found = self:take('&&') or self:take('||') or self:take('[;\n]')
  if not found then
    M.refuse(self:peek() == '&' and 'work in the background, &, is not done here'
      or ('a %s is not read here'):format(self:peek()))
  end
  return found
end

local JOINS = { ['&&'] = true, ['||'] = true }

function Reader:list()
  local list, after = {}, nil
  repeat
    local pipeline = self:pipeline()
    local separator = self:separator()
    local is_joined = JOINS[separator]
    if not pipeline and (after or is_joined) then
      M.refuse(('a %s needs a command on both sides'):format(after or separator))
    end
    if pipeline then pipeline.after, list[#list + 1] = after, pipeline end
    after = is_joined and separator
    if is_joined then self:skip_lines() end
  until not separator
  return list
end

--- Reads a text.
---@param text string
---@return shell.Pipeline[]
---@raise `shell.syntax`
function M.read(text)
  if #text > LENGTH_MAX then M.refuse('a command line is longer than 1 MiB') end
  if text:find('\0', 1, true) then M.refuse('a zero byte is no text') end
  local reader = setmetatable({ text = text:gsub('\r\n', '\n'), at = 1, depth = 0 }, Reader)
  return reader:list()
end

--- The text of a word that is nothing but text; nil of any other.
---@param word shell.Part[]
---@return string?
function M.literal(word)
  local texts = {}
  for n, part in ipairs(word) do
    if not part.text then return nil end
    texts[n] = part.text
  end
  return table.concat(texts)
end

return M
