--- What help adds to the declarations of `cluster`: types of fields, errors, and examples.

return {
  objects = {
    cluster = "cluster.get 'c1'",
  },
  types = {
    ['cluster.name'] = 'string',
    ['cluster.id'] = 'string',
    ['cluster.resource_group'] = 'string',
    ['cluster.location'] = 'string',
    ['cluster.node_resource_group'] = 'string',
    ['cluster.kubernetes_version'] = 'string',
    ['cluster.provisioning_state'] = 'string',
    ['cluster.power_state'] = 'table',
    ['cluster.tenant_id'] = 'string',
    ['cluster.fqdn'] = 'string',
    ['cluster.identity'] = 'table',
    ['cluster.security_profile'] = 'table',
    ['cluster.api_server_access_profile'] = 'table?',
  },
  ['cluster.create'] = {
    errors = 'access.denied argument.value cluster.exists cluster.invalid '
      .. 'cluster.version_refused identity.not_found kms.identity_denied kms.key_unusable',
    example = [[
local c = cluster.create{
  name = 'c2', resource_group = 'rg', assign_identity = identity.get 'id1',
  enable_azure_keyvault_kms = true,
  azure_keyvault_kms_key_id = key.get{ vault_name = 'kv1', name = 'k1' },
  azure_keyvault_kms_key_vault_network_access = 'Public',
}
print(c:kms().enabled, c:kms().version) --> true  v2]],
  },
  ['cluster.get'] = {
    errors = 'argument.value cluster.not_found',
    example = [[
print(cluster.get 'c1') --> cluster c1]],
  },
  ['cluster.find'] = {
    errors = 'argument.value',
    example = [[
print(cluster.find 'nowhere') --> nil]],
  },
  ['cluster.versions'] = {
    example = [[
print(#cluster.versions() > 0, cluster.versions()[1].end_of_support ~= nil) --> true  true]],
  },
  ['cluster.list'] = {
    example = [[
for _, c in ipairs(cluster.list{}) do print(c.name, c.provisioning_state) end --> c1  Succeeded]],
  },
  ['cluster:kms'] = {
    errors = 'cluster.not_found',
    example = [[
local state = cluster.get('c1'):kms()
print(state.enabled, state.network_access, state.current.usable) --> true  Public  true]],
  },
  ['cluster:health'] = {
    errors = 'cluster.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
k:update{ enabled = false }
local health = cluster.get('c1'):health()
print(health.api_server, health.reasons[1].rule) --> unhealthy  R75]],
  },
  ['cluster:diagnose'] = {
    errors = 'argument.value cluster.not_found',
    example = [[
for _, finding in ipairs(cluster.get('c1'):diagnose('KMS').findings) do
  print(finding.id, finding.rule)
end]],
  },
  ['cluster:depends_on'] = {
    errors = 'cluster.not_found',
    example = [[
print(cluster.get('c1'):depends_on():dot():match('^%a+')) --> digraph]],
  },
  ['cluster:etcd'] = {
    errors = 'cluster.not_found',
    example = [[
print(cluster.get('c1'):etcd():get('/registry/secrets/default/db').version) --> 1]],
  },
  ['cluster:encryption_configuration'] = {
    errors = 'cluster.not_found',
    example = [[
local yaml = cluster.get('c1'):encryption_configuration()
print(yaml:match('kind: %a+')) --> kind: EncryptionConfiguration]],
  },
  ['cluster:kms_client'] = {
    errors = 'cluster.not_found',
    example = [[
print(cluster.get('c1'):kms_client().api_version) --> v2]],
  },
  ['cluster:readyz'] = {
    errors = 'cluster.not_found',
    example = [[
print(cluster.get('c1'):readyz().status) --> 200]],
  },
  ['cluster:can_delete'] = {
    errors = 'argument.value cluster.not_found key.id_invalid',
    example = [[
local verdict = cluster.get('c1'):can_delete(key.get{ vault_name = 'kv1', name = 'k1' })
print(verdict.safe, verdict.rule) --> false  R17]],
  },
  ['cluster:inventory'] = {
    errors = 'cluster.not_found',
    example = [[
local inventory = cluster.get('c1'):inventory{}
print(inventory.values, inventory.stale, inventory.unreadable) --> 1  0  0]],
  },
  ['cluster:forecast'] = {
    errors = 'argument.value cluster.not_found',
    example = [[
key.get{ vault_name = 'kv1', name = 'k1' }:update{ expires = '2025-02-01T00:00:00Z' }
for _, event in ipairs(cluster.get('c1'):forecast{ by = 'P90D' }) do
  print(event.time, event.what)
end]],
  },
  ['cluster:upgrade'] = {
    errors = 'access.denied cluster.conflict cluster.down cluster.invalid cluster.not_found '
      .. 'cluster.stopped cluster.version_refused',
    example = [[
local c = cluster.create{ name = 'c2', resource_group = 'rg', kubernetes_version = '1.31' }
print(c:upgrade{ kubernetes_version = '1.32' }.kubernetes_version) --> 1.32]],
  },
  ['cluster:scale'] = {
    errors = 'access.denied cluster.conflict cluster.down cluster.invalid cluster.not_found '
      .. 'cluster.stopped',
    example = [[
print(cluster.get('c1'):scale{ node_count = 5 }.provisioning_state) --> Succeeded]],
  },
  ['cluster:vmss_scale'] = {
    errors = 'access.denied cluster.down cluster.invalid cluster.not_found cluster.stopped',
    example = [[
local c = cluster.create{ name = 'c2', resource_group = 'rg' }
c:vmss_scale{ capacity = 1 }]],
  },
  ['cluster:stop'] = {
    errors = 'access.denied cluster.conflict cluster.down cluster.invalid cluster.not_found',
    example = [[
print(cluster.get('c1'):stop().power_state.code) --> Stopped]],
  },
  ['cluster:start'] = {
    errors = 'access.denied cluster.conflict cluster.down cluster.not_found',
    example = [[
local c = cluster.get 'c1'
c:stop()
print(c:start().power_state.code) --> Running]],
  },
  ['cluster:operation_abort'] = {
    errors = 'access.denied cluster.invalid cluster.not_found',
    example = [[
local c = cluster.get 'c1'
workspace.settings.cluster_operation_duration = 'PT10M'
c:stop()
c:operation_abort()
print(c.provisioning_state) --> Canceled]],
  },
  ['cluster:delete'] = {
    errors = 'access.denied cluster.conflict cluster.not_found confirm.required',
    example = [[
local c = cluster.create{ name = 'c2', resource_group = 'rg' }
c:delete{ confirm = true }
print(cluster.find 'c2') --> nil]],
  },
  ['cluster:pods'] = {
    errors = 'api_server.unreachable cluster.not_found',
    example = [[
for _, pod in ipairs(cluster.get('c1'):pods{ namespace = 'kube-system' }) do print(pod.name) end]],
  },
  ['cluster:rewrite_secrets'] = {
    errors = 'api_server.unreachable argument.value cluster.not_found',
    example = [[
local report = cluster.get('c1'):rewrite_secrets{}
print(report.read, report.failed_count) --> 1  0]],
  },
  ['cluster:update'] = {
    errors = 'access.denied argument.value cluster.conflict cluster.down cluster.invalid '
      .. 'cluster.not_found cluster.stopped cluster.version_refused identity.not_found '
      .. 'kms.identity_denied kms.key_unusable',
    example = [[
local c, k = cluster.get 'c1', key.get{ vault_name = 'kv1', name = 'k1' }
c:update{
  enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k:rotate(),
  azure_keyvault_kms_key_vault_network_access = 'Public',
}
print(c:kms().previous.kid == k.kid) --> true]],
  },
}
