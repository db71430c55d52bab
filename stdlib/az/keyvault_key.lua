--- `az keyvault key`: keys, their versions, and what is done with them.

local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')
local ciphers, place = require('az.key_ciphers'), require('az.key_place')
local files, values = require('az.cli.files'), require('util.jmespath.values')

-- Longest backup that is read, in bytes: a key with all its versions.
local BACKUP_LENGTH_MAX = 16 << 20

local OPERATIONS = {
  'decrypt', 'encrypt', 'export', 'import', 'sign', 'unwrapKey', 'verify', 'wrapKey',
}

--- What `list-deleted` says of a deleted key: the key, not a version of it.
local function deleted_items(shown, given)
  local items = values.array()
  for n, one in ipairs(shown) do
    items[n] = {
      attributes = one.attributes, deletedDate = one.deletedDate,
      kid = one.key.kid:match('^(.*)/[^/]+$'), managed = one.managed,
      name = one.recoveryId:match('[^/]+$'), recoveryId = one.recoveryId,
      scheduledPurgeDate = one.scheduledPurgeDate, tags = one.tags,
    }
  end
  return place.listed(items, given)
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
  options.vault_name, options.name = place.deleted(given).vault_name, place.deleted(given).name
  if given.protection == 'hsm' and not given.kty then options.kty = 'RSA-HSM' end
  return options
end

local function show() return { help = 'Get a key\'s attributes and, if it\'s an asymmetric key, its'
  .. ' public material.', flags = place.of_key(), check = place.check_key,
  call = function(given) return place.at(given):to('show') end } end

local function restoration(given, blob)
  local options = place.vault_of(given)
  options.blob = blob
  return calls.to('key.restore', options):to('show_changed')
end

