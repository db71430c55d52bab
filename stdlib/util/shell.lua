--- Writes command lines for a POSIX shell: words are quoted, variables are not.
---
--- ```lua
--- local shell = require('util.shell')
--- print(shell.line{ 'az keyvault show', '--name', 'a b' }) --> az keyvault show --name 'a b'
--- ```

local M = {}

local Text = {}

--- Quotes a word for a shell.
---@param text string
---@return string
function M.quoted(text)
  if text:find('^[%w%./:_=@%%+-]+$') then return text end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- A word that is shell text already, such as a pattern with variables in it.
---@param text string
---@return table word
function M.text(text) return setmetatable({ text = text }, Text) end

--- The value of a variable, as a word.
---@param name string
---@return table word
function M.var(name) return M.text(('"$%s"'):format(name)) end

--- One word as it stands in a line.
---@param word string|table
---@return string
function M.word(word)
  return getmetatable(word) == Text and word.text or M.quoted(word)
end

--- One command; its first word, the program and what it does, is taken as it is.
---@param words (string|table)[]
---@return string
function M.line(words)
  local parts = { words[1] }
  for n = 2, #words do parts[n] = M.word(words[n]) end
  return table.concat(parts, ' ')
end

--- Gives a variable the output of a command.
---@param name string
---@param words (string|table)[]
---@return string
function M.capture(name, words) return ('%s=$(%s)'):format(name, M.line(words)) end

--- Gives a variable a value.
---@param name string
---@param value string
---@return string
function M.set(name, value) return ('%s=%s'):format(name, M.quoted(value)) end

--- A text on one line, so that it cannot end the comment or the heading that it stands in.
---@param text string
---@return string
function M.one_line(text) return (text:gsub('%c', ' ')) end

return M
