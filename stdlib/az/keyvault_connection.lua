--- `az keyvault private-endpoint-connection`: the private ways into a vault, and who is let in.

local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')
local values = require('util.jmespath.values')

local USAGE = 'incorrect usage: [--id ID | --name NAME --vault-name NAME | --name NAME --hsm-name '
  .. 'NAME]'

local function of_connection(...)
  return flags.all(
    flags.text('--id', { help = 'The ID of the private endpoint connection associated with the Key '
      .. 'Vault.' }),
    flags.text('--name', '-n', { help = 'The name of the private endpoint connection. Required if '
      .. '--id is not specified.' }),
    flags.text('--vault-name', { help = 'Name of the Key Vault. Required if --id is not '
      .. 'specified.' }),
    flags.group(), ...)
end

--- The vault's id or name, and the connection's name.
local function parts(given)
  if given.id then
    return given.id:match('^(.*)/private[Ee]ndpoint[Cc]onnections/([^/]+)$')
  end
  return given.vault_name, given.name
end

local function check(given)
  local vault_name, name = parts(given)
  if not (vault_name and name) then failures.client(USAGE) end
end

local function at(given) return calls.to('vault.get', (parts(given))) end

local function connections(shown)
  local found = shown.properties.privateEndpointConnections
  return found == values.null and values.array() or found
end

--- The connection of a name among those that a vault shows.
local function find(shown, given)
  local _, name = parts(given)
  for _, one in ipairs(connections(shown)) do
    if one.id:match('[^/]+$'):lower() == name:lower() then return one end
  end
  error({
    code = 'vault.connection_not_found', status = 404,
    azure_code = 'PrivateEndpointConnectionNotFound',
    message = ("The private endpoint connection '%s' was not found."):format(name),
  }, 0)
end

local function decision(verb, help)
  return {
    help = help,
    flags = of_connection(flags.text('--description', { help = 'Comments for the operation.' }),
      flags.no_wait()),
    check = check,
    call = function(given)
      local _, name = parts(given)
      return at(given):to('private_endpoint_connection_' .. verb, {
        name = name, description = given.description,
      }):to('show')
    end,
    shape = find,
  }
end

return {
  help = 'Manage vault/HSM private endpoint connections.',
  commands = {
    approve = decision('approve', 'Approve a private endpoint connection request for a Key Vault.'),
    reject = decision('reject', 'Reject a private endpoint connection request for a Key Vault.'),
    delete = {
      help = 'Delete the specified private endpoint connection associated with a Key Vault.',
      flags = of_connection(flags.no_wait()),
      check = check,
      call = function(given)
        local _, name = parts(given)
        return at(given):to('private_endpoint_connection_delete', { name = name })
      end,
      shape = function() return nil end,
    },
    show = {
      help = 'Show details of a private endpoint connection associated with a Key Vault.',
      flags = of_connection(),
      check = check,
      call = function(given) return at(given):to('show') end,
      shape = find,
    },
    list = {
      help = 'List all private endpoint connections associated with a Key Vault.',
      flags = { flags.text('--vault-name', { required = true, help = 'Name of the Key Vault.' }),
        flags.group() },
      call = function(given) return calls.to('vault.get', given.vault_name):to('show') end,
      shape = connections,
    },
  },
}
