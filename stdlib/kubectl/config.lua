--- `kubectl config`: which cluster is the current one, and what the kubeconfig holds.

local values = require('util.jmespath.values')
local kubeconfig, output = require('kubectl.kubeconfig'), require('kubectl.output')
local target_module = require('kubectl.target')
local json_lines, yaml = require('util.json_lines'), require('yaml')

local M = {}

M.flags = {
  output = 'text', ['no-headers'] = 'flag', minify = 'flag', raw = 'flag', flatten = 'flag',
  current = 'flag', cluster = 'text', user = 'text', namespace = 'text',
}

local function current_of(config)
  local name = config['current-context']
  return type(name) == 'string' and name ~= '' and name or nil
end

local COMMANDS = {}

COMMANDS['current-context'] = function(config, _, _, shell)
  shell.out((current_of(config) or target_module.refuse('current-context is not set')) .. '\n')
end

local function find_context(config, name)
  return kubeconfig.find(config.contexts, name)
    or target_module.refuse(('no context exists with the name: "%s"'):format(name or ''))
end

COMMANDS['use-context'] = function(config, words, flags, shell)
  find_context(config, words[1])
  config['current-context'] = words[1]
  kubeconfig.write(config, flags)
  shell.out(('Switched to context "%s".\n'):format(words[1]))
end
COMMANDS.use = COMMANDS['use-context']

local function context_row(entry, current)
  local context = entry.context
  return {
    entry.name == current and '*' or '', entry.name, context.cluster or '', context.user or '',
    context.namespace or '',
  }
end

COMMANDS['get-contexts'] = function(config, words, flags, shell)
  local contexts = words[1] and { (find_context(config, words[1])) } or config.contexts
  if flags.output == 'name' then
    for _, entry in ipairs(contexts) do shell.out(entry.name .. '\n') end
    return
  end
  local rows = {}
  if not flags['no-headers'] then
    rows[1] = { 'CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE' }
  end
  for _, entry in ipairs(contexts) do
    rows[#rows + 1] = context_row(entry, current_of(config))
  end
  output.table(rows, shell.out)
end

local function names_of(header, list)
  return function(config, _, flags, shell)
    if not flags['no-headers'] then shell.out(header .. '\n') end
    for _, entry in ipairs(config[list]) do shell.out(entry.name .. '\n') end
  end
end
COMMANDS['get-clusters'] = names_of('NAME', 'clusters')
COMMANDS['get-users'] = names_of('NAME', 'users')

COMMANDS['set-context'] = function(config, words, flags, shell)
  local name = flags.current and current_of(config) or words[1]
  if not name then target_module.refuse('Unexpected args: a context\'s name, or --current') end
  local entry = kubeconfig.find(config.contexts, name)
  local word = entry and 'modified' or 'created'
  entry = entry or { name = name, context = {} }
  for _, flag in ipairs{ 'cluster', 'user', 'namespace' } do
    entry.context[flag] = flags[flag] or entry.context[flag]
  end
  kubeconfig.put(config.contexts, entry)
  kubeconfig.write(config, flags)
  shell.out(('Context "%s" %s.\n'):format(name, word))
end

local function delete_from(list, word)
  return function(config, words, flags, shell)
    local _, place = kubeconfig.find(config[list], words[1])
    if not place then
      target_module.refuse(('cannot delete %s %s, not in %s'):format(
        word, words[1] or '', kubeconfig.place(flags)))
    end
    table.remove(config[list], place)
    if #config[list] == 0 then config[list] = values.array() end
    kubeconfig.write(config, flags)
    shell.out(('deleted %s %s from %s\n'):format(word, words[1], kubeconfig.place(flags)))
  end
end
COMMANDS['delete-context'] = delete_from('contexts', 'context')
COMMANDS['delete-cluster'] = delete_from('clusters', 'cluster')
COMMANDS['delete-user'] = delete_from('users', 'user')

COMMANDS['rename-context'] = function(config, words, flags, shell)
  local entry = find_context(config, words[1])
  if kubeconfig.find(config.contexts, words[2]) then
    target_module.refuse(('cannot rename the context "%s", the context "%s" already exists')
      :format(words[1], words[2]))
  end
  if current_of(config) == entry.name then config['current-context'] = words[2] end
  entry.name = words[2]
  kubeconfig.write(config, flags)
  shell.out(('Context "%s" renamed to "%s".\n'):format(words[1], words[2]))
end

COMMANDS.unset = function(config, words, flags, shell)
  if words[1] ~= 'current-context' then
    target_module.refuse('kmsh unsets current-context only')
  end
  config['current-context'] = ''
  kubeconfig.write(config, flags)
  shell.out('Property "current-context" unset.\n')
end

--- Keeps what the current context needs.
local function minified(config)
  local name = current_of(config)
  local entry = find_context(config, name)
  local context = entry.context
  local function only(list, wanted)
    local found = values.array()
    found[1] = kubeconfig.find(list, wanted)
    return found
  end
  config.contexts = { entry }
  config.clusters = only(config.clusters, context.cluster)
  config.users = only(config.users, context.user)
end

local SECRET = { ['client-key-data'] = true, token = true, password = true }

local function redact(config)
  for _, entry in ipairs(config.users) do
    for name in pairs(entry.user or {}) do
      if SECRET[name] then entry.user[name] = 'REDACTED' end
    end
  end
  for _, entry in ipairs(config.users) do
    if entry.user and entry.user['client-certificate-data'] then
      entry.user['client-certificate-data'] = 'DATA+OMITTED'
    end
  end
  for _, entry in ipairs(config.clusters) do
    if entry.cluster['certificate-authority-data'] then
      entry.cluster['certificate-authority-data'] = 'DATA+OMITTED'
    end
  end
end

COMMANDS.view = function(config, _, flags, shell)
  if flags.minify then minified(config) end
  if not flags.raw then redact(config) end
  local format = output.format(flags.output)
  if format.name == 'json' then
    shell.out(json_lines.text(config, 4) .. '\n')
  elseif format.name == 'jsonpath' then
    shell.out(output.template(format):text(config))
  else
    shell.out(yaml.encode(config))
  end
end

---@param flags table
---@param words string[]
---@param shell table
---@return integer status
function M.run(flags, words, shell)
  local command = COMMANDS[words[1] or '']
  if not command then
    local names = {}
    for name in pairs(COMMANDS) do names[#names + 1] = name end
    table.sort(names)
    target_module.refuse(words[1]
      and ('unknown command "%s" for "kubectl config"'):format(words[1])
      or 'kubectl config needs a command', 'kmsh has ' .. table.concat(names, ', '))
  end
  command(kubeconfig.read(flags), table.move(words, 2, #words, 1, {}), flags, shell)
  return 0
end

return M
