--- What help adds to the declarations of `yaml`: types of fields, errors, and examples.

return {
  ['yaml.decode'] = {
    errors = 'yaml.invalid',
    example = [[
print(yaml.decode('kind: Secret\nports: [80, 443]').ports[2]) --> 443]],
  },
  ['yaml.decode_all'] = {
    errors = 'yaml.invalid',
    example = [[
print(#yaml.decode_all('a: 1\n---\nb: 2\n')) --> 2]],
  },
  ['yaml.encode'] = {
    errors = 'yaml.invalid',
    example = [[
local text = yaml.encode{ kind = 'Secret' }
print(text:match('kind: %a+')) --> kind: Secret]],
  },
}
