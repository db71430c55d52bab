--- `az keyvault key encrypt`, `decrypt`, `sign` and `verify`: bytes in, bytes out, in base64.

local flags, place = require('az.cli.flags'), require('az.key_place')
local crypto, files = require('crypto'), require('az.cli.files')
local values = require('util.jmespath.values')

--- A command that answers with bytes, of which the real tool prints some in base64.
local function cipher(method, help)
  return {
    help = help,
    flags = place.of_key(
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
    check = place.check_key,
    calls = function(given)
      return { place.at(given):to(method, { algorithm = given.algorithm, value = '…' }) }
    end,
    run = function(given)
      local is_plain = given.data_type == 'plaintext' and method == 'encrypt'
      local value = is_plain and given.value or files.decoded(given.value)
      local answer = place.at(given)
        :to(method, { algorithm = given.algorithm, value = value }):make()
      local shape = { kid = answer.kid, algorithm = answer.algorithm }
      if method == 'encrypt' then
        shape.result = crypto.base64(answer.value)
        shape.aad, shape.iv, shape.tag = values.null, values.null, values.null
      else
        shape.result = given.data_type == 'plaintext' and answer.value
          or crypto.base64(answer.value)
      end
      return shape
    end,
  }
end

local function digest_flags(...)
  return place.of_key(
    flags.text('--algorithm', '-a', { required = true, is_local = true, help =
      'Algorithm identifier.', choices = {
        'ES256', 'ES256K', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512',
      } }),
    flags.text('--digest', { required = true, is_local = true, help = 'The value to sign.' }), ...)
end

return {
  encrypt = cipher('encrypt', 'Encrypt an arbitrary sequence of bytes using an encryption key that '
    .. 'is stored in a Vault.'),
  decrypt = cipher('decrypt', 'Decrypt a single block of encrypted data.'),
  sign = {
    help = 'Create a signature from a digest using a key that is stored in a Vault.',
    flags = digest_flags(),
    check = place.check_key,
    calls = function(given)
      return { place.at(given):to('sign', { algorithm = given.algorithm, value = '…' }) }
    end,
    run = function(given)
      local answer = place.at(given):to('sign', {
        algorithm = given.algorithm, value = files.decoded(given.digest),
      }):make()
      return { algorithm = answer.algorithm, kid = answer.kid,
        signature = crypto.base64(answer.value) }
    end,
  },
  verify = {
    help = 'Verify a signature using the key that is stored in a Vault.',
    flags = digest_flags(flags.text('--signature', { required = true, is_local = true, help =
      'Signature to verify.' })),
    check = place.check_key,
    calls = function(given)
      return {
        place.at(given):to('verify', { algorithm = given.algorithm, digest = '…', value = '…' }),
      }
    end,
    run = function(given)
      local answer = place.at(given):to('verify', {
        algorithm = given.algorithm, digest = files.decoded(given.digest),
        value = files.decoded(given.signature),
      }):make()
      return { algorithm = answer.algorithm, isValid = answer.value, kid = answer.kid }
    end,
  },
}
