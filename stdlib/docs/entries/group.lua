--- What help adds to the declarations of `group`: types of fields, errors, and examples.

return {
  objects = {
    group = "group.get 'rg'",
  },
  types = {
    ['group.name'] = 'string',
    ['group.id'] = 'string',
    ['group.location'] = 'string',
    ['group.tags'] = 'table',
  },
  ['group.create'] = {
    errors = 'access.denied argument.value',
    example = [[
print(group.create{ name = 'labs', location = 'westeurope' }.location) --> westeurope]],
  },
  ['group.get'] = {
    errors = 'access.denied argument.value resource_group.not_found',
    example = [[
print(group.get 'rg') --> group rg]],
  },
  ['group.find'] = {
    errors = 'access.denied argument.value',
    example = [[
print(group.find 'nowhere') --> nil]],
  },
  ['group.list'] = {
    errors = 'access.denied',
    example = [[
for _, g in ipairs(group.list()) do print(g.name) end --> rg]],
  },
  ['group:delete'] = {
    errors = 'access.denied confirm.required resource_group.not_found',
    example = [[
group.create{ name = 'labs', location = 'westeurope' }:delete{ confirm = true }
print(group.find 'labs') --> nil]],
  },
}
