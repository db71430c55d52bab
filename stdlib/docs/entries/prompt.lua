--- What help adds to the declarations of `prompt`: errors and examples.

local ONLY_THERE = [[
print(select(2, pcall(prompt.%s)).code) --> prompt.absent]]

return {
  ['prompt.time'] = {
    errors = 'argument.type',
    example = [[
print(prompt.time(function() return 6 * 7 end)) --> 42]],
  },
  ['prompt.watch'] = {
    errors = 'argument.type argument.value',
    example = [[
local n = 0
prompt.watch(0.1, function() n = n + 1 end, 2)
print(n) --> 2]],
  },
  ['prompt.trace'] = {
    errors = 'argument.type',
    example = [[
prompt.trace(false)]],
  },
  ['prompt.why'] = {
    errors = 'argument.value',
    example = [[
local _, err = pcall(key.get, 'no kid')
print(prompt.why(err) ~= nil) --> true]],
  },
  ['prompt.explain'] = {
    errors = 'argument.value',
    example = [[
local _, err = pcall(key.get, 'no kid')
print(prompt.explain(err) ~= nil) --> true]],
  },
  ['prompt.runbook'] = {
    errors = 'prompt.too_long',
    example = [[
print(type(prompt.runbook())) --> string]],
  },
  ['prompt.json'] = {
    example = [[
print(prompt.json 'swordfish') --> "swordfish"]],
  },
  ['prompt.az'] = {
    errors = 'prompt.absent shell.syntax shell.variable',
    example = [[
prompt.az "export NAMES=$(az keyvault list --query '[].name' --output tsv)"
print(NAMES) --> kv1
print(prompt.az 'keyvault key show --vault-name kv1 --name none') --> 3]],
  },
  ['prompt.kubectl'] = {
    errors = 'prompt.absent shell.syntax shell.variable',
    example = [[
prompt.az 'aks get-credentials --name c1 --resource-group rg --only-show-errors'
prompt.kubectl 'get secrets --all-namespaces -o json | kubectl replace -f -'
print(cluster.get 'c1':inventory().stale) --> 0]],
  },
  ['prompt.edit'] = { errors = 'prompt.absent prompt.edit', example = ONLY_THERE:format 'edit' },
  ['prompt.more'] = { errors = 'prompt.absent', example = ONLY_THERE:format 'more' },
  ['prompt.save'] = {
    errors = 'argument.value prompt.absent record.unwritable',
    example = [[
print(select(2, pcall(prompt.save, 'session.lua')).code) --> prompt.absent]],
  },
  ['prompt.replay'] = {
    errors = 'prompt.absent script.unreadable transcript.broken transcript.unknown',
    example = [[
print(select(2, pcall(prompt.replay, 'session.lua')).code) --> prompt.absent]],
  },
}
