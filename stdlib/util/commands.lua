--- Writes calls into the modelled world as `az` and `kubectl` commands, to be run elsewhere.
---
--- A call is `{ name, receiver?, options, arguments, result? }`; an option is
--- `{ name, flag?, value }`; a handle is `{ kind, name, … }`. What only the cloud gives out, ids of
--- principals and versions of keys, is asked for when the script runs.

local Book, shell = require('util.command_book'), require('util.shell')

local M = {}

local function option(call, name)
  for _, given in ipairs(call.options) do
    if given.name == name then return given.value end
  end
end

local COMMANDS = {}

--- A function that has a command with the same options.
local function plainly(name, command)
  COMMANDS[name] = function(book, call)
    book:add(shell.line(book:flags({ command }, call)))
  end
end

--- A method that has a command which names its object.
local function on_object(name, command, flag)
  COMMANDS[name] = function(book, call)
    book:add(shell.line(book:flags(book:receiver({ command }, call.receiver, flag), call)))
  end
end

--- A function of a name, or a method of what has it, that takes no options of the command.
local function by_name(functions, command)
  for _, name in ipairs(functions) do
    COMMANDS[name] = function(book, call)
      local words, handle = { command }, call.receiver or call.arguments[1]
      if not Book.is_handle(handle) then handle = { kind = 'vault', name = handle } end
      if type(handle.name) ~= 'string' then handle = handle.name end
      book:add(shell.line(book:receiver(words, handle)))
    end
  end
end

plainly('group.create', 'az group create')
plainly('vault.create', 'az keyvault create')
on_object('vault:update', 'az keyvault update')
on_object('vault:delete', 'az keyvault delete')
on_object('vault:set_policy', 'az keyvault set-policy')
on_object('vault:delete_policy', 'az keyvault delete-policy')
on_object('vault:network_rule_add', 'az keyvault network-rule add')
on_object('vault:network_rule_remove', 'az keyvault network-rule remove')
by_name({ 'vault.recover', 'deleted vault:recover' }, 'az keyvault recover')
by_name({ 'vault.purge', 'deleted vault:purge' }, 'az keyvault purge')
plainly('key.recover', 'az keyvault key recover')
plainly('key.purge', 'az keyvault key purge')
on_object('deleted key:recover', 'az keyvault key recover')
on_object('deleted key:purge', 'az keyvault key purge')
plainly('key.update', 'az keyvault key set-attributes')
on_object('key:delete', 'az keyvault key delete')
on_object('identity:delete', 'az identity delete')
plainly('role.assign', 'az role assignment create')
plainly('role.revoke', 'az role assignment delete')
plainly('cluster.create', 'az aks create --generate-ssh-keys')
for _, verb in ipairs{ 'update', 'upgrade', 'scale', 'stop', 'start', 'operation_abort' } do
  on_object('cluster:' .. verb, 'az aks ' .. verb:gsub('_', '-'))
end

