--- `az network private-endpoint`: the private way to a vault that a person makes.

local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')
local values = require('util.jmespath.values')

local function place()
  return flags.all(flags.name('Name of the private endpoint.', { is_local = true }),
    flags.group{ required = true, is_local = true })
end

--- The endpoint as the service shows it, from the connection that the vault has of it.
local function endpoint(connection, vault_now)
  local id = connection.private_endpoint.id
  local state = connection.private_link_service_connection_state
  local link = {
    groupIds = { 'vault' }, name = connection.name, privateLinkServiceId = vault_now.id,
    privateLinkServiceConnectionState = {
      actionsRequired = state.actions_required, description = state.description,
      status = state.status,
    },
    provisioningState = connection.provisioning_state,
  }
  local none, links = values.array(), table.move({ link }, 1, 1, 1, values.array())
  local is_manual = state.status == 'Pending'
  return {
    id = id, location = vault_now.location, name = id:match('[^/]+$'),
    manualPrivateLinkServiceConnections = is_manual and links or none,
    privateLinkServiceConnections = is_manual and none or links,
    provisioningState = connection.provisioning_state,
    resourceGroup = id:match('/([^/]+)/providers/'),
    type = 'Microsoft.Network/privateEndpoints',
  }
end

--- The endpoint of a name, and the vault that it leads to.
local function find(given)
  local wanted = ('/resourcegroups/%s/providers/microsoft.network/privateendpoints/%s'):format(
    given.resource_group:lower(), given.name:lower())
  for _, one in ipairs(require('vault').list{}) do
    for _, connection in ipairs(one.private_endpoint_connections) do
      if connection.private_endpoint.id:lower():sub(-#wanted) == wanted then
        return connection, one
      end
    end
  end
  error({
    code = 'resource.not_found', status = 404, azure_code = 'ResourceNotFound',
    message = ("The Resource 'Microsoft.Network/privateEndpoints/%s' under resource group '%s' was "
      .. 'not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix'):format(
      given.name, given.resource_group),
  }, 0)
end

local function target(given) return calls.to('vault.get', given.private_connection_resource_id) end

local function id_of(given, vault_now)
  return ('%s/resourceGroups/%s/providers/Microsoft.Network/privateEndpoints/%s'):format(
    vault_now.id:match('^/subscriptions/[^/]+'), given.resource_group, given.name)
end

local function creation(given, name)
  return target(given):to('private_endpoint_create', {
    name = name, connection_name = given.connection_name, manual_request = given.manual_request,
    request_message = given.request_message,
  })
end

local commands = {
  create = {
    help = 'Create a private endpoint.',
    flags = flags.all(place(),
      flags.text('--private-connection-resource-id', { required = true, is_local = true, help =
        'The resource id of which private endpoint connect to.' }),
      flags.text('--connection-name', { required = true, is_local = true, help =
        'Name of the private link service connection.' }),
      flags.switch('--manual-request', { is_local = true, help =
        'Use manual request to establish the connection.' }),
      flags.text('--request-message', { is_local = true, help =
        'A message passed to the owner of the remote resource with this connection request.' }),
      flags.text('--group-id', '--group-ids', { is_local = true, help =
        'The ID of the group obtained from the remote resource.' }),
      flags.text('--subnet', { required = true, is_local = true, help =
        'Name or ID of a subnet.' }),
      flags.text('--vnet-name', { is_local = true, help = 'The virtual network.' }),
      flags.location{ is_local = true }, flags.no_wait()),
    check = function(given)
      if given.group_id and given.group_id ~= 'vault' then
        failures.client('kmsh models private endpoints of key vaults: --group-id vault')
      end
    end,
    calls = function(given) return { creation(given, given.name) } end,
    run = function(given)
      local vault_now = target(given):make()
      creation(given, id_of(given, vault_now)):make()
      return endpoint(find(given))
    end,
  },
  show = {
    help = 'Get the details of a private endpoint.',
    flags = place(),
    calls = function() return { calls.to('vault.list') } end,
    run = function(given) return endpoint(find(given)) end,
  },
  delete = {
    help = 'Delete a private endpoint.',
    flags = flags.all(place(), flags.no_wait()),
    calls = function(given)
      local _, vault_now = find(given)
      return { calls.to('vault.get', vault_now.name):to('private_endpoint_delete',
        { name = given.name }) }
    end,
    run = function(given)
      local connection, vault_now = find(given)
      vault_now:private_endpoint_delete{ name = connection.private_endpoint.id }
    end,
  },
}

return {
  help = 'Manage Azure Network resources.',
  commands = {
    ['private-endpoint'] = { help = 'Manage private endpoints.', commands = commands },
  },
}
