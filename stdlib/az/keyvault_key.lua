--- `az keyvault key`: keys, their versions, and what is done with them.

local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')
local files, values = require('az.cli.files'), require('util.jmespath.values')

local USAGE = 'incorrect usage: --id ID | --vault-name/--hsm-name VAULT/HSM --name/-n NAME '
  .. '[--version VERSION]'

-- Longest backup that is read, in bytes: a key with all its versions.
local BACKUP_LENGTH_MAX = 16 << 20

local OPERATIONS = {
  'decrypt', 'encrypt', 'export', 'import', 'sign', 'unwrapKey', 'verify', 'wrapKey',
}

--- The flags that say which key, and those that a command has besides.
local function of_key(...)
  return flags.all(
    flags.text('--id', { is_local = true, help =
      "Id of the key. If specified all other 'Id' arguments should be omitted." }),
    flags.text('--name', '-n', { is_local = true, help =
      'Name of the key. Required if --id is not specified.' }),
    flags.text('--vault-name', { is_local = true, help = 'Name of the Vault.' }),
    flags.text('--version', '-v', { is_local = true, help =
      'The key version. If omitted, uses the latest version.' }), ...)
end

local function check_key(given)
  if given.id and given.vault_name then
    failures.client('--vault-name and --id are mutually exclusive.')
  end
  if not given.id and not (given.name and given.vault_name) then failures.client(USAGE) end
end

local function version_of(given)
  return given.version ~= '' and given.version or nil
end

local function at(given)
  if given.id then return calls.to('key.at', given.id) end
  return calls.to('key.at', { vault_name = given.vault_name, name = given.name,
    version = version_of(given) })
end

--- The vault and the name of a deleted key, whose id may be that by which it is recovered.
local function deleted(given)
  if not given.id then return { vault_name = given.vault_name, name = given.name } end
  local vault_name, name = given.id:match('^https://([^./]+)[^/]*/[^/]+/([^/]+)')
  if not vault_name then failures.client(USAGE) end
  return { vault_name = vault_name, name = name }
end

--- The vault that a list is of, by name or by its address.
local function vault_of(given)
  local name = given.vault_name or given.id and given.id:match('^https://([^./]+)')
  return { vault_name = name }
end

local function check_vault(given)
  if given.id and given.vault_name then
    failures.client('--vault-name and --id are mutually exclusive.')
  end
  if not vault_of(given).vault_name then
    failures.client('incorrect usage: --id ID | --vault-name/--hsm-name VAULT/HSM')
  end
end

local function of_vault(...)
  return flags.all(
    flags.text('--vault-name', { is_local = true, help = 'Name of the Vault.' }),
    flags.text('--id', { is_local = true, help = 'Full URI of the Vault.' }),
    flags.integer('--maxresults', { is_local = true, help =
      'Maximum number of results to return.' }), ...)
end

