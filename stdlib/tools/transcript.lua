--- Transcripts: Lua whose output stands in it as comments.
---
--- ```lua
--- -- kmsh transcript 1  seed=7 clock=2025-01-01T00:00:00Z
--- local v = vault.create{ name = 'kv1', resource_group = 'rg' }
--- print(v.name)
--- --> kv1
--- v:delete_policy{ object_id = 'nobody' }
--- --! access_policy.not_found
--- ```
---
--- What stands between two comments of output is an entry. What it prints must stand after it; the
--- values that it ends with may: as the prompt shows them, as `tostring` words them, or an object
--- as one line. `…` stands for anything in a line, and alone for any number of lines. A local of
--- one entry is known to the next.

local parser = require('util.lua_parser')

local M = {}

---@class TranscriptHeader
---@field seed? integer
---@field clock? string

---@class TranscriptGroup an entry, as it stands in the file
---@field statements LuaNode[]
---@field comments LuaComment[] what of its output is written down
---@field expected string[]
---@field code? string the error it must end with
---@field line integer

--- What the first line says of how to repeat it.
---@return TranscriptHeader
---@raise `transcript.unknown`
function M.header(source)
  local version, rest = source:match('^%-%- kmsh transcript (%d+)([^\n]*)')
  if version and version ~= '1' then
    error({
      code = 'transcript.unknown', message = 'a transcript of form ' .. version,
      hint = 'a newer kmsh wrote it: this one knows form 1',
    }, 0)
  end
  rest = rest or ''
  return { seed = math.tointeger(rest:match(' seed=(-?%d+)')), clock = rest:match(' clock=(%S+)') }
end

local function trimmed(line) return (line:gsub('%s+$', '')) end

--- What a comment says must come out: a line, or the code of an error.
local function output_of(comment)
  local line = comment.text:match('^%-%-> ?(.*)$')
  if line then return trimmed(line) end
  local code = comment.text:match('^%-%-!%s*(%S+)')
  return nil, code
end

--- The entries of a source.
---@param source string
---@param is_single? boolean each statement is an entry of its own
---@return TranscriptGroup[]
function M.groups(source, is_single)
  local block, comments = parser.parse(source)
  local groups, group, at = {}, nil, 1
  local function take_comments(before)
    while comments[at] and comments[at].first < before do
      local line, code = output_of(comments[at])
      if group and (line or code) then
        table.insert(group.comments, comments[at])
        table.insert(group.expected, line)
        group.code = code or group.code
      end
      at = at + 1
    end
  end
  for n, statement in ipairs(block) do
    if not group or is_single or #group.comments > 0 then
      group = { statements = {}, comments = {}, expected = {}, line = statement.line }
      groups[#groups + 1] = group
    end
    table.insert(group.statements, statement)
    take_comments(block[n + 1] and block[n + 1].first or math.maxinteger)
  end
  return groups
end

--- The lines of a text, without what is blank at their ends.
---@param text string
---@return string[]
function M.lines(text)
  local lines = {}
  if text == '' then return lines end
  for line in (text:gsub('\n$', '') .. '\n'):gmatch('(.-)\n') do
    lines[#lines + 1] = trimmed(line)
  end
  return lines
end

--- The line of a source that a statement ends on.
local function last_line(source, node)
  return node.line + select(2, source:sub(node.first, node.last):gsub('\n', ''))
end

--- A piece of a source, which begins after a byte of it, without some comments.
local function without(piece, comments, offset)
  for n = #comments, 1, -1 do
    local first, last = comments[n].first - offset, comments[n].last - offset
    if first >= 1 and first <= #piece then
      local before = piece:sub(1, first - 1)
      local is_alone = before:match('[^\n]*$'):find('^%s*$')
      before = is_alone and before:gsub('[^\n]*$', '') or before:gsub('[ ]+$', '')
      piece = before .. piece:sub(last + (is_alone and 2 or 1))
    end
  end
  return piece
end

--- A source without the output that stands in it.
---@param source string
---@return string
function M.bare(source)
  source = source:gsub('^%-%- kmsh transcript [^\n]*\n', '')
  local _, comments = parser.parse(source)
  local outputs = {}
  for _, comment in ipairs(comments) do
    local line, code = output_of(comment)
    if line or code then outputs[#outputs + 1] = comment end
  end
  return without(source, outputs, 0)
end

--- Output as it is written down.
local function written(lines, code)
  local text = {}
  for _, line in ipairs(lines) do text[#text + 1] = trimmed('--> ' .. line) .. '\n' end
  if code then text[#text + 1] = '--! ' .. code .. '\n' end
  return table.concat(text)
end

--- A source in which some entries have other output.
---@param source string
---@param changes { group: TranscriptGroup, lines: string[], code?: string }[] in their order
---@return string
function M.rewritten(source, changes)
  for n = #changes, 1, -1 do
    local change = changes[n]
    local last = change.group.statements[#change.group.statements].last
    -- From the back, so that places before stay what they are.
    local line_end = source:find('\n', last, true) or #source
    local head = without(source:sub(1, line_end), change.group.comments, 0)
    local tail = without(source:sub(line_end + 1), change.group.comments, line_end)
    if head:sub(-1) ~= '\n' then head = head .. '\n' end
    source = head .. written(change.lines, change.code) .. tail
  end
  return source
end

--- A source with what it printed after each of its statements.
---@param source string
---@param notes { line: integer, text: string }[] what was printed, and from which line
---@param failure? { line: integer, code: string }
---@return string
function M.woven(source, notes, failure)
  local outputs, codes = {}, {}
  local block, last = parser.parse(source), 1
  local function end_of(line)
    for _, node in ipairs(block) do
      last = last_line(source, node)
      if line <= last then return last end
    end
    return last
  end
  for _, note in ipairs(notes) do
    local line = end_of(note.line)
    outputs[line] = (outputs[line] or '') .. note.text
  end
  if failure then codes[end_of(failure.line)] = failure.code end
  local lines = {}
  for n, line in ipairs(M.lines(source)) do
    lines[#lines + 1] = line .. '\n' .. written(M.lines(outputs[n] or ''), codes[n])
  end
  return table.concat(lines)
end

return M
