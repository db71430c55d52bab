--- A session as commands for the cloud.

local t = require('harness')
local commands = require('util.commands')

local VAULT = { kind = 'vault', name = 'kv1', id = '/subscriptions/11-22/resourceGroups/rg/kv1',
  resource_group = 'rg' }

local function call(name, members)
  members.name = name
  members.options, members.arguments = members.options or {}, members.arguments or {}
  return members
end

local function option(name, flag, value) return { name = name, flag = flag, value = value } end

--- The script for some calls, without its first lines.
local function script(...)
  return (commands.script{ ... }:gsub('^.-\n\n', '', 1))
end

t.it('options become their flags', function()
  t.same(script(call('vault.create', { options = {
    option('name', '--name', 'kv1'), option('resource_group', '--resource-group', 'my group'),
    option('enable_rbac_authorization', '--enable-rbac-authorization', true),
    option('tags', '--tags', { b = '2', a = '1 2' }), option('confirm', '--yes', true),
  } })), "az keyvault create --name kv1 --resource-group 'my group' "
    .. "--enable-rbac-authorization true --tags 'a=1 2' b=2")
end)

t.it('what switches a cluster takes no value', function()
  local c = { kind = 'cluster', name = 'c1', resource_group = 'rg' }
  t.same(script(call('cluster:update', { receiver = c, options = {
    option('enable_azure_keyvault_kms', '--enable-azure-keyvault-kms', true),
    option('disable_azure_keyvault_kms', '--disable-azure-keyvault-kms', false),
  } })), 'az aks update --name c1 --resource-group rg --enable-azure-keyvault-kms')
end)

t.it('what the cloud gives out is kept in variables', function()
  local kid = 'https://kv1.vault.azure.net/keys/k/0123456789abcdef0123456789abcdef'
  local lines = script(
    call('identity.create', {
      options = { option('name', '--name', 'id1') },
      result = { kind = 'identity', name = 'id1', principal_id = 'aa-bb' },
    }),
    call('key.create', {
      options = { option('vault_name', '--vault-name', VAULT), option('name', '--name', 'k') },
      result = { kind = 'key', name = 'k', vault = 'kv1', kid = kid },
    }),
    call('vault:set_policy', { receiver = VAULT, options = {
      option('object_id', '--object-id', 'aa-bb'),
      option('key_permissions', '--key-permissions', { 'encrypt', 'decrypt' }),
    } }),
    call('cluster:update', { receiver = { kind = 'cluster', name = 'c1', resource_group = 'rg' },
      options = { option('x', '--azure-keyvault-kms-key-id', kid) } }))
  t.same(lines, 'id1_principal_id=$(az identity create --name id1 --query principalId '
    .. '--output tsv)\n'
    .. 'k_kid=$(az keyvault key create --vault-name kv1 --name k --query key.kid --output tsv)\n'
    .. 'az keyvault set-policy --name kv1 --object-id "${id1_principal_id}" '
    .. '--key-permissions encrypt decrypt\n'
    .. 'az aks update --name c1 --resource-group rg --azure-keyvault-kms-key-id "${k_kid}"')
end)

t.it('what was there before is looked up', function()
  t.same(script(call('role.assign', { options = {
    option('role', '--role', 'Reader'),
    option('assignee', '--assignee-object-id',
      { kind = 'identity', name = 'id1', resource_group = 'rg', principal_id = 'aa-bb' }),
    option('scope', '--scope', VAULT),
  } })), 'id1_principal_id=$(az identity show --name id1 --resource-group rg --query principalId '
    .. '--output tsv)\n'
    .. 'subscription=$(az account show --query id --output tsv)\n'
    .. 'az role assignment create --role Reader --assignee-object-id "${id1_principal_id}" '
    .. '--scope "/subscriptions/${subscription}/resourceGroups/rg/kv1"')
end)

