--- What help adds to the declarations of `role`: types of fields, errors, and examples.

return {
  ['role.assign'] = {
    errors = 'access.denied argument.value principal.not_found role.not_found role.refused '
      .. 'vault.not_found',
    example = [[
local v = vault.create{ name = 'kv2', resource_group = 'rg', enable_rbac_authorization = true }
local assignment = role.assign{
  role = 'Key Vault Crypto User', assignee = identity.get 'id1', scope = v,
}
print(assignment.principalId == identity.get('id1').principal_id) --> true]],
  },
  ['role.revoke'] = {
    errors = 'access.denied argument.value principal.not_found role.assignment_not_found '
      .. 'role.not_found role.refused',
    example = [[
local v, i = vault.get 'kv1', identity.get 'id1'
role.assign{ role = 'Key Vault Crypto User', assignee = i, scope = v }
print(role.revoke{ assignee = i, scope = v }) --> 1]],
  },
  ['role.list'] = {
    errors = 'access.denied argument.value principal.not_found role.not_found',
    example = [[
local me = identity.signed_in()
for _, a in ipairs(role.list{ assignee = me }) do print(a.roleDefinitionName) end --> Owner]],
  },
  ['role.definitions'] = {
    errors = 'role.not_found',
    example = [[
local officer = role.definitions{ name = 'Key Vault Crypto Officer' }[1]
print(officer.roleName) --> Key Vault Crypto Officer]],
  },
  ['role.elevate_access'] = {
    errors = 'access.denied',
    example = [[
print(role.elevate_access().scope) --> /]],
  },
}
