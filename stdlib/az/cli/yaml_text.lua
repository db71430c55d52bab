--- YAML as PyYAML's `safe_dump` writes it: block style, members by name, lines folded at 80.
---
--- Source: PyYAML 6, its emitter and resolver; YAML 1.1.

local json_text, values = require('az.cli.json_text'), require('util.jmespath.values')

local M = {}

local WIDTH = 80

-- Words of YAML 1.1 that are no text when they stand bare.
local WORDS = {}
for word in ('yes no true false on off null ~ = <<'):gmatch('%S+') do
  WORDS[word], WORDS[word:upper()], WORDS[word:sub(1, 1):upper() .. word:sub(2)] = true, true, true
end

-- Forms of numbers and times.
local FORMS = {
  '^[-+]?0$', '^[-+]?0[0-7_]+$', '^[-+]?[1-9][0-9_]*$',
  '^[-+]?0b[01_]+$', '^[-+]?0x[%x_]+$', '^[-+]?[1-9][0-9_]*:[0-5]?%d$',
  '^[-+]?[0-9][0-9_]*%.[0-9_]*$', '^[-+]?[0-9][0-9_]*%.[0-9_]*[eE][-+]%d+$',
  '^[-+]?%.[0-9][0-9_]*$', '^[-+]?%.[0-9][0-9_]*[eE][-+]%d+$',
  '^[-+]?%.inf$', '^[-+]?%.Inf$', '^[-+]?%.INF$', '^%.nan$',
  '^%.NaN$', '^%.NAN$', '^%d%d%d%d%-%d%d%-%d%d$',
  '^%d%d%d%d%-%d%d?%-%d%d?[Tt ]+%d%d?:%d%d:%d%d[%d.]*Z?$',
  '^%d%d%d%d%-%d%d?%-%d%d?[Tt ]+%d%d?:%d%d:%d%d[%d.]*[-+]%d%d?:?%d*$',
}

local function is_resolved(text)
  if WORDS[text] then return true end
  for _, form in ipairs(FORMS) do
    if text:find(form) then return true end
  end
  return false
end

-- What a bare text may not hold: marks of YAML, and blanks that would be lost.
local MARKS = {
  '^$', '\n', '^ ', ' $', '^[#,%[%]{}&*!|>\'"%%@`]', '^[-?:]%s', '^[-?:]$', ':%s', ':$', '%s#',
  '^%-%-%-', '^%.%.%.',
}
-- What single quotes cannot hold.
local SPECIAL = { '[%z\1-\9\11-\31\127]', '[ \n]\n', '\n ' }

local function holds(text, patterns)
  for _, pattern in ipairs(patterns) do
    if text:find(pattern) then return true end
  end
  return false
end

--- How a text is written: bare, in single quotes, or in double quotes with escapes.
local function style_of(text)
  if not utf8.len(text) or holds(text, SPECIAL) then return 'double' end
  return (holds(text, MARKS) or is_resolved(text)) and 'single' or 'bare'
end

--- Parts a text at the single blanks where a line may end.
local function folded(text, column, indent, is_key, is_quoted)
  local out = {}
  for before, at in text:gmatch('([^ ]*)() ?') do
    out[#out + 1] = before
    column = column + utf8.len(before)
    local is_single = text:find('^ [^ ]', at) and not text:find('^ ', at - 1)
    local is_inside = not is_quoted or at > 1
    if text:sub(at, at) == ' ' then
      if column > WIDTH and is_single and is_inside and not is_key then
        out[#out + 1], column = '\n' .. (' '):rep(indent), indent
      else
        out[#out + 1], column = ' ', column + 1
      end
    end
  end
  return table.concat(out)
end

local ESCAPES = {
  ['\0'] = '\\0', ['\a'] = '\\a', ['\b'] = '\\b', ['\t'] = '\\t', ['\n'] = '\\n', ['\v'] = '\\v',
  ['\f'] = '\\f', ['\r'] = '\\r', ['\27'] = '\\e', ['"'] = '\\"', ['\\'] = '\\\\',
}

local function double_quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(char)
    return ESCAPES[char] or ('\\x%02X'):format(char:byte())
  end) .. '"'
end

local function single_quoted(text, column, indent, is_key)
  local lines = {}
  for part in (text:gsub("'", "''") .. '\n'):gmatch('(.-)\n') do
    lines[#lines + 1] = folded(part, #lines == 0 and column + 1 or indent, indent, is_key, true)
  end
  local out = table.concat(lines, '\n\n' .. (' '):rep(indent))
  return "'" .. out:gsub('\n +\n', '\n\n') .. "'"
end

local function text_of(text, column, indent, is_key)
  local style = style_of(text)
  if style == 'bare' then return folded(text, column, indent, is_key) end
  if style == 'single' then return single_quoted(text, column, indent, is_key) end
  return double_quoted(text)
end

local function scalar(value, column, indent)
  local kind = values.type_of(value)
  if kind == 'null' then return 'null' end
  if kind == 'number' then return (json_text.number(value):gsub('^(-?%d+)e', '%1.0e')) end
  if kind == 'boolean' then return tostring(value) end
  if kind ~= 'string' then return kind == 'array' and '[]' or '{}' end
  return text_of(value, column, indent)
end

local write

--- Writes a value behind its member's name or dash.
local function write_below(out, value, indent, is_member, column)
  local is_array = values.type_of(value) == 'array'
  if type(value) ~= 'table' or next(value) == nil then
    local blank = is_member and ' ' or ''
    out[#out + 1] = blank .. scalar(value, column + #blank, indent + 2) .. '\n'
    return
  end
  -- A list in an object stands as far in as the object's names.
  local deeper = is_array and is_member and indent or indent + 2
  if is_member then out[#out + 1] = '\n' .. (' '):rep(deeper) end
  write(out, value, deeper)
end

local function write_object(out, object, indent)
  local names = {}
  for name in pairs(object) do names[#names + 1] = tostring(name) end
  table.sort(names)
  for n, name in ipairs(names) do
    local key = text_of(name, indent, indent, true) .. ':'
    out[#out + 1] = (n > 1 and (' '):rep(indent) or '') .. key
    write_below(out, object[name], indent, true, indent + #key)
  end
end

local function write_array(out, array, indent)
  for n, item in ipairs(array) do
    out[#out + 1] = (n > 1 and (' '):rep(indent) or '') .. '- '
    write_below(out, item, indent, false, indent + 2)
  end
end

function write(out, value, indent)
  if values.type_of(value) == 'array' then return write_array(out, value, indent) end
  return write_object(out, value, indent)
end

--- A value as a YAML document.
---@param value any
---@return string
function M.text(value)
  local out = {}
  if type(value) == 'table' and next(value) ~= nil then
    write(out, value, 0)
  else
    local text = scalar(value, 0, 2)
    -- A bare scalar is followed by the mark of a document's end.
    out[1] = text .. '\n' .. (text:find('^[\'"%[{]') and '' or '...\n')
  end
  return table.concat(out)
end

return M
