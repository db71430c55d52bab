--- `az keyvault`: vaults, what protects them, and those in deleted state.

local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')
local values = require('util.jmespath.values')

local function name(help) return flags.name(help or 'Name of the Vault.') end

local function place()
  return flags.all(name(), flags.group{ is_local = true, help =
    'Proceed only if Key Vault belongs to the specified resource group.' })
end

local function at(given)
  if not given.resource_group then return calls.to('vault.get', given.name) end
  return calls.to('vault.get', { name = given.name, resource_group = given.resource_group })
end

local function without(given, ...)
  local options = {}
  for key, value in pairs(given) do options[key] = value end
  for _, key in ipairs{ ... } do options[key] = nil end
  return options
end

local function access_flags()
  return flags.all(
    flags.text('--public-network-access', { choices = { 'Disabled', 'Enabled' }, help =
      'Control permission for data plane traffic coming from public networks.' }),
    flags.switch('--enable-rbac-authorization', { help =
      'Whether roles decide about data actions instead of access policies.' }),
    flags.switch('--enable-purge-protection', { help =
      'Whether protection against purge is enabled. Irreversible.' }),
    flags.integer('--retention-days', { help = 'Soft delete data retention days: 7 to 90.' }),
    flags.text('--default-action', { choices = { 'Allow', 'Deny' }, help =
      'Default action to apply when no rule matches.' }),
    flags.text('--bypass', { choices = { 'AzureServices', 'None' }, help =
      'Bypass traffic for space-separated uses.' }),
    flags.switch('--enabled-for-deployment', { help =
      'Whether virtual machines may retrieve certificates.' }),
    flags.switch('--enabled-for-disk-encryption', { help =
      'Whether Azure Disk Encryption may retrieve secrets and unwrap keys.' }),
    flags.switch('--enabled-for-template-deployment', { help =
      'Whether Azure Resource Manager may retrieve secrets.' }))
end

--- What `list` says of a vault: it asks Resource Manager, not the vault's service.
local function listed(shown)
  local items = values.array()
  for n, one in ipairs(shown) do
    items[n] = {
      id = one.id, location = one.location, name = one.name, resourceGroup = one.resourceGroup,
      tags = one.tags, type = one.type,
    }
  end
  return items
end