t.it('values of Secrets are brought along by whoever runs it', function()
  local text = commands.script{ call('secret.create', { options = {
    option('cluster', nil, { kind = 'cluster', name = 'c1', resource_group = 'rg' }),
    option('name', 'NAME', 'db'),
    option('string_data', '--from-literal', { password = '‹secret›' }),
  } }) }
  t.same(text:find('‹secret›', 1, true), nil)
  t.same(text:find(': "${db_password:?value of password of Secret db}"', 1, true) ~= nil, true)
  t.same(text:match('\n(kubectl [^\n]+)'),
    'kubectl create secret generic db --namespace default --from-literal=password="$db_password"')
  t.same(text:match('\n(az aks get%-credentials [^\n]+)'),
    'az aks get-credentials --name c1 --resource-group rg --overwrite-existing')
end)

t.it('what a name holds cannot end the word that it stands in', function()
  t.same(script(call('vault.purge', { arguments = { "x'; rm -rf $HOME" } })),
    "az keyvault purge --name 'x'\\''; rm -rf $HOME'")
end)

t.it('a group is made and deleted', function()
  local handle = { kind = 'group', name = 'rg2' }
  t.same(script(call('group.create', { options = {
    option('name', '--name', 'rg2'), option('location', '--location', 'eastus'),
  } }), call('group:delete', { receiver = handle })),
    'az group create --name rg2 --location eastus\naz group delete --name rg2 --yes')
end)

t.it('lines of kubectl are as they were typed, but for their secrets', function()
  local place = { kind = 'cluster', name = 'c1', resource_group = 'rg' }
  local text = script(call('kmsh.desk.command_line', { arguments = { place, {
    { 'kubectl', '--cluster', 'c1', 'create', 'secret', 'generic', '1-db', '-n', 'web team',
      { flag = '--from-literal', key = 'a b', has_key = true }, '--from-literal',
      { key = 'c', has_key = true }, '--docker-password', { key = 'password', has_key = false } },
  } } }), call('kmsh.desk.command_line', { arguments = { place, {
    { 'kubectl', 'get', 'secrets', '-A', '-o', 'json' }, { 'kubectl', 'replace', '-f', '-' },
  } } }))
  t.same(text, table.concat({
    ': "${_1_db_a_b:?value of a b of Secret 1-db}"', ': "${_1_db_c:?value of c of Secret 1-db}"',
    ': "${_1_db_password:?value of password of Secret 1-db}"', '',
    'az aks get-credentials --name c1 --resource-group rg --overwrite-existing',
    "kubectl --cluster c1 create secret generic 1-db -n 'web team' "
      .. "--from-literal='a b'=\"$_1_db_a_b\" "
      .. '--from-literal c="$_1_db_c" --docker-password "$_1_db_password"',
    'kubectl get secrets -A -o json | kubectl replace -f -',
  }, '\n'))
end)

t.it('a rotation policy is written as the command takes it', function()
  local k = { kind = 'key', name = 'k', vault = 'kv1' }
  local line = 'az keyvault key rotation-policy update --vault-name kv1 --name k --value '
  t.same(script(call('key:rotation_policy', { receiver = k, options = {
    option('lifetime_actions', nil, {
      { action = 'Rotate', time_after_create = 'P30D' },
      { action = 'Notify', time_before_expiry = 'P7D' },
    }),
    option('expiry_time', nil, 'P2Y'),
  } })), line .. [['{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D"},"action":{"type":]]
    .. [["Rotate"}},{"trigger":{"timeBeforeExpiry":"P7D"},"action":{"type":"Notify"}}],]]
    .. [["attributes":{"expiryTime":"P2Y"}}']])
  t.same(script(call('key:rotation_policy', { receiver = k, options = {
    option('value', '--value', '{}'),
  } })), line .. "'{}'")
  t.same(commands.script{ call('key:rotation_policy', { receiver = k }) }:find('rotation', 1, true),
    nil)
end)

t.it('a session without changes says so', function()
  t.same(commands.script{}:find('# Nothing was changed that stands.', 1, true) ~= nil, true)
end)
