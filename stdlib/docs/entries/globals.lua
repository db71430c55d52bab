--- The page of what stands beside Lua's own functions, in no module.

return {
  parts = {
    {
      name = 'globals', is_global = true,
      summary = "Functions beside Lua's own, in no module.",
      entries = {
        {
          name = 'p', parameters = 'value, options?',
          summary = 'Prints a value in full, as the prompt shows it.',
          argument_options = {
            { name = 'depth', kind = 'integer', summary = 'levels of tables', default = 9 },
            {
              name = 'entries', kind = 'integer', summary = 'members of each table',
              default_words = 'all',
            },
            {
              name = 'limit', kind = 'integer', summary = 'characters of each text',
              default_words = 'all',
            },
            { name = 'width', kind = 'integer', summary = 'columns of a line', default = 80 },
          },
          errors = 'argument.unknown',
          example = [[
p{ name = 'kv1', { 1, 2 } } --> { { 1, 2 }, name = 'kv1' }]],
        },
        {
          name = 'take', parameters = 'iterator, count', returns = 'array',
          summary = 'Returns the first things that an iterator gives, and asks for no more.',
          errors = 'argument.type',
          example = [[
print(take(secret.each{ cluster = 'c1' }, 2)[1].name) --> db]],
        },
      },
    },
  },
}