local function array(shown) return table.move(shown, 1, #shown, 1, values.array()) end

local KEY_PERMISSIONS = {
  'all', 'backup', 'create', 'decrypt', 'delete', 'encrypt', 'get', 'getrotationpolicy', 'import',
  'list', 'purge', 'recover', 'release', 'restore', 'rotate', 'setrotationpolicy', 'sign',
  'unwrapKey', 'update', 'verify', 'wrapKey',
}

local function principal_flags()
  return flags.all(
    flags.text('--object-id', { help =
      'A GUID that identifies the principal that will receive permissions.' }),
    flags.text('--spn', { help = 'Name of a service principal that will receive permissions.' }),
    flags.text('--upn', { help = 'Name of a user principal that will receive permissions.' }),
    flags.text('--application-id', { help =
      'Application ID of the client making request on behalf of a principal.' }))
end

local function policy(method)
  return function(given, options)
    return at(given):to(method, without(options, 'name')):to('show')
  end
end

local function check_network_rule(given)
  if not given.ip_address and not given.subnet then
    failures.client('incorrect usage: --ip-address IP | --subnet ID')
  end
  if given.subnet and not given.subnet:find('^/subscriptions/') then
    failures.client('incorrect usage: [--subnet ID | --subnet NAME --vnet-name NAME]',
      'kmsh has no virtual networks to look a name up in: give the ARM id')
  end
end

local function network_rule(method)
  return {
    help = (method == 'network_rule_add' and 'Add a network rule to'
      or 'Remove a network rule from') .. ' the network ACLs for a Key Vault.',
    flags = flags.all(place(),
      flags.words('--ip-address', { help = 'IPv4 address or CIDR range. Can supply a list.' }),
      flags.text('--subnet', { help = 'ID of subnet.' }), flags.no_wait()),
    check = check_network_rule,
    call = function(given, options)
      return at(given):to(method, {
        ip_address = options.ip_address, subnet = options.subnet and { options.subnet },
      }):to('show')
    end,
  }
end

local function deleted_flags()
  return flags.all(name('Name of the deleted Vault.'), flags.location{ is_local = true })
end

local commands = {
  create = {
    help = 'Create a Vault.',
    flags = flags.all(name(), flags.group{ required = true }, flags.location(), flags.tags(),
      access_flags(),
      flags.text('--sku', { choices = { 'standard', 'premium' }, help = 'SKU details.' }),
      flags.switch('--no-self-perms', { help =
        "Don't add permissions for the current user/service principal in the new vault." }),
      flags.words('--network-acls-ips', { help =
        'Network ACLs IP rules. Space-separated list of IP addresses.' }),
      flags.words('--network-acls-vnets', { help =
        'Network ACLs VNet rules. Space-separated list of subnet resource ids.' }),
      flags.no_wait()),
    call = function(_, options) return calls.to('vault.create', options):to('show') end,
  },
  show = {
    help = 'Show details of a Vault.',
    flags = place(),
    call = function(given) return at(given):to('show') end,
  },
  list = {
    help = 'List Vaults.',
    flags = flags.all(flags.group(), flags.ignored('text', 'resource-type')),
    call = function(_, options) return calls.to('vault.list', options):each('show') end,
    shape = listed,
  },
  update = {
    help = 'Update the properties of a Vault.',
    flags = flags.all(place(), access_flags(), flags.tags(), flags.no_wait()),
    call = function(given, options)
      return at(given):to('update', without(options, 'name')):to('show')
    end,
  },
  delete = {
    help = 'Delete a Vault.',
    flags = flags.all(place(), flags.no_wait()),
    call = function(given) return at(given):to('delete', { confirm = true }) end,
    shape = function() return nil end,
  },
  recover = {
    help = 'Recover a Vault.',
    flags = flags.all(deleted_flags(), flags.group{ is_local = true }, flags.no_wait()),
    call = function(given) return calls.to('vault.recover', given.name):to('show') end,
  },
  purge = {
    help = 'Permanently delete the specified Vault. Aka purges the deleted Vault.',
    flags = flags.all(deleted_flags(), flags.no_wait()),
    call = function(given) return calls.to('vault.purge', given.name, { confirm = true }) end,
  },
  ['list-deleted'] = {
    help = 'Get information about the deleted Vaults in a subscription.',
    flags = flags.ignored('text', 'resource-type'),
    call = function() return calls.to('vault.list_deleted'):each('show') end,
    shape = array,
  },
  ['show-deleted'] = {
    help = 'Show details of a deleted Vault.',
    flags = deleted_flags(),
    call = function(given) return calls.to('vault.get_deleted', given.name):to('show') end,
  },
  ['check-name'] = {
    help = 'Check that the given name is valid and is not already in use.',
    flags = { name('The name to check.') },
    call = function(given) return calls.to('vault.check_name', given.name) end,
    shape = function(told)
      return { nameAvailable = told.name_available, reason = told.reason or values.null,
        message = told.message or values.null }
    end,
  },
  ['set-policy'] = {
    help = 'Update security policy settings for a Key Vault.',
    flags = flags.all(place(), principal_flags(),
      flags.words('--key-permissions', { choices = KEY_PERMISSIONS, help =
        'Space-separated list of key permissions to assign.' }),
      flags.words('--secret-permissions', { help =
        'Space-separated list of secret permissions to assign.' }),
      flags.words('--certificate-permissions', { help =
        'Space-separated list of certificate permissions to assign.' }),
      flags.words('--storage-permissions', { help =
        'Space-separated list of storage permissions to assign.' }),
      flags.no_wait()),
    call = policy('set_policy'),
  },
  ['delete-policy'] = {
    help = 'Delete security policy settings for a Key Vault.',
    flags = flags.all(place(), principal_flags(), flags.no_wait()),
    call = policy('delete_policy'),
  },
  key = 'az.keyvault_key',
  ['private-endpoint-connection'] = 'az.keyvault_connection',
}

commands['network-rule'] = {
  help = 'Manage network ACLs for vault or managed hsm.',
  commands = {
    add = network_rule('network_rule_add'),
    remove = network_rule('network_rule_remove'),
    list = {
      help = 'List the network rules from the network ACLs for a Key Vault.',
      flags = place(),
      call = function(given) return at(given):to('show') end,
      shape = function(shown) return shown.properties.networkAcls end,
    },
  },
}

return { help = 'Manage KeyVault keys, secrets, and certificates.', commands = commands }
