--- What help adds to the declarations of `crypto`: types of fields, errors, and examples.

return {
  ['crypto.sha256'] = {
    example = [[
print(crypto.hex(crypto.sha256 'a'):sub(1, 8)) --> ca978112]],
  },
  ['crypto.sha384'] = {
    example = [[
print(#crypto.sha384 'a') --> 48]],
  },
  ['crypto.sha512'] = {
    example = [[
print(#crypto.sha512 'a') --> 64]],
  },
  ['crypto.base64'] = {
    example = [[
print(crypto.base64 'kmsh') --> a21zaA==]],
  },
  ['crypto.base64url'] = {
    example = [[
print(crypto.base64url 'kmsh') --> a21zaA]],
  },
  ['crypto.base64_decode'] = {
    errors = 'argument.value',
    example = [[
print(crypto.base64_decode 'a21zaA==') --> kmsh]],
  },
  ['crypto.hex'] = {
    example = [[
print(crypto.hex 'kmsh') --> 6b6d7368]],
  },
  ['crypto.hex_decode'] = {
    errors = 'argument.value',
    example = [[
print(crypto.hex_decode '6b6d7368') --> kmsh]],
  },
}