COMMANDS['cluster:delete'] = function(book, call)
  local words = book:receiver({ 'az aks delete' }, call.receiver)
  words[#words + 1] = '--yes'
  book:add(shell.line(words))
end

COMMANDS['key.create'] = function(book, call)
  book:key_made(book:flags({ 'az keyvault key create' }, call), call)
end

COMMANDS['vault:create_key'] = function(book, call)
  local words = book:receiver({ 'az keyvault key create' }, call.receiver, '--vault-name')
  book:key_made(book:flags(words, call), call)
end

COMMANDS['key:rotate'] = function(book, call)
  book:key_made(book:receiver({ 'az keyvault key rotate' }, call.receiver), call)
end

COMMANDS['key:update'] = function(book, call)
  local words = { 'az keyvault key set-attributes' }
  book:append(words, '--id', call.receiver.kid)
  book:add(shell.line(book:flags(words, call)))
end

COMMANDS['key.import'] = function(book, call)
  local words = book:flags({ 'az keyvault key import' }, call, { pem = true })
  words[#words + 1] = '--pem-file'
  words[#words + 1] = book:need(book:variable(option(call, 'name') .. '_pem'), 'file of the key')
  book:key_made(words, call)
end

COMMANDS['key.restore'] = function(book, call)
  local words = book:flags({ 'az keyvault key restore' }, call, { blob = true })
  words[#words + 1] = '--file'
  words[#words + 1] = book:need(book:variable('backup'), 'file of the backup')
  book:add(shell.line(words))
end

--- A duration as a member of JSON; it holds nothing that needs an escape.
local function member(name, duration)
  return duration and ('"%s":"%s"'):format(name, (duration:gsub('[^%w]', ''))) or nil
end

--- The policy as the command takes it.
local function policy_text(call)
  local actions = {}
  for n, one in ipairs(option(call, 'lifetime_actions') or {}) do
    local trigger = member('timeAfterCreate', one.time_after_create)
      or member('timeBeforeExpiry', one.time_before_expiry) or ''
    actions[n] = ('{"trigger":{%s},%s}'):format(trigger,
      ('"action":{"type":"%s"}'):format(one.action))
  end
  local expiry = member('expiryTime', option(call, 'expiry_time')
    or (option(call, 'attributes') or {}).expiry_time)
  return ('{"lifetimeActions":[%s],"attributes":{%s}}'):format(
    table.concat(actions, ','), expiry or '')
end

COMMANDS['key:rotation_policy'] = function(book, call)
  -- Without options it is a question.
  if #call.options == 0 then return end
  local words = book:receiver({ 'az keyvault key rotation-policy update' }, call.receiver)
  book:append(words, '--value', option(call, 'value') or policy_text(call))
  book:add(shell.line(words))
end

COMMANDS['identity.create'] = function(book, call)
  local words, made = book:flags({ 'az identity create' }, call), call.result
  local variable = book:variable(option(call, 'name') .. '_principal_id')
  for _, word in ipairs{ '--query', 'principalId', '--output', 'tsv' } do
    words[#words + 1] = word
  end
  book:add(shell.capture(variable, words))
  if Book.is_handle(made) and made.principal_id then book:know(made.principal_id, variable) end
end

COMMANDS['vault:private_endpoint_create'] = function(book, call)
  local words = { 'az network private-endpoint create' }
  if not option(call, 'connection_name') then
    book:append(words, '--connection-name', option(call, 'name'):match('[^/]*$'))
  end
  book:append(words, '--resource-group', call.receiver.resource_group)
  words[#words + 1] = '--private-connection-resource-id'
  words[#words + 1] = shell.text('"' .. Book.vault_id(call.receiver.name) .. '"')
  for _, word in ipairs{ '--group-id', 'vault', '--vnet-name' } do words[#words + 1] = word end
  words[#words + 1] = book:need('vnet', 'network of the private endpoint')
  words[#words + 1] = '--subnet'
  words[#words + 1] = book:need('subnet', 'subnet of the private endpoint')
  book:add(shell.line(book:flags(words, call)))
end

COMMANDS['vault:private_endpoint_delete'] = function(book, call)
  local words = { 'az network private-endpoint delete' }
  book:append(words, '--resource-group', call.receiver.resource_group)
  book:add(shell.line(book:flags(words, call)))
end

COMMANDS['vault:diagnostics'] = function(book, call)
  local verb = call.arguments[1] and 'create' or 'delete'
  local words = { 'az monitor diagnostic-settings ' .. verb }
  for _, word in ipairs{ '--name', 'kmsh', '--resource' } do words[#words + 1] = word end
  words[#words + 1] = shell.text('"' .. Book.vault_id(call.receiver.name) .. '"')
  if call.arguments[1] then
    local logs = '[{"category":"AuditEvent","enabled":true}]'
    for _, word in ipairs{ '--logs', logs, '--workspace' } do words[#words + 1] = word end
    words[#words + 1] = book:need('log_workspace', 'Log Analytics workspace')
  end
  book:add(shell.line(words))
end

COMMANDS['group:delete'] = function(book, call)
  local words = book:receiver({ 'az group delete' }, call.receiver)
  words[#words + 1] = '--yes'
  book:add(shell.line(words))
end

--- Lets kubectl speak to a cluster.
function Book:speak_to(name, group)
  if self.cluster == name then return end
  self.cluster = name
  local words = { 'az aks get-credentials', '--name', name }
  if group then self:append(words, '--resource-group', group) end
  words[#words + 1] = '--overwrite-existing'
  self:add(shell.line(words))
end

--- The cluster that an option names: a handle, or a name whose group is not known.
function Book:speak_to_option(value)
  if Book.is_handle(value) then return self:speak_to(value.name, value.resource_group) end
  local group, name = value:match('/resourceGroups/([^/]+)/.*/([^/]+)$')
  self:speak_to(name or value, group)
end

--- Words for the data of a Secret, whose values whoever runs the script brings along.
function Book:literals(words, call, secret)
  for _, name in ipairs{ 'data', 'string_data' } do
    local keys = {}
    for key in pairs(option(call, name) or {}) do keys[#keys + 1] = key end
    table.sort(keys)
    for _, key in ipairs(keys) do
      local variable = (secret .. '_' .. key):gsub('[^%w]', '_'):gsub('^(%d)', '_%1')
      self:need(variable, 'value of ' .. key .. ' of Secret ' .. secret)
      local literal = '--from-literal=%s="$%s"'
      words[#words + 1] = shell.text(literal:format(shell.quoted(key), variable))
    end
  end
  return words
end

COMMANDS['secret.create'] = function(book, call)
  book:speak_to_option(option(call, 'cluster'))
  local name = option(call, 'name')
  local words = { 'kubectl create secret generic', name }
  book:append(words, '--namespace', option(call, 'namespace') or 'default')
  if option(call, 'type') then book:append(words, '--type', option(call, 'type')) end
  book:add(shell.line(book:literals(words, call, name)))
end

COMMANDS['secret:update'] = function(book, call)
  local secret = call.receiver
  book:speak_to(secret.cluster, secret.resource_group)
  if option(call, 'data') or option(call, 'string_data') then
    local words = { 'kubectl create secret generic', secret.name }
    book:append(words, '--namespace', secret.namespace)
    book:literals(words, call, secret.name)
    book:add(shell.line(words) .. ' --dry-run=client --output yaml | kubectl replace --filename -')
  end
  local labels = option(call, 'labels')
  if labels then
    local words = { 'kubectl label secret', secret.name, table.unpack(Book.pairs_of(labels)) }
    book:append(words, '--namespace', secret.namespace)
    words[#words + 1] = '--overwrite'
    book:add(shell.line(words))
  end
end

COMMANDS['secret:delete'] = function(book, call)
  local secret = call.receiver
  book:speak_to(secret.cluster, secret.resource_group)
  book:add(shell.line{ 'kubectl delete secret', secret.name, '--namespace', secret.namespace })
end

COMMANDS['cluster:rewrite_secrets'] = function(book, call)
  book:speak_to(call.receiver.name, call.receiver.resource_group)
  local namespace = option(call, 'namespace')
  local scope = namespace and '--namespace ' .. shell.quoted(namespace) or '--all-namespaces'
  book:add(('kubectl get secrets %s --output json | kubectl replace --filename -'):format(scope))
end

COMMANDS['kmsh.desk.command_line'] = function(book, call)
  local place, commands = table.unpack(call.arguments)
  book:speak_to(place.name, place.resource_group)
  local lines = {}
  for n, words in ipairs(commands) do
    local line = {}
    for place_now, word in ipairs(words) do line[place_now] = book:typed(word, words) end
    lines[n] = shell.line(line)
  end
  book:add(table.concat(lines, ' | '))
end

--- The names of the functions that there is a command for.
---@return string[]
function M.names()
  local names = {}
  for name in pairs(COMMANDS) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- A script for bash that makes the calls elsewhere, in their order.
---@param calls table[]
---@return string
function M.script(calls)
  local book = Book.new()
  for _, call in ipairs(calls) do COMMANDS[call.name](book, call) end
  local head = {
    '#!/usr/bin/env bash', '# What was done at the prompt, as commands for the cloud.',
    'set -euo pipefail', '', table.unpack(book.needs),
  }
  if #book.needs > 0 then head[#head + 1] = '' end
  if #book.lines == 0 then head[#head + 1] = '# Nothing was changed that stands.' end
  return table.concat(head, '\n') .. '\n' .. table.concat(book.lines, '\n')
end

return M
