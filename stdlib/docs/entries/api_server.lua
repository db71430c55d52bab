--- What help adds to the declarations of `api_server`: errors, and examples.

return {
  ['api_server.each'] = {
    errors = 'api_server.unreachable argument.value cluster.not_found secret.unreadable '
      .. 'selector.invalid',
    example = [[
local api_server = require('api_server')
for row in api_server.each{ cluster = 'c1', form = 'row' } do print(row.name, row.count) end
--> db  1]],
  },
  ['api_server.get'] = {
    errors = 'api_server.unreachable cluster.not_found secret.not_found',
    example = [[
local api_server = require('api_server')
local object = api_server.get{ cluster = 'c1', namespace = 'default', name = 'db' }
print(object.kind, object.metadata.name) --> Secret  db]],
  },
  ['api_server.send'] = {
    errors = 'api_server.unreachable argument.value cluster.not_found',
    example = [[
local api_server = require('api_server')
local text = json.encode{ apiVersion = 'v1', kind = 'Secret', metadata = { name = 'db' } }
local answers = api_server.send{
  cluster = 'c1', verb = 'create', namespace = 'default', objects = { text },
}
print(answers[1].name, answers[1].error.azure_code) --> db  AlreadyExists]],
  },
  ['api_server.delete'] = {
    errors = 'api_server.unreachable cluster.not_found secret.not_found',
    example = [[
require('api_server').delete{ cluster = 'c1', namespace = 'default', name = 'db' }
print(secret.find{ cluster = 'c1', name = 'db' }) --> nil]],
  },
  ['api_server.objects'] = {
    errors = 'argument.value',
    example = [[
local path = os.tmpname()
local file <close> = assert(io.open(path, 'w'))
file:write('{"kind":"List","items":[{"kind":"Secret","metadata":{"name":"a"}}]}'):flush()
for text in require('api_server').objects(path) do print(json.decode(text).metadata.name) end
os.remove(path) --> a]],
  },
  ['api_server.nodes'] = {
    errors = 'cluster.not_found',
    example = [[
print(#require('api_server').nodes{ cluster = 'c1' }) --> 3]],
  },
  ['api_server.namespaces'] = {
    errors = 'cluster.not_found',
    example = [[
print(require('api_server').namespaces{ cluster = 'c1' }[1].name) --> default]],
  },
  ['api_server.selects'] = {
    errors = 'argument.value',
    example = [[
print(require('api_server').selects('app=db', { app = 'db' })) --> true]],
  },
  ['api_server.folder'] = {
    example = [[
print(require('api_server').folder('/no/such/folder')) --> nil]],
  },
}
