--- What help adds to the declarations of `etcd`: types of fields, errors, and examples.

return {
  objects = {
    etcd = "cluster.get('c1'):etcd()",
    ['etcd reader'] = "etcd.reader{ keys = { key.get{ vault_name = 'kv1', name = 'k1' } } }",
  },
  ['etcd.classify'] = {
    example = [[
local entry = cluster.get('c1'):etcd():get('/registry/secrets/default/db')
print(etcd.classify(entry.value).provider) --> kms]],
  },
  ['etcd.open_snapshot'] = {
    errors = 'snapshot.damaged snapshot.hash_mismatch snapshot.hash_missing snapshot.not_bbolt '
      .. 'snapshot.not_found snapshot.too_large snapshot.unreadable',
    example = [[
local ok, err = pcall(etcd.open_snapshot, '/nowhere/snapshot.db')
print(ok, err.code) --> false  snapshot.not_found]],
  },
  ['etcd.audit'] = {
    errors = 'configuration.invalid key.invalid',
    example = [[
local report = etcd.audit{ cluster = 'c1', resource = 'secrets' }
print(report.totals.values, report.verdict.in_clear) --> 1  0]],
  },
  ['etcd.reader'] = {
    example = [[
local reader = etcd.reader{ keys = { key.get{ vault_name = 'kv1', name = 'k1' } } }
local entry = cluster.get('c1'):etcd():get('/registry/secrets/default/db')
print(reader:open{ etcd_key = entry.key, value = entry.value }.secret.data.password) --> pw]],
  },
  ['etcd reader:open'] = {
    errors = 'envelope.invalid envelope.rejected transform.failed',
    example = [[
local reader = etcd.reader{ keys = { key.get{ vault_name = 'kv1', name = 'k1' } } }
local entry = cluster.get('c1'):etcd():get('/registry/secrets/default/db')
local opened = reader:open{ etcd_key = entry.key, value = entry.value }
print(opened.dek_source_type) --> HKDF_SHA256_XNONCE_AES_GCM_SEED]],
  },
  ['etcd:get'] = {
    errors = 'cluster.not_found',
    example = [[
print(cluster.get('c1'):etcd():get('/registry/secrets/default/db').version) --> 1]],
  },
  ['etcd:each'] = {
    errors = 'cluster.not_found',
    example = [[
for entry in cluster.get('c1'):etcd():each('/registry/secrets/') do
  print(entry.key) --> /registry/secrets/default/db
end]],
  },
  ['etcd:put'] = {
    errors = 'cluster.not_found snapshot.read_only',
    example = [[
local store, path = cluster.get('c1'):etcd(), '/registry/secrets/default/db'
store:put(path, store:get(path).value:reverse())
print((pcall(function() return secret.get{ cluster = 'c1', name = 'db' }.data end))) --> false]],
  },
  ['etcd:info'] = {
    errors = 'cluster.not_found',
    example = [[
print(type(cluster.get('c1'):etcd():info())) --> table]],
  },
}