local commands = {
  encrypt = ciphers.encrypt,
  decrypt = ciphers.decrypt,
  sign = ciphers.sign,
  verify = ciphers.verify,
  create = {
    help = 'Create a new key, stores it, then returns key parameters and attributes to the client.',
    flags = place.of_key(making_flags(),
      flags.text('--kty', { choices = { 'EC', 'EC-HSM', 'RSA', 'RSA-HSM', 'oct', 'oct-HSM' },
        help = 'The type of key to create.' }),
      flags.integer('--size', { help = 'The key size in bits. For example: 2048, 3072, or 4096.' }),
      flags.text('--curve', { choices = { 'P-256', 'P-256K', 'P-384', 'P-521' }, help =
        'Elliptic curve name.' })),
    check = place.check_key,
    call = function(given, options)
      return calls.to('key.create', making(given, options)):to('show_changed')
    end,
  },
  import = {
    help = 'Import a private key.',
    flags = place.of_key(making_flags(),
      flags.text('--pem-file', { is_local = true, help =
        'PEM file containing the key to be imported.' }),
      flags.text('--pem-string', { is_local = true, help =
        'PEM string containing the key to be imported.' }),
      flags.ignored('text', 'kty curve pem-password byok-file byok-string')),
    check = function(given)
      place.check_key(given)
      if (given.pem_file ~= nil) == (given.pem_string ~= nil) then
        failures.client('specify exactly one: --pem-file, --pem-string, --byok-file, --byok-string')
      end
    end,
    calls = function(given, options)
      options = making(given, options)
      options.pem = '…'
      return { calls.to('key.import', options):to('show_changed') }
    end,
    run = function(given, options)
      options = making(given, options)
      options.pem = given.pem_string or files.read(given.pem_file, 1 << 20)
      return calls.to('key.import', options):to('show_changed'):make()
    end,
  },
  show = show(),
  list = {
    help = 'List keys in the specified Vault.',
    flags = place.of_vault(flags.ignored('flag', 'include-managed')),
    check = place.check_vault,
    call = function(given)
      return calls.to('key.list', place.vault_of(given)):each('show_listed')
    end,
    shape = place.listed,
  },
  ['list-versions'] = {
    help = "Retrieve a list of individual key versions with the same key name.",
    flags = place.of_key(flags.integer('--maxresults', { is_local = true, help =
      'Maximum number of results to return.' })),
    check = place.check_key,
    call = function(given)
      return place.at(given):to('versions'):each('show_listed', { version = true })
    end,
    shape = place.listed,
  },
  ['list-deleted'] = {
    help = 'List the deleted keys in the specified Vault.',
    flags = place.of_vault(),
    check = place.check_vault,
    call = function(given)
      return calls.to('key.list_deleted', place.vault_of(given)):each('show')
    end,
    shape = deleted_items,
  },
  ['show-deleted'] = {
    help = 'Get the public part of a deleted key.',
    flags = place.of_key(),
    check = place.check_key,
    call = function(given) return calls.to('key.get_deleted', place.deleted(given)):to('show') end,
  },
  ['set-attributes'] = {
    help = 'The update key operation changes specified attributes of a stored key.',
    flags = place.of_key(change_flags()),
    check = place.check_key,
    call = function(given, options)
      return place.at(given):to('update', options):to('show_changed')
    end,
  },
  delete = {
    help = 'Delete a key of any type from storage in Vault.',
    flags = place.of_key(),
    check = place.check_key,
    call = function(given) return place.at(given):to('delete', { confirm = true }):to('show') end,
  },
  recover = {
    help = 'Recover the deleted key to its latest version.',
    flags = place.of_key(),
    check = place.check_key,
    call = function(given)
      return calls.to('key.recover', place.deleted(given)):to('show_changed')
    end,
  },
  purge = {
    help = 'Permanently delete the specified key.',
    flags = place.of_key(),
    check = place.check_key,
    call = function(given)
      local options = place.deleted(given)
      options.confirm = true
      return calls.to('key.purge', options)
    end,
  },
  rotate = {
    help = 'Rotate the key based on the key policy by generating a new version of the key.',
    flags = place.of_key(),
    check = place.check_key,
    call = function(given) return place.at(given):to('rotate'):to('show_changed') end,
  },
  backup = {
    help = 'Request that a backup of the specified key be downloaded to the client.',
    flags = place.of_key(flags.text('--file', '-f', { required = true, is_local = true, help =
      'Local file path in which to store key backup.' })),
    check = place.check_key,
    call = function(given) return place.at(given):to('backup') end,
    shape = function(blob, given) files.write(given.file, blob) end,
  },
  restore = {
    help = 'Restore a backed up key to a Vault.',
    flags = place.of_vault(flags.text('--file', '-f', { required = true, is_local = true, help =
      'Local key backup from which to restore key.' }), flags.no_wait()),
    check = place.check_vault,
    calls = function(given) return { restoration(given, '…') } end,
    run = function(given)
      return restoration(given, files.read(given.file, BACKUP_LENGTH_MAX)):make()
    end,
  },
}

commands['rotation-policy'] = {
  help = "Manage key's rotation policy.",
  commands = {
    show = {
      help = 'Get the rotation policy of a Key Vault key.',
      flags = place.of_key(),
      check = place.check_key,
      call = function(given) return place.at(given):to('show_rotation_policy') end,
    },
    update = {
      help = 'Update the rotation policy of a Key Vault key.',
      flags = place.of_key(flags.text('--value', { required = true, is_local = true, help =
        'The rotation policy file definition as JSON, or a path to a file containing JSON policy '
        .. 'definition.' })),
      check = place.check_key,
      calls = function(given)
        return {
          place.at(given):to('rotation_policy', { value = files.json_text(given.value) }),
          place.at(given):to('show_rotation_policy'),
        }
      end,
      run = function(given)
        place.at(given):to('rotation_policy', { value = files.json_text(given.value) }):make()
        return place.at(given):to('show_rotation_policy'):make()
      end,
    },
  },
}

return { help = 'Manage keys.', commands = commands }
