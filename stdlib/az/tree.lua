--- The commands by their words, each group in a module that is read when it is needed.

local failures, flags = require('az.cli.failures'), require('az.cli.flags')

local M = {}

---@class az.Group
---@field help string
---@field commands table<string, az.Command|az.Group|string> a string is the module that returns it

---@type az.Group
local ROOT = {
  help = 'Azure command-line interface, over the workspace of kmsh.',
  commands = {
    account = 'az.account', ad = 'az.ad', aks = 'az.aks', group = 'az.group',
    identity = 'az.identity', keyvault = 'az.keyvault', login = 'az.login', logout = 'az.logout',
    monitor = 'az.monitor', network = 'az.network', role = 'az.role', version = 'az.version',
  },
}

--- A member of a group, read in.
---@param group az.Group
---@param name string
---@return az.Command|az.Group|nil
function M.member(group, name)
  local member = group.commands[name]
  return type(member) == 'string' and require(member) or member
end

--- The names in a group, in order.
---@param group az.Group
---@return string[]
function M.names(group)
  local names = {}
  for name in pairs(group.commands) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- Walks the first words down to a command, or to the group in which they end.
---@param words string[]
---@return az.Command|az.Group found, string[] path, string[] rest
function M.find(words)
  local found, path, at = ROOT, { 'az' }, 1
  while found.commands and words[at] and words[at]:sub(1, 1) ~= '-' do
    local inner = M.member(found, words[at]:lower())
    if not inner then break end
    found, path[#path + 1], at = inner, words[at]:lower(), at + 1
  end
  return found, path, table.move(words, at, #words, 1, {})
end

--- All flags of a command: its own, and those of every command.
---@param command az.Command
---@return az.Flag[]
function M.flags(command)
  local own = command.flags or {}
  if command.confirm then own = flags.all(own, flags.yes()) end
  return flags.all(own, flags.global)
end

--- The options of a command's Lua call: what was given, under the names of Lua.
---@param given table
---@param command_flags az.Flag[]
---@return table
function M.options(given, command_flags)
  local options = {}
  for _, flag in ipairs(command_flags) do
    if not flag.is_local then options[flag.key] = given[flag.key] end
  end
  return options
end

--- How many letters must change to make one word of another.
local function distance(a, b)
  local row = {}
  for n = 0, #b do row[n] = n end
  for i = 1, #a do
    local corner = row[0]
    row[0] = i
    for n = 1, #b do
      local cost = a:byte(i) == b:byte(n) and 0 or 1
      corner, row[n] = row[n], math.min(row[n] + 1, row[n - 1] + 1, corner + cost)
    end
  end
  return row[#b]
end

local function nearest(word, names)
  local best, least = nil, math.max(1, #word // 3) + 1
  for _, name in ipairs(names) do
    local far = distance(word, name)
    if far < least then best, least = name, far end
  end
  return best
end

--- Refuses words that end in a group, or go on to what is none of its commands.
---@param group az.Group
---@param path string[]
---@param rest string[]
function M.refuse(group, path, rest)
  local word = rest[1]
  if not word or word:sub(1, 1) == '-' then
    failures.usage('the following arguments are required: '
      .. (#path == 1 and '_command_package' or '_subcommand'),
      ('hint: %s --help lists the commands'):format(table.concat(path, ' ')))
  end
  local names = M.names(group)
  local near = nearest(word:lower(), names)
  failures.usage(("'%s' is misspelled or not recognized by the system."):format(word),
    (near and ("Did you mean '%s' ?\n"):format(near) or '')
      .. ('hint: kmsh models %s: %s'):format(table.concat(path, ' '), table.concat(names, ', ')))
end

return M
