--- What help adds to the declarations of `audit`: types of fields, errors, and examples.

return {
  ['audit.each'] = {
    errors = 'argument.value',
    example = [[
vault.get('kv1'):diagnostics(true)
key.get{ vault_name = 'kv1', name = 'k1' }
for row in audit.each{ vault = 'kv1', operation = 'KeyGet' } do
  print(row.operationName, row.resultType) --> KeyGet  Success
end]],
  },
}
