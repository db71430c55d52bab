--- The function table whole: what the host declares, what modules of the library declare by a
--- table `help`, and for both what files of `docs.entries` add: errors, types of fields, examples,
--- and whole parts for modules of Lua that declare nothing.
---
--- An entry is `{ name, summary, parameters, returns, is_field, options, argument_options, rules,
--- errors, type, example }`, a part, which is a module or a class, `{ name, summary, kind, entries,
--- object }`. Modules without a part are those of `docs.hidden`.

local host = require('kmsh.help')

local M = {}

--- Files of additions, each for some parts.
local ADDITIONS = {
  'api_server', 'assertions', 'audit', 'cluster', 'clock', 'command_lines', 'crypto', 'etcd',
  'faults', 'globals', 'group', 'identity', 'json', 'key', 'progress', 'prompt', 'role', 'secret',
  'vault', 'workspace', 'yaml',
}
--- Modules of the library that declare themselves.
local DECLARING = { 'kms' }

---@class HelpOption
---@field name string
---@field kind string `string`, `bytes`, `boolean`, `integer`, `table`, `strings`, `function`,
---  `choice` or `any`
---@field words? string[] those of a choice
---@field names? string what a text given for it names, such as `cluster`
---@field required boolean
---@field summary string
---@field default? string what leaving it out stands for: a literal, or words
---@field default_value? any the value of that literal
---@field az? string flag of the az command

---@class HelpEntry
---@field name string full name, such as `vault.create` and `vault:update`
---@field summary string
---@field parameters string what stands between the parentheses where that is no table of options
---@field returns string
---@field is_field boolean
---@field options? HelpOption[]
---@field argument_options? HelpOption[] those of a table that may stand among the arguments
---@field all_options HelpOption[] whichever of both there is, or none
---@field rules string[] ids of rules that it checks or shows
---@field errors string[] codes that it raises, beside those of wrong arguments
---@field type? string of a field
---@field example string

---@class HelpPart
---@field name string
---@field kind 'module'|'class'
---@field summary string
---@field entries HelpEntry[]
---@field is_global boolean whether a module is found without `require`
---@field object? string an expression that is an object of the class, in the world of the examples

--- What examples find: a vault, a key, an identity, a cluster under KMS with a Secret, and a key
--- and a vault that are deleted.
M.WORLD = [[
clock.freeze '2025-01-01T00:00:00Z'
workspace.seed(1)
do
  local v = vault.create{ name = 'kv1', resource_group = 'rg', location = 'eastus' }
  local i = identity.create{ name = 'id1', resource_group = 'rg' }
  v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
  cluster.create{
    name = 'c1', resource_group = 'rg', assign_identity = i, enable_azure_keyvault_kms = true,
    azure_keyvault_kms_key_id = v:create_key{ name = 'k1' },
    azure_keyvault_kms_key_vault_network_access = 'Public',
  }
  secret.create{ cluster = 'c1', name = 'db', string_data = { password = 'pw' } }
  v:create_key{ name = 'old' }:delete{}
  vault.create{ name = 'kv-old', resource_group = 'rg' }:delete{}
end
]]

