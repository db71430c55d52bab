--- Reads the words after a command by its table of flags, with the rules of Python's argparse.
---
--- A flag may be shortened while it stays unambiguous; `--flag=value` and `-nvalue` are read; a
--- word that begins with a dash is never a value.
---
--- Source: Python documentation, argparse, "Argument abbreviations" and "The parse_args() method".

local failures = require('az.cli.failures')

local M = {}

-- Longest file whose content `@FILE` stands for, in bytes.
local FILE_LENGTH_MAX = 1 << 20

local function is_number(word) return word:find('^%-%d+$') or word:find('^%-%d*%.%d+$') end

local function is_flag(word)
  return word:sub(1, 1) == '-' and #word > 1 and not is_number(word)
    and not word:find(' ', 1, true)
end

local function title(flag) return table.concat(flag.names, '/') end

local function add(found, flag, name, attached)
  for _, other in ipairs(found) do
    if other.flag == flag then return end
  end
  found[#found + 1] = { flag = flag, name = name, attached = attached }
end

--- All flags that a word may mean; an exact name means that one alone. A flag that only kmsh has
--- is written out, so that it makes no abbreviation of az ambiguous.
local function meanings(word, flags)
  local name, attached = word:match('^(%-[^=]*)=(.*)$')
  name = name or word
  local found = {}
  for _, flag in ipairs(flags) do
    for _, known in ipairs(flag.names) do
      if known == name then return { { flag = flag, name = known, attached = attached } } end
      local is_long = name:sub(1, 2) == '--'
      if is_long and known:sub(1, #name) == name and not flag.is_whole then
        add(found, flag, known, attached)
      elseif not is_long and known == word:sub(1, 2) then
        add(found, flag, known, word:sub(3):gsub('^=', ''))
      end
    end
  end
  return found
end

local function meaning(word, flags)
  local found = meanings(word, flags)
  if #found < 2 then return found[1] end
  local names = {}
  for n, one in ipairs(found) do names[n] = one.name end
  failures.usage(('ambiguous option: %s could match %s'):format(
    word:match('^[^=]*'), table.concat(names, ', ')))
end

--- What `@FILE` stands for: the file's content; `@-` is standard input.
local function expanded(word)
  local path = word:match('^@(.+)$')
  if not path then return word end
  local file = path == '-' and io.stdin or io.open(path, 'rb')
  if not file then return word end
  local text = file:read(FILE_LENGTH_MAX + 1) or ''
  if path ~= '-' then file:close() end
  if #text > FILE_LENGTH_MAX then failures.client(path .. ' is longer than 1 MiB') end
  return (text:gsub('\r?\n$', ''))
end

local function choice(flag, word, prog)
  for _, known in ipairs(flag.choices) do
    if known:lower() == word:lower() then return known end
  end
  failures.usage(("%s: '%s' is not a valid value for '%s'. Allowed values: %s."):format(
    prog, word, flag.names[1], table.concat(flag.choices, ', ')))
end

local function invalid(flag, kind, word)
  failures.usage(("argument %s: invalid %s value: '%s'"):format(title(flag), kind, word))
end

--- Forms of a time, by what they leave out.
local TIMES = {
  { '^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$', '' },
  { '^(%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d)Z$', ':00Z' },
  { '^(%d%d%d%d%-%d%d%-%d%dT%d%d)Z$', ':00:00Z' },
  { '^(%d%d%d%d%-%d%d%-%d%d)$', 'T00:00:00Z' },
}

local function time(flag, word)
  for _, form in ipairs(TIMES) do
    local part = word:match(form[1])
    if part then return part .. form[2] end
  end
  invalid(flag, 'datetime_type', word)
end

local function tags(words)
  local read = {}
  for _, word in ipairs(words) do
    local name, value = word:match('^([^=]*)=(.*)$')
    if word ~= '' then read[name or word] = value or '' end
  end
  return read
end

local READ = {
  flag = function() return true end,
  switch = function(_, words) return words[1] ~= 'false' end,
  text = function(_, words) return words[1] end,
  words = function(_, words) return words end,
  tags = function(_, words) return tags(words) end,
  time = function(flag, words) return time(flag, words[1]) end,
  integer = function(flag, words)
    return words[1]:find('^[+-]?%d+$') and math.tointeger(tonumber(words[1]))
      or invalid(flag, 'int', words[1])
  end,
}

local function value(flag, words, prog)
  for n, word in ipairs(words) do
    words[n] = expanded(word)
    if flag.choices then words[n] = choice(flag, words[n], prog) end
  end
  return READ[flag.kind](flag, words)
end

local COUNTS = { ['?'] = { 0, 1 }, ['*'] = { 0, math.huge }, ['+'] = { 1, math.huge } }

--- The words that follow a flag, and the place after them.
local function words_after(flag, words, at)
  local least, most = table.unpack(COUNTS[flag.many] or { 1, 1 })
  local taken = {}
  while #taken < most and words[at] and not is_flag(words[at]) and words[at] ~= '--' do
    taken[#taken + 1], at = words[at], at + 1
  end
  if #taken < least then
    failures.usage(('argument %s: expected %s argument'):format(
      title(flag), flag.many and 'at least one' or 'one'))
  end
  return taken, at
end

--- Reads one flag that stands at a place; returns the place after it.
local function read_flag(found, words, at, given, prog)
  local flag = found.flag
  if flag.kind == 'flag' then
    if found.attached and found.attached ~= '' then
      failures.usage(("argument %s: ignored explicit argument '%s'"):format(
        title(flag), found.attached))
    end
    given[flag.key] = true
    return at + 1
  end
  local taken, after = { found.attached }, at + 1
  if not found.attached or found.attached == '' and not words[at]:find('=', 1, true) then
    taken, after = words_after(flag, words, at + 1)
  end
  given[flag.key] = value(flag, taken, prog)
  return after
end

local function check_required(flags, given)
  local missing = {}
  for _, flag in ipairs(flags) do
    if flag.required and given[flag.key] == nil then missing[#missing + 1] = title(flag) end
  end
  if #missing > 0 then
    failures.usage('the following arguments are required: ' .. table.concat(missing, ', '))
  end
end

--- Whether the words ask for help, which is given whatever else they say.
---@param words string[]
---@return boolean
function M.asks_for_help(words)
  for _, word in ipairs(words) do
    if word == '--help' or word == '-h' then return true end
  end
  return false
end

--- Reads the words after a command.
---@param words string[]
---@param flags az.Flag[] those of the command and the global ones
---@param prog string `az` and the command, for messages
---@return table<string, any> given by the flags' keys
---@raise `az.usage`
function M.read(words, flags, prog)
  local given, extras, at = {}, {}, 1
  while words[at] do
    local found = is_flag(words[at]) and words[at] ~= '--' and meaning(words[at], flags)
    if found then
      at = read_flag(found, words, at, given, prog)
    else
      extras[#extras + 1], at = words[at], at + 1
    end
  end
  check_required(flags, given)
  if #extras > 0 then
    failures.usage('unrecognized arguments: ' .. table.concat(extras, ' '))
  end
  return given
end

return M