local function listed(shown, given)
  local items = values.array()
  return table.move(shown, 1, math.min(#shown, given.maxresults or #shown), 1, items)
end

local function change_flags()
  return flags.all(
    flags.switch('--enabled', { help = 'Enable the key.' }),
    flags.time('--expires', { help = "Expiration UTC datetime  (Y-m-d'T'H:M:S'Z')." }),
    flags.time('--not-before', { help =
      "Key not usable before the provided UTC datetime  (Y-m-d'T'H:M:S'Z')." }),
    flags.words('--ops', { choices = OPERATIONS, help =
      'Space-separated list of permitted JSON web key operations.' }),
    flags.tags())
end

local function making_flags()
  return flags.all(
    flags.switch('--disabled', { help = 'Create key in disabled state.' }),
    flags.time('--expires', { help = "Expiration UTC datetime  (Y-m-d'T'H:M:S'Z')." }),
    flags.time('--not-before', { help =
      "Key not usable before the provided UTC datetime  (Y-m-d'T'H:M:S'Z')." }),
    flags.words('--ops', { choices = OPERATIONS, help =
      'Space-separated list of permitted JSON web key operations.' }),
    flags.text('--protection', '-p', { choices = { 'software', 'hsm' }, is_local = true, help =
      'Specifies the type of key protection.' }),
    flags.tags(),
    flags.ignored('text', 'exportable policy immutable'),
    flags.ignored('flag', 'default-cvm-policy default-data-disk-policy'))
end

--- The options of making a key: the type that its protection means, and where it is made.
local function making(given, options)
  options.vault_name, options.name = deleted(given).vault_name, deleted(given).name
  if given.protection == 'hsm' and not given.kty then options.kty = 'RSA-HSM' end
  return options
end

local function show() return { help = 'Get a key\'s attributes and, if it\'s an asymmetric key, its'
  .. ' public material.', flags = of_key(), check = check_key,
  call = function(given) return at(given):to('show') end } end

--- A command that answers with bytes, of which the real tool prints some in base64.
local function cipher(method, help)
  return {
    help = help,
    flags = of_key(
      flags.text('--algorithm', '-a', { required = true, is_local = true, help =
        'Algorithm identifier.', choices = {
          'A128CBC', 'A128CBCPAD', 'A128GCM', 'A192CBC', 'A192CBCPAD', 'A192GCM', 'A256CBC',
          'A256CBCPAD', 'A256GCM', 'RSA-OAEP', 'RSA-OAEP-256', 'RSA1_5',
        } }),
      flags.text('--value', { required = true, is_local = true, help =
        'The value. Default data type is Base64 encoded string.' }),
      flags.text('--data-type', { is_local = true, choices = { 'base64', 'plaintext' }, help =
        'The type of the original data.' }),
      flags.ignored('text', 'iv aad tag')),
    check = check_key,
    calls = function(given)
      return { at(given):to(method, { algorithm = given.algorithm, value = '…' }) }
    end,
    run = function(given)
      local is_plain = given.data_type == 'plaintext' and method == 'encrypt'
      local value = is_plain and given.value or files.decoded(given.value)
      local answer = at(given):to(method, { algorithm = given.algorithm, value = value }):make()
      local shape = { kid = answer.kid, algorithm = answer.algorithm }
      if method == 'encrypt' then
        shape.result = require('crypto').base64(answer.value)
        shape.aad, shape.iv, shape.tag = values.null, values.null, values.null
      else
        shape.result = given.data_type == 'plaintext' and answer.value
          or require('crypto').base64(answer.value)
      end
      return shape
    end,
  }
end

local function digest_flags(...)
  return of_key(
    flags.text('--algorithm', '-a', { required = true, is_local = true, help =
      'Algorithm identifier.', choices = {
        'ES256', 'ES256K', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512',
      } }),
    flags.text('--digest', { required = true, is_local = true, help = 'The value to sign.' }), ...)
end

local commands = {
  create = {
    help = 'Create a new key, stores it, then returns key parameters and attributes to the client.',
    flags = of_key(making_flags(),
      flags.text('--kty', { choices = { 'EC', 'EC-HSM', 'RSA', 'RSA-HSM', 'oct', 'oct-HSM' },
        help = 'The type of key to create.' }),
      flags.integer('--size', { help = 'The key size in bits. For example: 2048, 3072, or 4096.' }),
      flags.text('--curve', { choices = { 'P-256', 'P-256K', 'P-384', 'P-521' }, help =
        'Elliptic curve name.' })),
    check = check_key,
    call = function(given, options)
      return calls.to('key.create', making(given, options)):to('show')
    end,
  },
  import = {
    help = 'Import a private key.',
    flags = of_key(making_flags(),
      flags.text('--pem-file', { is_local = true, help =
        'PEM file containing the key to be imported.' }),
      flags.text('--pem-string', { is_local = true, help =
        'PEM string containing the key to be imported.' }),
      flags.ignored('text', 'kty curve pem-password byok-file byok-string')),
    check = function(given)
      check_key(given)
      if (given.pem_file ~= nil) == (given.pem_string ~= nil) then
        failures.client('specify exactly one: --pem-file, --pem-string, --byok-file, --byok-string')
      end
    end,
    calls = function(given, options)
      options = making(given, options)
      options.pem = '…'
      return { calls.to('key.import', options):to('show') }
    end,
    run = function(given, options)
      options = making(given, options)
      options.pem = given.pem_string or files.read(given.pem_file, 1 << 20)
      return calls.to('key.import', options):to('show'):make()
    end,
  },
  show = show(),
  list = {
    help = 'List keys in the specified Vault.',
    flags = of_vault(flags.ignored('flag', 'include-managed')),
    check = check_vault,
    call = function(given) return calls.to('key.list', vault_of(given)):each('show_listed') end,
    shape = listed,
  },
  ['list-versions'] = {
    help = "Retrieve a list of individual key versions with the same key name.",
    flags = of_key(flags.integer('--maxresults', { is_local = true, help =
      'Maximum number of results to return.' })),
    check = check_key,
    call = function(given)
      return at(given):to('versions'):each('show_listed', { version = true })
    end,
    shape = listed,
  },
  ['list-deleted'] = {
    help = 'List the deleted keys in the specified Vault.',
    flags = of_vault(),
    check = check_vault,
    call = function(given) return calls.to('key.list_deleted', vault_of(given)):each('show') end,
    shape = listed,
  },
  ['show-deleted'] = {
    help = 'Get the public part of a deleted key.',
    flags = of_key(),
    check = check_key,
    call = function(given) return calls.to('key.get_deleted', deleted(given)):to('show') end,
  },
  ['set-attributes'] = {
    help = 'The update key operation changes specified attributes of a stored key.',
    flags = of_key(change_flags()),
    check = check_key,
    calls = function(given, options)
      return { at(given):to('update', options), at(given):to('show') }
    end,
    run = function(given, options)
      local changed = at(given):to('update', options):make()
      -- The service answers a change with the key, even with one that get would refuse.
      local ok, shown = pcall(changed.show, changed)
      if ok then return shown end
      if shown.code ~= 'key.disabled' and shown.code ~= 'access.denied' then error(shown, 0) end
      local item = changed:show_listed{ version = true }
      return { attributes = item.attributes, key = { kid = item.kid }, managed = item.managed,
        releasePolicy = values.null, tags = item.tags }
    end,
  },
  delete = {
    help = 'Delete a key of any type from storage in Vault.',
    flags = of_key(),
    check = check_key,
    call = function(given) return at(given):to('delete', { confirm = true }):to('show') end,
  },
  recover = {
    help = 'Recover the deleted key to its latest version.',
    flags = of_key(),
    check = check_key,
    call = function(given) return calls.to('key.recover', deleted(given)):to('show') end,
  },
  purge = {
    help = 'Permanently delete the specified key.',
    flags = of_key(),
    check = check_key,
    call = function(given)
      local options = deleted(given)
      options.confirm = true
      return calls.to('key.purge', options)
    end,
  },
  rotate = {
    help = 'Rotate the key based on the key policy by generating a new version of the key.',
    flags = of_key(),
    check = check_key,
    call = function(given) return at(given):to('rotate'):to('show') end,
  },
  backup = {
    help = 'Request that a backup of the specified key be downloaded to the client.',
    flags = of_key(flags.text('--file', '-f', { required = true, is_local = true, help =
      'Local file path in which to store key backup.' })),
    check = check_key,
    call = function(given) return at(given):to('backup') end,
    shape = function(blob, given) files.write(given.file, blob) end,
  },
  restore = {
    help = 'Restore a backed up key to a Vault.',
    flags = of_vault(flags.text('--file', '-f', { required = true, is_local = true, help =
      'Local key backup from which to restore key.' }), flags.no_wait()),
    check = check_vault,
    calls = function(given)
      return { calls.to('key.restore', { vault_name = vault_of(given).vault_name, blob = '…' })
        :to('show') }
    end,
    run = function(given)
      return calls.to('key.restore', {
        vault_name = vault_of(given).vault_name, blob = files.read(given.file, BACKUP_LENGTH_MAX),
      }):to('show'):make()
    end,
  },
  encrypt = cipher('encrypt', 'Encrypt an arbitrary sequence of bytes using an encryption key that '
    .. 'is stored in a Vault.'),
  decrypt = cipher('decrypt', 'Decrypt a single block of encrypted data.'),
  sign = {
    help = 'Create a signature from a digest using a key that is stored in a Vault.',
    flags = digest_flags(),
    check = check_key,
    calls = function(given)
      return { at(given):to('sign', { algorithm = given.algorithm, value = '…' }) }
    end,
    run = function(given)
      local answer = at(given):to('sign', {
        algorithm = given.algorithm, value = files.decoded(given.digest),
      }):make()
      return { algorithm = answer.algorithm, kid = answer.kid,
        signature = require('crypto').base64(answer.value) }
    end,
  },
  verify = {
    help = 'Verify a signature using the key that is stored in a Vault.',
    flags = digest_flags(flags.text('--signature', { required = true, is_local = true, help =
      'Signature to verify.' })),
    check = check_key,
    calls = function(given)
      return { at(given):to('verify', { algorithm = given.algorithm, digest = '…', value = '…' }) }
    end,
    run = function(given)
      local answer = at(given):to('verify', {
        algorithm = given.algorithm, digest = files.decoded(given.digest),
        value = files.decoded(given.signature),
      }):make()
      return { algorithm = answer.algorithm, isValid = answer.value, kid = answer.kid }
    end,
  },
}

commands['rotation-policy'] = {
  help = "Manage key's rotation policy.",
  commands = {
    show = {
      help = 'Get the rotation policy of a Key Vault key.',
      flags = of_key(),
      check = check_key,
      call = function(given) return at(given):to('show_rotation_policy') end,
    },
    update = {
      help = 'Update the rotation policy of a Key Vault key.',
      flags = of_key(flags.text('--value', { required = true, is_local = true, help =
        'The rotation policy file definition as JSON, or a path to a file containing JSON policy '
        .. 'definition.' })),
      check = check_key,
      calls = function(given)
        return {
          at(given):to('rotation_policy', { value = files.json_text(given.value) }),
          at(given):to('show_rotation_policy'),
        }
      end,
      run = function(given)
        at(given):to('rotation_policy', { value = files.json_text(given.value) }):make()
        return at(given):to('show_rotation_policy'):make()
      end,
    },
  },
}

return { help = 'Manage keys.', commands = commands }