local function words(text)
  local list = {}
  for word in (text or ''):gmatch('%S+') do list[#list + 1] = word end
  return list
end

--- Ids of the rules whose checks or views each function is, from the table of rules.
local function rules_by_call()
  local by_call = {}
  for id, rule in pairs(host.rules()) do
    for _, call in ipairs(rule.calls) do
      -- What plans and prints a procedure rests on the same rules as what runs it.
      local name = call:gsub('^(kms%.[%w_]+)%.%a+$', '%1')
      by_call[name] = by_call[name] or {}
      if by_call[name][#by_call[name]] ~= id then table.insert(by_call[name], id) end
    end
  end
  for _, ids in pairs(by_call) do
    table.sort(ids, function(a, b) return tonumber(a:sub(2)) < tonumber(b:sub(2)) end)
  end
  return by_call
end

local function add_default(option)
  option.default_value, option.default = option.default, option.default_words
  if option.default_value == nil then return end
  local is_text = type(option.default_value) == 'string'
  option.default = (is_text and "'%s'" or '%s'):format(option.default_value)
end

--- Examples of what every object has.
local OF_ALL = {
  help = '%s:help()', show = 'local shown = %s:show()\nprint(type(shown)) --> table',
}

local function example_of(entry, part)
  local short = entry.name:match('([^.:]+)$')
  if part.kind == 'class' and part.object then
    if OF_ALL[short] then return OF_ALL[short]:format(part.object) end
    if entry.is_field then return ('print((%s).%s)'):format(part.object, short) end
  end
  return entry.is_field and ('print(%s)'):format(entry.name) or nil
end

--- The type of a setting, which its summary tells.
local function type_of_setting(entry)
  return entry.summary:find('; true or false', 1, true) and 'boolean' or 'string'
end

local function type_of(entry, part, added)
  if part.name == 'settings' then return type_of_setting(entry) end
  return entry.type or added.types[entry.name]
end

local function complete(entry, part, added, rules)
  local own = added[entry.name] or {}
  entry.rules = rules[entry.name] or {}
  entry.errors = words(own.errors or entry.errors)
  entry.example = own.example or entry.example or example_of(entry, part)
  if entry.is_field then entry.type = type_of(entry, part, added) end
  entry.all_options = entry.options or entry.argument_options or {}
  for _, option in ipairs(entry.all_options) do add_default(option) end
end

--- What the files add: by name of an entry, and whole parts as an array.
local function additions()
  local all = { types = {}, objects = {}, parts = {} }
  for _, file in ipairs(ADDITIONS) do
    for name, addition in pairs(require('docs.entries.' .. file)) do
      if name == 'parts' then
        table.move(addition, 1, #addition, #all.parts + 1, all.parts)
      elseif name == 'types' or name == 'objects' then
        for key, value in pairs(addition) do all[name][key] = value end
      else
        all[name] = addition
      end
    end
  end
  return all
end

--- A module of Lua as a part: `help` names its members, and each of these has a `help` too.
local function declared(name)
  local module = require(name)
  local part = {
    name = name, kind = 'module', is_global = true, summary = module.help.summary, entries = {},
  }
  for _, field in ipairs(module.help.fields or {}) do
    local entry = { parameters = '', returns = '', is_field = true }
    for key, value in pairs(field) do entry[key] = value end
    entry.name = name .. '.' .. field.name
    part.entries[#part.entries + 1] = entry
  end
  for _, member in ipairs(module.help.members) do
    local entry = { name = name .. '.' .. member, parameters = '', returns = '', is_field = false }
    for key, value in pairs(module[member].help) do entry[key] = value end
    part.entries[#part.entries + 1] = entry
  end
  return part
end

--- A part as a file of additions has it.
local function written(part)
  part.kind = 'module'
  for _, entry in ipairs(part.entries) do
    entry.parameters, entry.returns = entry.parameters or '', entry.returns or ''
    entry.is_field = false
  end
  return part
end

--- What the modules of the library declare, an entry for each member.
---@return HelpEntry[]
function M.declarations()
  local all = {}
  for _, name in ipairs(DECLARING) do
    local entries = declared(name).entries
    table.move(entries, 1, #entries, #all + 1, all)
  end
  return all
end

local function help_part()
  return {
    name = 'help', kind = 'module', is_global = true,
    summary = 'What there is, and what the rules say.',
    entries = {
      {
        name = 'help', parameters = 'subject?, page?', returns = '', is_field = false,
        summary = 'Prints what is known of a name, a function, an object or an error; without '
          .. 'one, a map.',
        errors = 'help.unknown', example = "help 'vault.create'\nhelp(vault.get 'kv1')\nhelp 'R76'",
      },
      {
        name = 'help.search', parameters = 'text', returns = '', is_field = false,
        summary = 'Prints the names of all that a text occurs in.', errors = 'help.nothing_found',
        example = "help.search 'soft-deleted'",
      },
    },
  }
end

local function build()
  local table_of_host, added, rules = host.reference(), additions(), rules_by_call()
  local parts = {}
  for _, part in ipairs(table_of_host.modules) do
    part.kind = 'module'
    parts[#parts + 1] = part
  end
  for _, name in ipairs(DECLARING) do parts[#parts + 1] = declared(name) end
  for _, part in ipairs(added.parts) do parts[#parts + 1] = written(part) end
  parts[#parts + 1] = help_part()
  for _, part in ipairs(table_of_host.classes) do
    part.kind, part.object = 'class', added.objects[part.name]
    parts[#parts + 1] = part
  end
  for _, part in ipairs(parts) do
    for _, entry in ipairs(part.entries) do complete(entry, part, added, rules) end
  end
  return { parts = parts, added = added }
end

local built

--- The table, built when first asked for.
---@return { parts: HelpPart[], added: table }
function M.all()
  built = built or build()
  return built
end

--- The parts of a name: a module, a class, or both.
---@param name string
---@return HelpPart[]
function M.parts(name)
  local found = {}
  for _, part in ipairs(M.all().parts) do
    if part.name == name then found[#found + 1] = part end
  end
  return found
end

--- Walks all entries, each with its part.
function M.each()
  return coroutine.wrap(function()
    for _, part in ipairs(M.all().parts) do
      for _, entry in ipairs(part.entries) do coroutine.yield(entry, part) end
    end
  end)
end

--- An entry by its full name; a method or field is found with a dot as well as with a colon.
---@param name string
---@return HelpEntry?
function M.entry(name)
  local loose = name:gsub(':', '.'):gsub('^(kms%.[%w_]+)%.%a+$', '%1')
  local other
  for entry in M.each() do
    if entry.name == name then return entry end
    if entry.name:gsub(':', '.') == loose then other = other or entry end
  end
  return other
end

return M
