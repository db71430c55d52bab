--- What help adds to the declarations of `identity`: types of fields, errors, and examples.

return {
  objects = {
    identity = "identity.get 'id1'",
    principal = "identity.signed_in()",
  },
  types = {
    ['identity.name'] = 'string',
    ['identity.id'] = 'string',
    ['identity.principal_id'] = 'string',
    ['identity.client_id'] = 'string',
    ['identity.tenant_id'] = 'string',
    ['identity.resource_group'] = 'string',
    ['identity.location'] = 'string',
    ['identity.tags'] = 'table',
    ['principal.id'] = 'string',
    ['principal.name'] = 'string',
    ['principal.display_name'] = 'string',
    ['principal.app_id'] = 'string',
    ['principal.type'] = 'string',
    ['principal.tenant_id'] = 'string',
  },
  ['identity.create'] = {
    errors = 'access.denied argument.value identity.exists',
    example = [[
print(identity.create{ name = 'id2', resource_group = 'rg' }) --> identity id2]],
  },
  ['identity.get'] = {
    errors = 'access.denied argument.value identity.not_found',
    example = [[
local i = identity.get 'id1'
print(identity.get(i.principal_id) == i) --> true]],
  },
  ['identity.find'] = {
    example = [[
print(identity.find 'nobody') --> nil]],
  },
  ['identity.list'] = {
    errors = 'access.denied',
    example = [[
for _, i in ipairs(identity.list{ resource_group = 'rg' }) do print(i.name) end --> id1]],
  },
  ['identity.signed_in'] = {
    errors = 'access.denied',
    example = [[
print(identity.signed_in().type) --> User]],
  },
  ['identity.run_as'] = {
    errors = 'argument.value identity.not_found principal.not_found',
    example = [[
local ok, err = pcall(identity.run_as, identity.get 'id1', function()
  return vault.create{ name = 'kv2', resource_group = 'rg' }
end)
print(ok, err.code) --> false  access.denied]],
  },
  ['identity.create_user'] = {
    errors = 'access.denied argument.value principal.exists',
    example = [[
local ada = identity.create_user{ user_principal_name = 'ada@contoso.onmicrosoft.com' }
print(ada.type) --> User]],
  },
  ['identity.create_service_principal'] = {
    errors = 'access.denied argument.value',
    example = [[
print(identity.create_service_principal{ display_name = 'pipeline' }.type) --> ServicePrincipal]],
  },
  ['identity.principals'] = {
    example = [[
for _, p in ipairs(identity.principals()) do print(p.type) end --> User]],
  },
  ['identity:delete'] = {
    errors = 'access.denied identity.not_found',
    example = [[
local i = identity.create{ name = 'id2', resource_group = 'rg' }
i:delete()
print(identity.find 'id2') --> nil]],
  },
  ['principal:delete'] = {
    errors = 'access.denied argument.value principal.not_found',
    example = [[
local p = identity.create_service_principal{ display_name = 'pipeline' }
p:delete()
print(#identity.principals()) --> 1]],
  },
}
