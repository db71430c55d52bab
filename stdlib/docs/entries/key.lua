--- What help adds to the declarations of `key`: types of fields, errors, and examples.

return {
  objects = {
    key = "key.get{ vault_name = 'kv1', name = 'k1' }",
    ['deleted key'] = "key.get_deleted{ vault_name = 'kv1', name = 'old' }",
  },
  types = {
    ['key.kid'] = 'string',
    ['key.name'] = 'string',
    ['key.version'] = 'string',
    ['key.vault'] = 'vault',
    ['key.key_ops'] = 'table',
    ['key.enabled'] = 'boolean',
    ['key.not_before'] = 'string?',
    ['key.expires'] = 'string?',
    ['key.created'] = 'string',
    ['key.updated'] = 'string',
    ['key.recovery_level'] = 'string',
    ['key.recoverable_days'] = 'integer',
    ['key.tags'] = 'table',
    ['key.kty'] = 'string',
    ['key.size'] = 'integer',
    ['key.curve'] = 'string?',
    ['key.n'] = 'string?',
    ['key.e'] = 'string?',
    ['key.x'] = 'string?',
    ['key.y'] = 'string?',
    ['deleted key.kid'] = 'string',
    ['deleted key.name'] = 'string',
    ['deleted key.vault'] = 'vault',
    ['deleted key.recovery_id'] = 'string',
    ['deleted key.deleted_date'] = 'string',
    ['deleted key.scheduled_purge_date'] = 'string',
  },
  ['key.create'] = {
    errors = 'access.denied argument.value key.deleted vault.not_found',
    example = [[
local k = key.create{
  vault_name = 'kv1', name = 'k2', size = 3072, expires = '2026-01-01T00:00:00Z',
}
print(k.kty, k.size, k.expires) --> RSA  3072  2026-01-01T00:00:00Z]],
  },
  ['key.import'] = {
    errors = 'access.denied argument.value crypto.key_invalid json.invalid key.deleted '
      .. 'key.invalid vault.not_found',
    example = [[
local k = key.import{ vault_name = 'kv1', name = 'mine', jwk = {
  kty = 'EC', crv = 'P-256', x = 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y = '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  d = '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE',
} }
print(k.kty, k.curve) --> EC  P-256]],
  },
  ['key.update'] = {
    errors = 'access.denied argument.value key.id_invalid key.not_found vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
key.update{ id = k.kid, enabled = false }
print(key.update{ id = k.kid, enabled = true }.enabled) --> true]],
  },
  ['key.at'] = {
    errors = 'argument.value key.id_invalid',
    example = [[
print(key.at{ vault_name = 'kv1', name = 'k1' }.name) --> k1]],
  },
  ['key:show_changed'] = {
    errors = 'key.not_found vault.not_found',
    example = [[
local k = vault.get('kv1'):create_key{ name = 'off', disabled = true }
print(k:show_changed().attributes.enabled) --> false]],
  },
  ['key:show_listed'] = {
    errors = 'access.denied key.forbidden key.not_found vault.not_found',
    example = [[
print(key.get{ vault_name = 'kv1', name = 'k1' }:show_listed{}.name) --> k1]],
  },
  ['key.get'] = {
    errors = 'access.denied argument.value key.disabled key.id_invalid key.not_found '
      .. 'vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
print(key.get(k.kid) == k) --> true]],
  },
  ['key.find'] = {
    errors = 'access.denied argument.value key.disabled key.id_invalid',
    example = [[
print(key.find{ vault_name = 'kv1', name = 'nothing' }) --> nil]],
  },
  ['key.list'] = {
    errors = 'access.denied access.unauthenticated argument.value vault.not_found '
      .. 'vault.throttled',
    example = [[
for _, k in ipairs(key.list{ vault_name = 'kv1' }) do print(k.name, k.kty) end --> k1  RSA]],
  },
  ['key.each'] = {
    errors = 'access.denied argument.value vault.not_found',
    example = [[
for k in key.each{ vault_name = 'kv1' } do print(k.name) end --> k1]],
  },
  ['key.get_deleted'] = {
    errors = 'access.denied argument.value key.id_invalid key.not_found vault.not_found',
    example = [[
print(key.get_deleted{ vault_name = 'kv1', name = 'old' }.deleted_date) --> 2025-01-01T00:00:00Z]],
  },
  ['key.list_deleted'] = {
    errors = 'access.denied argument.value vault.not_found',
    example = [[
for _, k in ipairs(key.list_deleted{ vault_name = 'kv1' }) do print(k.name) end --> old]],
  },
  ['key.recover'] = {
    errors = 'access.denied argument.value key.id_invalid key.not_found vault.not_found',
    example = [[
print(key.recover{ vault_name = 'kv1', name = 'old' }.name) --> old]],
  },
  ['key.purge'] = {
    errors = 'access.denied argument.value confirm.required key.id_invalid key.not_found '
      .. 'key.purge_protected vault.not_found',
    example = [[
vault.get('kv1'):set_policy{
  object_id = identity.signed_in(), key_permissions = { 'list', 'purge' },
}
key.purge{ vault_name = 'kv1', name = 'old', confirm = true }
print(#key.list_deleted{ vault_name = 'kv1' }) --> 0]],
  },
  ['key.restore'] = {
    errors = 'access.denied argument.value key.backup_rejected key.deleted key.exists '
      .. 'vault.not_found',
    example = [[
local k = key.create{ vault_name = 'kv1', name = 'k2' }
local blob = k:backup()
vault.create{ name = 'kv2', resource_group = 'rg' }
print(key.restore{ vault_name = 'kv2', blob = blob }.version == k.version) --> true]],
  },
  ['key:versions'] = {
    errors = 'access.denied key.not_found vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
k:rotate()
print(#k:versions()) --> 2]],
  },
  ['key:update'] = {
    errors = 'access.denied argument.value key.not_found vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
print(k:update{ expires = '2026-01-01T00:00:00Z' }.expires) --> 2026-01-01T00:00:00Z]],
  },
  ['key:delete'] = {
    errors = 'access.denied confirm.required key.not_found vault.not_found',
    example = [[
local k = key.create{ vault_name = 'kv1', name = 'k2' }
print(k:delete{}.name) --> k2]],
  },
  ['key:backup'] = {
    errors = 'access.denied key.backup_refused key.disabled key.not_found vault.not_found',
    example = [[
local k = key.create{ vault_name = 'kv1', name = 'k2' }
print(type(k:backup())) --> string]],
  },
  ['key:rotate'] = {
    errors = 'access.denied argument.value key.disabled key.not_found vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
print(k:rotate().version ~= k.version) --> true]],
  },
  ['key:rotation_policy'] = {
    errors = 'access.denied argument.value key.not_found vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
k:rotation_policy{ lifetime_actions = { { action = 'Rotate', time_after_create = 'P90D' } } }
clock.advance 'P91D'
print(#k:versions()) --> 2]],
  },
  ['key:show_rotation_policy'] = {
    errors = 'access.denied key.not_found vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
print(#k:show_rotation_policy().lifetimeActions) --> 1]],
  },
  ['key:encrypt'] = {
    errors = 'access.denied argument.value key.disabled key.expired key.forbidden key.not_found '
      .. 'key.not_yet_valid vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
local sealed = k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'a message' }
print(#sealed.value) --> 256]],
  },
  ['key:decrypt'] = {
    errors = 'access.denied argument.value key.disabled key.forbidden key.not_found '
      .. 'vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
local sealed = k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'a message' }
print(k:decrypt{ algorithm = 'RSA-OAEP-256', value = sealed.value }.value) --> a message]],
  },
  ['key:wrap'] = {
    errors = 'access.denied argument.value key.disabled key.expired key.forbidden key.not_found '
      .. 'key.not_yet_valid vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
print(#k:wrap{ algorithm = 'RSA-OAEP-256', value = ('k'):rep(32) }.value) --> 256]],
  },
  ['key:unwrap'] = {
    errors = 'access.denied argument.value key.disabled key.forbidden key.not_found '
      .. 'vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
local wrapped = k:wrap{ algorithm = 'RSA-OAEP-256', value = ('k'):rep(32) }
print(#k:unwrap{ algorithm = 'RSA-OAEP-256', value = wrapped.value }.value) --> 32]],
  },
  ['key:sign'] = {
    errors = 'access.denied argument.value key.disabled key.expired key.forbidden key.not_found '
      .. 'key.not_yet_valid vault.not_found',
    example = [[
local k = key.get{ vault_name = 'kv1', name = 'k1' }
print(#k:sign{ algorithm = 'PS256', value = crypto.sha256 'a message' }.value) --> 256]],
  },
  ['key:verify'] = {
    errors = 'access.denied argument.value key.disabled key.forbidden key.not_found '
      .. 'vault.not_found',
    example = [[
local k, digest = key.get{ vault_name = 'kv1', name = 'k1' }, crypto.sha256 'a message'
local signature = k:sign{ algorithm = 'PS256', value = digest }.value
print(k:verify{ algorithm = 'PS256', digest = digest, value = signature }.value) --> true]],
  },
  ['deleted key:recover'] = {
    errors = 'access.denied key.not_found vault.not_found',
    example = [[
print(key.get_deleted{ vault_name = 'kv1', name = 'old' }:recover().name) --> old]],
  },
  ['deleted key:purge'] = {
    errors = 'access.denied confirm.required key.not_found key.purge_protected vault.not_found',
    example = [[
vault.get('kv1'):set_policy{
  object_id = identity.signed_in(), key_permissions = { 'get', 'purge' },
}
key.get_deleted{ vault_name = 'kv1', name = 'old' }:purge{ confirm = true }]],
  },
}
