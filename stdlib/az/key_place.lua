--- Which key or vault a command of `az keyvault key` is about.

local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')
local values = require('util.jmespath.values')

local M = {}

local USAGE = 'incorrect usage: --id ID | --vault-name/--hsm-name VAULT/HSM --name/-n NAME '
  .. '[--version VERSION]'

--- The flags that say which key, and those that a command has besides.
function M.of_key(...)
  return flags.all(
    flags.text('--id', { is_local = true, help =
      "Id of the key. If specified all other 'Id' arguments should be omitted." }),
    flags.text('--name', '-n', { is_local = true, help =
      'Name of the key. Required if --id is not specified.' }),
    flags.text('--vault-name', { is_local = true, help = 'Name of the Vault.' }),
    flags.text('--version', '-v', { is_local = true, help =
      'The key version. If omitted, uses the latest version.' }), ...)
end

--- Checks that a key is named in one way.
function M.check_key(given)
  if given.id and given.vault_name then
    failures.client('--vault-name and --id are mutually exclusive.')
  end
  if not given.id and not (given.name and given.vault_name) then failures.client(USAGE) end
end

local function version_of(given)
  return given.version ~= '' and given.version or nil
end

--- The call that returns the key's handle.
function M.at(given)
  if given.id then return calls.to('key.at', given.id) end
  return calls.to('key.at', { vault_name = given.vault_name, name = given.name,
    version = version_of(given) })
end

--- The vault and the name of a deleted key, whose id may be that by which it is recovered.
function M.deleted(given)
  if not given.id then return { vault_name = given.vault_name, name = given.name } end
  local vault_name, name = given.id:match('^https://([^./]+)[^/]*/[^/]+/([^/]+)')
  if not vault_name then failures.client(USAGE) end
  return { vault_name = vault_name, name = name }
end

--- The vault that a list is of, by name or by its address.
function M.vault_of(given)
  local name = given.vault_name or given.id and given.id:match('^https://([^./]+)')
  return { vault_name = name }
end

--- Checks that a vault is named in one way.
function M.check_vault(given)
  if given.id and given.vault_name then
    failures.client('--vault-name and --id are mutually exclusive.')
  end
  if not M.vault_of(given).vault_name then
    failures.client('incorrect usage: --id ID | --vault-name/--hsm-name VAULT/HSM')
  end
end

--- The flags that say which vault, and those that a list has besides.
function M.of_vault(...)
  return flags.all(
    flags.text('--vault-name', { is_local = true, help = 'Name of the Vault.' }),
    flags.text('--id', { is_local = true, help = 'Full URI of the Vault.' }),
    flags.integer('--maxresults', { is_local = true, help =
      'Maximum number of results to return.' }), ...)
end

--- A list, as long as `--maxresults` lets it be.
function M.listed(shown, given)
  local items = values.array()
  return table.move(shown, 1, math.min(#shown, given.maxresults or #shown), 1, items)
end

return M
