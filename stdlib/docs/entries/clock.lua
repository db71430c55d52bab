--- What help adds to the declarations of `clock`: types of fields, errors, and examples.

return {
  ['clock.now'] = {
    example = [[
print(clock.now()) --> 2025-01-01T00:00:00Z]],
  },
  ['clock.freeze'] = {
    errors = 'argument.value',
    example = [[
print(clock.freeze '2025-06-01T12:00:00Z') --> 2025-06-01T12:00:00Z]],
  },
  ['clock.advance'] = {
    errors = 'argument.value',
    example = [[
print(clock.advance 'P91D') --> 2025-04-02T00:00:00Z]],
  },
  ['clock.real'] = {
    example = [[
print(type(clock.real())) --> string]],
  },
}
