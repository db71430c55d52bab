--- What help adds to the declarations of `secret`: types of fields, errors, and examples.

return {
  objects = {
    secret = "secret.get{ cluster = 'c1', name = 'db' }",
    iterator = "secret.each{ cluster = 'c1' }",
  },
  types = {
    ['secret.name'] = 'string',
    ['secret.namespace'] = 'string',
    ['secret.type'] = 'string',
    ['secret.data'] = 'table',
    ['secret.labels'] = 'table',
    ['secret.resource_version'] = 'string',
    ['secret.uid'] = 'string',
    ['secret.creation_timestamp'] = 'string',
  },
  ['secret.create'] = {
    errors = 'api_server.unreachable argument.value cluster.not_found secret.exists '
      .. 'secret.invalid secret.unwritable',
    example = [[
local s = secret.create{ cluster = 'c1', name = 'api', string_data = { token = 't' } }
print(s.namespace, s.data.token) --> default  t]],
  },
  ['secret.get'] = {
    errors = 'api_server.unreachable argument.value cluster.not_found secret.not_found '
      .. 'secret.unreadable',
    example = [[
print(secret.get{ cluster = 'c1', name = 'db' }.type) --> Opaque]],
  },
  ['secret.find'] = {
    errors = 'api_server.unreachable argument.value cluster.not_found',
    example = [[
print(secret.find{ cluster = 'c1', name = 'nothing' }) --> nil]],
  },
  ['secret.list'] = {
    errors = 'api_server.unreachable argument.value cluster.not_found secret.unreadable',
    example = [[
for _, s in ipairs(secret.list{ cluster = 'c1' }) do print(s.name) end --> db]],
  },
  ['secret.each'] = {
    errors = 'api_server.unreachable argument.value cluster.not_found secret.unreadable',
    example = [[
for s in secret.each{ cluster = 'c1', all_namespaces = true } do
  print(s.namespace, s.name) --> default  db
end]],
  },
  ['secret:update'] = {
    errors = 'api_server.unreachable argument.value secret.conflict secret.invalid '
      .. 'secret.not_found secret.unreadable secret.unwritable',
    example = [[
local s = secret.get{ cluster = 'c1', name = 'db' }
print(s:update{ string_data = { password = 'other' } }.data.password) --> other]],
  },
  ['secret:delete'] = {
    errors = 'api_server.unreachable secret.not_found secret.unreadable',
    example = [[
secret.get{ cluster = 'c1', name = 'db' }:delete()
print(#secret.list{ cluster = 'c1' }) --> 0]],
  },
  ['secret:explain'] = {
    errors = 'secret.not_found',
    example = [[
print(secret.get{ cluster = 'c1', name = 'db' }:explain())]],
  },
  ['secret:stored'] = {
    errors = 'secret.not_found',
    example = [[
local stored = secret.get{ cluster = 'c1', name = 'db' }:stored()
print(stored.provider, stored.kms_version) --> kms  v2]],
  },
}
