--- What help adds to the declarations of `vault`: types of fields, errors, and examples.

return {
  objects = {
    vault = "vault.get 'kv1'",
    ['deleted vault'] = "vault.get_deleted 'kv-old'",
  },
  types = {
    ['vault.diagnostic_setting'] = 'table?',
    ['vault.name'] = 'string',
    ['vault.id'] = 'string',
    ['vault.vault_uri'] = 'string',
    ['vault.resource_group'] = 'string',
    ['vault.location'] = 'string',
    ['vault.tenant_id'] = 'string',
    ['vault.enable_rbac_authorization'] = 'boolean',
    ['vault.sku'] = 'string',
    ['vault.tags'] = 'table',
    ['vault.enable_soft_delete'] = 'boolean',
    ['vault.system_data'] = 'table',
    ['vault.provisioning_state'] = 'string',
    ['vault.soft_delete_retention_in_days'] = 'integer',
    ['vault.enable_purge_protection'] = 'boolean',
    ['vault.access_policies'] = 'table',
    ['vault.public_network_access'] = 'string',
    ['vault.network_acls'] = 'table',
    ['vault.private_endpoint_connections'] = 'table',
    ['deleted vault.name'] = 'string',
    ['deleted vault.id'] = 'string',
    ['deleted vault.vault_id'] = 'string',
    ['deleted vault.location'] = 'string',
    ['deleted vault.deletion_date'] = 'string',
    ['deleted vault.scheduled_purge_date'] = 'string',
    ['deleted vault.purge_protection_enabled'] = 'boolean',
    ['deleted vault.tags'] = 'table',
  },
  ['vault.create'] = {
    errors = 'access.denied argument.value vault.deleted vault.exists vault.name_invalid',
    example = [[
local v = vault.create{ name = 'kv2', resource_group = 'rg', enable_purge_protection = true }
print(v.vault_uri) --> https://kv2.vault.azure.net/]],
  },
  ['vault.get'] = {
    errors = 'access.denied argument.value resource_group.not_found vault.not_found',
    example = [[
print(vault.get 'kv1') --> vault kv1]],
  },
  ['vault.find'] = {
    errors = 'access.denied argument.value',
    example = [[
print(vault.find 'nowhere') --> nil]],
  },
  ['vault.list'] = {
    errors = 'access.denied',
    example = [[
for _, v in ipairs(vault.list{ resource_group = 'rg' }) do print(v.name) end --> kv1]],
  },
  ['vault.list_deleted'] = {
    errors = 'access.denied',
    example = [[
for _, v in ipairs(vault.list_deleted()) do print(v.name) end --> kv-old]],
  },
  ['vault.get_deleted'] = {
    errors = 'access.denied argument.value vault.not_found',
    example = [[
print(vault.get_deleted 'kv-old'.deletion_date) --> 2025-01-01T00:00:00Z]],
  },
  ['vault.recover'] = {
    errors = 'access.denied argument.value vault.not_found',
    example = [[
print(vault.recover 'kv-old') --> vault kv-old]],
  },
  ['vault.purge'] = {
    errors = 'access.denied argument.value confirm.required vault.not_found '
      .. 'vault.purge_protected',
    example = [[
vault.purge{ name = 'kv-old', confirm = true }
print(#vault.list_deleted()) --> 0]],
  },
  ['vault.check_name'] = {
    errors = 'access.denied',
    example = [[
print(vault.check_name 'kv1'.reason) --> AlreadyExists]],
  },
  ['vault.call_from'] = {
    errors = 'argument.value',
    example = [[
vault.get('kv1'):update{ default_action = 'Deny' }
local ok, err = pcall(vault.call_from, { ip_address = '203.0.113.9' }, function()
  return key.list{ vault_name = 'kv1' }
end)
print(ok, err.inner_code) --> false  ForbiddenByFirewall]],
  },
  ['vault:diagnostics'] = {
    errors = 'access.denied vault.not_found',
    example = [[
print(vault.get('kv1'):diagnostics(true)) --> true]],
  },
  ['vault:network_rule_add'] = {
    errors = 'access.denied argument.value vault.not_found',
    example = [[
local v = vault.get('kv1'):network_rule_add{ ip_address = '203.0.113.0/24' }
print(#v.network_acls.ip_rules) --> 1]],
  },
  ['vault:network_rule_remove'] = {
    errors = 'access.denied argument.value vault.not_found',
    example = [[
local v = vault.get('kv1'):network_rule_add{ ip_address = '203.0.113.0/24' }
v:network_rule_remove{ ip_address = '203.0.113.0/24' }
print(#v.network_acls.ip_rules) --> 0]],
  },
  ['vault:network_path'] = {
    errors = 'access.denied vault.not_found',
    example = [[
print(vault.get('kv1'):network_path().allowed) --> true]],
  },
  ['vault:private_endpoint_create'] = {
    errors = 'access.denied argument.value vault.connection_exists vault.not_found',
    example = [[
local v = vault.get 'kv1'
v:private_endpoint_create{ name = 'pe1' }
print(#v.private_endpoint_connections) --> 1]],
  },
  ['vault:private_endpoint_delete'] = {
    errors = 'access.denied argument.value vault.connection_not_found vault.not_found',
    example = [[
local v = vault.get 'kv1'
v:private_endpoint_create{ name = 'pe1' }
v:private_endpoint_delete{ name = 'pe1' }
print(#v.private_endpoint_connections) --> 1]],
  },
  ['vault:private_endpoint_connection_approve'] = {
    errors = 'access.denied vault.connection_not_found vault.not_found',
    example = [[
local v = vault.get 'kv1'
v:private_endpoint_create{
  name = 'pe1', connection_name = 'link', manual_request = true, request_message = 'for c1',
}
v:private_endpoint_connection_approve{ name = 'link', description = 'known' }
local connection = v.private_endpoint_connections[1]
print(connection.private_link_service_connection_state.status) --> Approved]],
  },
  ['vault:private_endpoint_connection_reject'] = {
    errors = 'access.denied vault.connection_not_found vault.not_found',
    example = [[
local v = vault.get 'kv1'
v:private_endpoint_create{ name = 'pe1', connection_name = 'link', manual_request = true }
v:private_endpoint_connection_reject{ name = 'link', description = 'who is this?' }
local connection = v.private_endpoint_connections[1]
print(connection.private_link_service_connection_state.status) --> Rejected]],
  },
  ['vault:private_endpoint_connection_delete'] = {
    errors = 'access.denied vault.connection_not_found vault.not_found',
    example = [[
local v = vault.get 'kv1'
v:private_endpoint_create{ name = 'pe1', connection_name = 'link' }
v:private_endpoint_connection_delete{ name = 'link' }
print(#v.private_endpoint_connections) --> 0]],
  },
  ['vault:show'] = {
    errors = 'access.denied vault.not_found',
    example = [[
print(vault.get('kv1'):show().properties.vaultUri) --> https://kv1.vault.azure.net/]],
  },
  ['vault:update'] = {
    errors = 'access.denied argument.value vault.not_found',
    example = [[
local v = vault.get('kv1'):update{ enable_purge_protection = true }
print(v.enable_purge_protection) --> true]],
  },
  ['vault:delete'] = {
    errors = 'access.denied confirm.required vault.not_found',
    example = [[
local v = vault.create{ name = 'kv2', resource_group = 'rg' }
v:delete{}
print(vault.find 'kv2') --> nil]],
  },
  ['vault:create_key'] = {
    errors = 'access.denied argument.value key.deleted vault.not_found',
    example = [[
print(vault.get('kv1'):create_key{ name = 'k2', kty = 'EC', curve = 'P-256' }.kty) --> EC]],
  },
  ['vault:set_policy'] = {
    errors = 'access.denied access.unauthenticated argument.value principal.not_found '
      .. 'vault.not_found',
    example = [[
vault.get('kv1'):set_policy{
  object_id = identity.get 'id1', key_permissions = { 'get', 'encrypt', 'decrypt' },
}
print(cluster.get('c1'):health().api_server) --> healthy]],
  },
  ['vault:delete_policy'] = {
    errors = 'access.denied argument.value policy.not_found principal.not_found vault.not_found',
    example = [[
local v = vault.get 'kv1'
local before = #v.access_policies
v:delete_policy{ object_id = identity.get 'id1' }
print(before - #v.access_policies) --> 1]],
  },
  ['deleted vault:recover'] = {
    errors = 'access.denied vault.not_found',
    example = [[
print(vault.get_deleted('kv-old'):recover()) --> vault kv-old]],
  },
  ['deleted vault:purge'] = {
    errors = 'access.denied confirm.required vault.not_found vault.purge_protected',
    example = [[
vault.get_deleted('kv-old'):purge{ confirm = true }
print(#vault.list_deleted()) --> 0]],
  },
}
