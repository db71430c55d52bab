--- Files that a command reads and writes, and texts that stand for bytes.

local failures = require('az.cli.failures')

local M = {}

-- Longest JSON text that a flag names or holds, in bytes.
local JSON_LENGTH_MAX = 1 << 20

--- The content of a file.
---@param path string
---@param length_max integer bytes
---@return string
function M.read(path, length_max)
  local file, why = io.open(path, 'rb')
  if not file then failures.client(why) end
  local text = file:read(length_max + 1) or ''
  file:close()
  if #text > length_max then
    failures.client(('%s is longer than %d bytes'):format(path, length_max))
  end
  return text
end

--- Writes a file, whole or not at all.
---@param path string
---@param content string
function M.write(path, content)
  local file, why = io.open(path, 'wb')
  if not file then failures.client(why) end
  local is_written = file:write(content)
  if not (file:close() and is_written) then failures.client(path .. ' cannot be written') end
end

--- JSON text that a flag holds, or the content of the file that it names.
---@param text string
---@return string
function M.json_text(text)
  if text:find('^%s*[%[{]') then return text end
  return M.read(text, JSON_LENGTH_MAX)
end

--- The bytes that base64 text stands for, in either alphabet.
---@param text string
---@return string
function M.decoded(text)
  local ok, bytes = pcall(require('crypto').base64_decode, text)
  if not ok then failures.client('Invalid base64-encoded string') end
  return bytes
end

return M
