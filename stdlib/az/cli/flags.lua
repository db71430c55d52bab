--- Flags as data: how each is written, what it takes, and which option of the Lua call it is.
---
--- ```lua
--- flags.text('--name', '-n', { help = 'Name of the vault.', required = true })
--- ```
---
--- A flag's `key` is its long form in snake case, the name of the Lua option.

local M = {}

---@class az.Flag
---@field names string[] as they are written, the long form first
---@field key string name of the Lua option
---@field kind 'text'|'flag'|'switch'|'integer'|'words'|'tags'|'time'
---@field many? '*'|'+' how many words it takes
---@field choices? string[] words it may be given, in any letter case
---@field required? boolean
---@field help? string
---@field is_local? boolean it is not passed on to the Lua call
---@field is_ignored? boolean the real tool has it, the model does not
---@field is_whole? boolean it is not shortened

local function flag(kind, ...)
  local arguments = { ... }
  local made = { kind = kind, names = {} }
  for _, argument in ipairs(arguments) do
    if type(argument) == 'table' then
      for name, value in pairs(argument) do made[name] = value end
    else
      made.names[#made.names + 1] = argument
    end
  end
  made.key = made.key or made.names[1]:gsub('^%-+', ''):gsub('%-', '_')
  return made
end

--- One word.
---@return az.Flag
function M.text(...) return flag('text', ...) end

--- Takes no word: it is there or not.
---@return az.Flag
function M.flag(...) return flag('flag', ...) end

--- `true` or `false`; alone it means true.
---@return az.Flag
function M.switch(...)
  local made = flag('switch', ...)
  made.choices, made.many = { 'true', 'false' }, '?'
  return made
end

--- A whole number.
---@return az.Flag
function M.integer(...) return flag('integer', ...) end

--- Any number of words.
---@return az.Flag
function M.words(...)
  local made = flag('words', ...)
  made.many = made.many or '*'
  return made
end

--- `name=value` pairs.
---@return az.Flag
function M.tags(...)
  return flag('tags', '--tags', { many = '*', help =
    "Space-separated tags: key[=value] [key[=value] ...]. Use '' to clear existing tags." }, ...)
end

--- A time in UTC.
---@return az.Flag
function M.time(...) return flag('time', ...) end

--- The group in which something lies or is made.
---@param given? table
---@return az.Flag
function M.group(given)
  return M.text('--resource-group', '-g', { help = 'Name of resource group.' }, given or {})
end

--- The name of something.
---@param help string
---@param given? table
---@return az.Flag
function M.name(help, given)
  return M.text('--name', '-n', { help = help, required = true }, given or {})
end

--- The region.
---@param given? table
---@return az.Flag
function M.location(given)
  return M.text('--location', '-l', {
    help = 'Location. Values from: `az account list-locations`.',
  }, given or {})
end

--- Goes on without asking.
---@return az.Flag
function M.yes()
  return M.flag('--yes', '-y', { help = 'Do not prompt for confirmation.', is_local = true })
end

--- Returns at once; in the model, nothing takes long.
---@return az.Flag
function M.no_wait()
  return M.flag('--no-wait', {
    help = 'Do not wait for the long-running operation to finish.', is_local = true,
  })
end

--- Flags of neighbouring features, which change nothing in the model.
---@param kind 'text'|'flag'|'words'
---@param names string one a word; a short form follows its long one after a slash
---@return az.Flag[]
function M.ignored(kind, names)
  local made = {}
  for name in names:gmatch('%S+') do
    local long, short = name:match('^([^/]+)/?(.*)$')
    local one = flag(kind, '--' .. long, { is_ignored = true, is_local = true })
    if short ~= '' then one.names[2] = '-' .. short end
    if kind == 'words' then one.many = '*' end
    made[#made + 1] = one
  end
  return made
end

--- Several lists of flags as one.
---@param ... az.Flag|az.Flag[]
---@return az.Flag[]
function M.all(...)
  local made = {}
  for _, item in ipairs{ ... } do
    if item.names then
      made[#made + 1] = item
    else
      table.move(item, 1, #item, #made + 1, made)
    end
  end
  return made
end

--- What every command takes.
---@type az.Flag[]
M.global = {
  M.flag('--debug', { help = 'Increase logging verbosity to show all debug logs.' }),
  M.flag('--explain', { is_whole = true, help =
    'kmsh: show the Lua call that the command is, and do nothing.' }),
  M.flag('--help', '-h', { help = 'Show this help message and exit.' }),
  M.flag('--only-show-errors', { help = 'Only show errors, suppressing warnings and hints.' }),
  M.text('--output', '-o', {
    help = 'Output format.', choices = { 'json', 'jsonc', 'yaml', 'yamlc', 'table', 'tsv', 'none' },
  }),
  M.text('--query', { help = 'JMESPath query string.' }),
  M.text('--subscription', { help = 'Name or ID of subscription.' }),
  M.flag('--verbose', { help = 'Increase logging verbosity.' }),
}
for _, one in ipairs(M.global) do one.is_local, one.is_global = true, true end

return M
