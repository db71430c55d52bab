local harness = require('harness')
local az, json = require('az'), require('json')
local it, same = harness.it, harness.same

--- Runs a command line; answers with its status, its output and what it said besides.
local function run(line, host)
  local words, out, err = {}, {}, {}
  for word in line:gmatch('%S+') do words[#words + 1] = word end
  host = host or {}
  host.out = function(text) out[#out + 1] = text end
  host.err = function(text) err[#err + 1] = text end
  local status = az.main(words, host)
  return status, table.concat(out), table.concat(err)
end

local function succeeds(line, host)
  local status, out, err = run(line, host)
  if status ~= 0 then error(('%s: %d, %s'):format(line, status, err), 2) end
  return out, err
end

local function refuses(line, status, words)
  local got, out, err = run(line)
  same(got, status)
  same(out, '')
  if not err:find('ERROR: ' .. words, 1, true) then error(err .. ' does not say ' .. words, 2) end
  return err
end

--- What a person types at prompts.
local function typing(...)
  local answers = { ... }
  return { input_is_terminal = true, read_line = function() return table.remove(answers, 1) end }
end

local KMS = 'aks create -n c1 -g rg --assign-identity %s --enable-azure-keyvault-kms '
  .. '--azure-keyvault-kms-key-vault-network-access public --azure-keyvault-kms-key-id %s'

local function world()
  local w = { v = vault.create{ name = 'kv1', resource_group = 'rg' } }
  w.k = key.create{ vault_name = w.v, name = 'etcd' }
  w.i = identity.create{ name = 'id1', resource_group = 'rg' }
  w.v:set_policy{ object_id = w.i, key_permissions = { 'encrypt', 'decrypt' } }
  return w
end

it('prints what show() has, member for member', function()
  world()
  local shown = json.decode((succeeds('keyvault show --name kv1')))
  same(json.encode(shown), json.encode(vault.get('kv1'):show()))
  same(succeeds('keyvault key show --vault-name kv1 -n etcd --query key.kid -o tsv'),
    key.get{ vault_name = 'kv1', name = 'etcd' }.kid .. '\n')
end)

it('makes the document\'s cluster, and says what it ignores on standard error', function()
  local w = world()
  local out, err = succeeds((KMS .. ' --generate-ssh-keys --network-plugin azure '
    .. '--query securityProfile.azureKeyVaultKms.keyVaultNetworkAccess -o tsv')
    :format(w.i.id, w.k.kid))
  same(out, 'Public\n')
  same(err, 'WARNING: kmsh does not model --network-plugin, --generate-ssh-keys: accepted and '
    .. 'ignored.\n')
  same(cluster.get('c1'):kms().current.kid, w.k.kid)
end)

it('says nothing but errors when told so', function()
  local w = world()
  local _, err = succeeds((KMS .. ' --generate-ssh-keys --only-show-errors')
    :format(w.i.id, w.k.kid))
  same(err, '')
  local _, _, words = run('keyvault show -n nope --only-show-errors')
  same(words, "ERROR: The Vault 'nope' not found within subscription.\n")
end)

it('words errors of the service with their code, and exits by their kind', function()
  world()
  local err = refuses('aks show -n nope -g rg', 3, '(ResourceNotFound) The Resource '
    .. "'Microsoft.ContainerService/managedClusters/nope' under resource group 'rg' was not found.")
  assert(err:find('\nCode: ResourceNotFound\nMessage: The Resource', 1, true), err)
  refuses('keyvault show -n nope', 1, "The Vault 'nope' not found within subscription.\n")
  refuses('keyvault create -n kv1 -g rg', 1, 'The specified vault: kv1 already exists\n')
  refuses('keyvault key show --vault-name kv1 -n nope', 3,
    '(KeyNotFound) A key with (name/id) nope')
  refuses('keyvault key show --vault-name elsewhere -n k', 1,
    "Failed to resolve 'elsewhere.vault.azure.net'")
  refuses('role assignment create --role Nope --assignee-object-id 00000000-0000-0000-0000-00000000'
    .. '0001 --assignee-principal-type User --scope ' .. vault.get('kv1').id, 1,
    "Role 'Nope' doesn't exist.\n")
  refuses('group show -n nope', 3, '(ResourceGroupNotFound)')
end)

it('names the inner error as the real tool does', function()
  world()
  key.update{ id = key.at{ vault_name = 'kv1', name = 'etcd' }, enabled = false }
  local err = refuses('keyvault key show --vault-name kv1 -n etcd', 1, '(Forbidden) Operation get')
  assert(err:find('\nInner error: {\n    "code": "KeyDisabled"\n}\n', 1, true), err)
  same(succeeds('keyvault key list --vault-name kv1 --query [].attributes.enabled -o tsv'),
    'false\n')
  same(succeeds('keyvault key set-attributes --vault-name kv1 -n etcd --enabled true --query '
    .. 'attributes.enabled'), 'true\n')
end)

it('refuses a key that is named in no way or in two', function()
  refuses('keyvault key show -n k', 1, 'incorrect usage: --id ID | --vault-name/--hsm-name VAULT/'
    .. 'HSM --name/-n NAME [--version VERSION]\n')
  refuses('keyvault key show --id https://kv1.vault.azure.net/keys/k --vault-name kv1', 1,
    '--vault-name and --id are mutually exclusive.\n')
end)

it('refuses how an assignee is named wrongly, and finds one by any of its names', function()
  local w = world()
  local line = 'role assignment create --role Reader --scope ' .. w.v.id
  refuses(line, 1, 'usage error: --assignee STRING | --assignee-object-id GUID\n')
  refuses(line .. ' --assignee a --assignee-principal-type User', 1,
    'usage error: --assignee-object-id GUID --assignee-principal-type TYPE\n')
  refuses(line .. ' --assignee nobody', 1,
    "Cannot find user or service principal in graph database for 'nobody'.")
  for _, name in ipairs{ w.i.client_id, w.i.principal_id } do
    same(succeeds(line .. ' --assignee ' .. name .. ' --query principalId -o tsv'),
      w.i.principal_id .. '\n')
  end
  succeeds('role assignment delete --assignee ' .. w.i.client_id .. ' --scope ' .. w.v.id)
  same(#role.list{ scope = w.v }, 0)
end)

it('asks before it deletes, and goes on with -y', function()
  world()
  local err = refuses('group delete -n rg', 1, 'Operation cancelled.')
  assert(err:find('Unable to prompt for confirmation as no tty available. Use --yes.', 1, true))
  same(run('group delete -n rg', typing('maybe', 'n')), 1)
  same(vault.get('kv1').name, 'kv1')
  local _, asked = succeeds('group delete -n rg', typing('y'))
  same(asked, 'Are you sure you want to perform this operation? (y/n): ')
  same(group.find('rg'), nil)
  same(vault.find('kv1'), nil)
  vault.create{ name = 'kv2', resource_group = 'rg' }
  succeeds('group delete -n rg -y')
  same(vault.find('kv2'), nil)
end)

it('asks twice before an upgrade, and ends in silence at no', function()
  cluster.create{ name = 'c1', resource_group = 'rg', kubernetes_version = '1.33' }
  refuses('aks upgrade -n c1 -g rg -k 1.34', 1, 'Unable to prompt for confirmation')
  local out, asked = succeeds('aks upgrade -n c1 -g rg -k 1.34', typing('y', ''))
  same(out, '')
  same(asked, 'Kubernetes may be unavailable during cluster upgrades.\n Are you sure you want to '
    .. 'perform this operation? (y/N): Since --control-plane-only parameter is not specified, this '
    .. 'will upgrade the control plane AND all nodepools to version 1.34. Continue? (y/N): ')
  same(cluster.get('c1').kubernetes_version, '1.33')
  succeeds('aks upgrade -n c1 -g rg -k 1.34', typing('y', 'y'))
  same(cluster.get('c1').kubernetes_version, '1.34')
  local _, err = succeeds('aks upgrade -n c1 -g rg -k 1.34 -y')
  assert(err:find('WARNING: The cluster is already on version 1.34', 1, true), err)
end)

it('asks before an update of nothing, and before another identity', function()
  local w = world()
  cluster.create{ name = 'c1', resource_group = 'rg' }
  refuses('aks update -n c1 -g rg', 1, 'Unable to prompt for confirmation')
  local status, _, err = run('aks update -n c1 -g rg', typing('n'))
  same(status, 1)
  assert(err:find('No argument specified to update. Would you like to reconcile to current '
    .. 'settings? (y/N): ERROR: Please specify one or more of "--enable-azure-keyvault-kms" or '
    .. '"--azure-keyvault-kms-key-id" or ', 1, true), err)
  refuses('aks update -n c1 -g rg --assign-identity ' .. w.i.id, 1, '--assign-identity can only be '
    .. 'specified when --enable-managed-identity is specified')
  local line = 'aks update -n c1 -g rg --enable-managed-identity --assign-identity ' .. w.i.id
  local _, asked = succeeds(line, typing('y'))
  assert(asked:find('already using systemassigned managed identity, and you are going to update '
    .. 'the cluster to use userassigned', 1, true), asked)
  same(cluster.get('c1').identity.type, 'UserAssigned')
end)

it('shows the Lua call that a command is, and does nothing', function()
  same(succeeds('keyvault create -n kv9 -g rg --enable-rbac-authorization --tags a=b --explain'),
    "vault.create{ name = 'kv9', resource_group = 'rg', enable_rbac_authorization = true, "
      .. "tags = { a = 'b' } }:show()\n")
  same(vault.find('kv9'), nil)
  same(succeeds('aks list --explain'), 'for _, item in ipairs(cluster.list{}) do '
    .. 'print(item:show()) end\n')
  same(succeeds('aks update -n c -g rg --disable-azure-keyvault-kms --explain'),
    "cluster.get{ name = 'c', resource_group = 'rg' }:update{ disable_azure_keyvault_kms = true }"
      .. ':show()\n')
  same(succeeds('keyvault key encrypt --vault-name kv -n k -a RSA-OAEP-256 --value c2VjcmV0 '
    .. '--explain'):find('c2VjcmV0', 1, true), nil)
end)

it('explains a call that does as the command does', function()
  clock.freeze('2026-01-01T00:00:00Z')
  world()
  local line = 'keyvault update -n kv1 -g rg --public-network-access Disabled'
  local call = succeeds(line .. ' --explain')
  local shown = assert(load('return ' .. call))()
  same(vault.get('kv1').public_network_access, 'Disabled')
  same(json.encode(shown), json.encode(json.decode((succeeds(line)))))
end)

it('encrypts and decrypts base64, or plain text', function()
  world()
  local sealed = succeeds('keyvault key encrypt --vault-name kv1 -n etcd -a RSA-OAEP-256 '
    .. '--value hello --data-type plaintext --query result -o tsv'):gsub('\n', '')
  same(succeeds('keyvault key decrypt --vault-name kv1 -n etcd -a rsa-oaep-256 --data-type '
    .. 'plaintext --query result -o tsv --value ' .. sealed), 'hello\n')
  refuses('keyvault key decrypt --vault-name kv1 -n etcd -a RSA-OAEP-256 --value !', 1,
    'Invalid base64-encoded string')
end)

it('keeps what a diagnostic setting was named and where it goes', function()
  world()
  local line = 'monitor diagnostic-settings %s --resource kv1 '
  succeeds(line:format('create') .. '-n logs --workspace w1 '
    .. '--logs [{"category":"AuditEvent","enabled":true}]')
  same(vault.get('kv1'):diagnostics(), true)
  same(succeeds(line:format('list') .. '--query [].[name,workspaceId,logs[0].enabled] -o tsv'),
    'logs\tw1\tTrue\n')
  same(succeeds(line:format('show') .. '-n LOGS --query name -o tsv'), 'logs\n')
  refuses(line:format('show') .. '-n other', 3, '(ResourceNotFound)')
  refuses(line:format('create') .. '-n logs', 1, 'usage error: --storage-account')
  refuses(line:format('create') .. '-n logs --workspace w --logs x', 1, 'x: No such file')
  succeeds(line:format('delete') .. '-n logs')
  same(vault.get('kv1'):diagnostics(), false)
  same(succeeds(line:format('list')), '[]\n')
end)

it('goes to another subscription for one command, and back', function()
  local before = workspace.subscriptions()[1]
  local other = workspace.subscription{}
  succeeds('group create -n there -l westus --subscription ' .. other.id)
  same(group.find('there'), nil)
  same(succeeds('group list --subscription ' .. other.id .. ' --query [].name -o tsv'), 'there\n')
  refuses('group list --subscription nope', 1, "The subscription of 'nope' doesn't exist in cloud")
  same(succeeds('account show --query id -o tsv'), before.id .. '\n')
  succeeds('account set -s ' .. other.id)
  same(succeeds('account show --query id -o tsv'), other.id .. '\n')
end)

it('says that a query or a command is none', function()
  local err = refuses('account list --query [', 2, 'argument --query: invalid jmespath_type value: '
    .. "'['")
  assert(err:find('To learn more about --query', 1, true), err)
  refuses('account list --query foo(@)', 1, 'Invalid jmespath query supplied for `--query`: ')
  err = refuses('keyvault shw', 2, "'shw' is misspelled or not recognized by the system.")
  assert(err:find("\nDid you mean 'show' ?\n", 1, true), err)
  refuses('storage account list', 2, "'storage' is misspelled or not recognized by the system.")
  refuses('keyvault', 2, 'the following arguments are required: _subcommand')
end)

it('says that it is kmsh, and of which az it has the words', function()
  local out = succeeds('--version', { version = '9.9' })
  assert(out:find('^azure%-cli +2%.91%.0\n'), out)
  assert(out:find('kmsh +9%.9\n') and out:find('This is kmsh', 1, true), out)
end)

it('makes a private way into a vault, and lets its owner decide', function()
  world()
  local id = vault.get('kv1').id
  local made = json.decode((succeeds('network private-endpoint create -n pe -g rg --subnet s '
    .. '--vnet-name n --group-id vault --connection-name way --manual-request '
    .. '--private-connection-resource-id ' .. id)))
  same(made.manualPrivateLinkServiceConnections[1].privateLinkServiceConnectionState.status,
    'Pending')
  local words = 'keyvault private-endpoint-connection '
  local name = succeeds(words .. 'list --vault-name kv1 --query [].id -o tsv'):match('([^/]+)\n')
  local status = ' --query privateLinkServiceConnectionState.status -o tsv'
  same(succeeds(words .. 'approve --vault-name kv1 -n ' .. name .. status), 'Approved\n')
  same(succeeds(words .. 'reject --id ' .. id .. '/privateEndpointConnections/' .. name .. status),
    'Rejected\n')
  same(succeeds('network private-endpoint show -n pe -g RG --query name -o tsv'), 'pe\n')
  refuses(words .. 'show -n x', 1, 'incorrect usage: [--id ID')
  refuses(words .. 'show -n x --vault-name kv1', 3, '(PrivateEndpointConnectionNotFound)')
  succeeds(words .. 'delete --vault-name kv1 -n ' .. name)
  same(succeeds(words .. 'list --vault-name kv1'), '[]\n')
  refuses('network private-endpoint show -n nope -g rg', 3, '(ResourceNotFound)')
end)

it('backs a key up into a file, and restores it from there', function()
  world()
  local path = os.tmpname()
  succeeds('keyvault key backup --vault-name kv1 -n etcd -f ' .. path)
  vault.create{ name = 'kv2', resource_group = 'rg' }
  same(succeeds('keyvault key restore --vault-name kv2 -f ' .. path .. ' --query key.kid -o tsv'),
    key.get{ vault_name = 'kv2', name = 'etcd' }.kid .. '\n')
  os.remove(path)
  refuses('keyvault key restore --vault-name kv2 -f ' .. path, 1, path .. ': No such file')
end)

it('walks a key through deletion, recovery and purge', function()
  world()
  local where = ' --vault-name kv1 -n etcd'
  same(succeeds('keyvault key delete' .. where .. ' --query recoveryId -o tsv'),
    'https://kv1.vault.azure.net/deletedkeys/etcd\n')
  refuses('keyvault key show' .. where, 3, '(KeyNotFound)')
  refuses('keyvault key create' .. where, 1, '(Conflict) Key etcd is currently in a deleted but '
    .. 'recoverable state')
  same(succeeds('keyvault key list-deleted --vault-name kv1 --query [].name -o tsv'), 'etcd\n')
  succeeds('keyvault key recover --id https://kv1.vault.azure.net/deletedkeys/etcd')
  same(succeeds('keyvault key list-versions' .. where .. ' --query length(@)'), '1\n')
  vault.get('kv1'):set_policy{
    object_id = identity.signed_in(), key_permissions = { 'all', 'purge' },
  }
  succeeds('keyvault key delete' .. where)
  succeeds('keyvault key purge' .. where)
  same(succeeds('keyvault key list-deleted --vault-name kv1'), '[]\n')
end)

it('signs a digest and verifies it', function()
  world()
  local digest = require('crypto').base64(('x'):rep(32))
  local line = 'keyvault key %s --vault-name kv1 -n etcd -a RS256 --digest ' .. digest
  local signature = succeeds(line:format('sign') .. ' --query signature -o tsv'):gsub('\n', '')
  same(succeeds(line:format('verify') .. ' --query isValid --signature ' .. signature), 'true\n')
end)

--- Every command of the tree, with its words.
local function each_command(visit)
  local tree = require('az.tree')
  local function walk(words)
    local found = tree.find(words)
    if not found.commands then return visit(found, words) end
    for _, name in ipairs(tree.names(found)) do
      walk(table.move({ name }, 1, 1, #words + 1, table.move(words, 1, #words, 1, {})))
    end
  end
  walk{}
end

it('tells of every command what it is and takes, and of each flag what it means', function()
  local count = 0
  each_command(function(command, words)
    count = count + 1
    local out = succeeds(table.concat(words, ' ') .. ' --help')
    assert(out:find('az ' .. table.concat(words, ' ') .. ' : ', 1, true), out)
    for _, flag in ipairs(command.flags or {}) do
      assert(flag.help or flag.is_ignored, flag.names[1] .. ' has no help')
      assert(out:find(flag.names[1], 1, true), flag.names[1])
    end
    assert(command.call or command.run and command.calls, 'nothing to explain')
  end)
  assert(count > 60, count)
end)

it('passes on no option that the Lua call does not know', function()
  local given = { text = 'x', integer = 3, flag = true, switch = true, words = {}, tags = {},
    time = '2027-01-01T00:00:00Z' }
  each_command(function(command, words)
    if not command.call or words[1] == 'role' then return end
    local all = {}
    for _, flag in ipairs(command.flags or {}) do
      all[flag.key] = flag.choices and flag.choices[1] or given[flag.kind]
    end
    all.id = nil
    local tree = require('az.tree')
    local ok, problem = pcall(function()
      command.call(all, tree.options(all, command.flags or {})):make()
    end)
    local code = not ok and type(problem) == 'table' and problem.code or ''
    assert(code ~= 'argument.unknown', table.concat(words, ' ') .. ': ' .. json.encode(problem))
  end)
end)

it('a change is answered with the whole key, also one that get refuses', function()
  world()
  local at = ' --vault-name kv1 -n '
  for _, line in ipairs{
    'create' .. at .. 'off --disabled true', 'set-attributes' .. at .. 'off --tags a=b',
    'set-attributes' .. at .. 'etcd --enabled false', 'delete' .. at .. 'off',
    'recover' .. at .. 'off',
  } do
    local shown = json.decode((succeeds('keyvault key ' .. line)))
    same(shown.attributes.enabled, false)
    same(shown.key.kty, 'RSA')
    same(#shown.key.n, 344)
  end
  refuses('keyvault key show' .. at .. 'off', 1, '(Forbidden) Operation get is not allowed')
end)

it('what only kmsh has makes no flag of az ambiguous', function()
  world()
  local line = 'keyvault key set-attributes --vault-name kv1 -n etcd --exp 2030-01-01 --query '
    .. 'attributes.expires'
  same(succeeds(line), '"2030-01-01T00:00:00+00:00"\n')
  refuses('keyvault show -n kv1 --expl', 2, 'unrecognized arguments: --expl')
end)
