--- The page of what `assert` is in a file of tests.

local TWO, ONE = 'expected, actual, about?', 'value, about?'

local function entry(name, parameters, returns, summary, example)
  return {
    name = 'tools.assertions.' .. name, parameters = parameters, returns = returns,
    summary = summary, errors = 'check.failed',
    example = "local assert = require('tools.assertions')\n" .. example,
  }
end

return {
  parts = {
    {
      name = 'tools.assertions',
      summary = 'What assert is in the files of `kmsh test`; in a script, what is not so ends it '
        .. 'with status 3.',
      entries = {
        entry('same', TWO, 'actual', 'Two values are the same all through.',
          'assert.same({ 1, { a = 2 } }, { 1, { a = 2 } })'),
        entry('equal', TWO, 'actual', 'Two values are equal.', 'assert.equal(4, 2 + 2)'),
        entry('not_equal', 'unwanted, actual, about?', 'actual', 'Two values are not equal.',
          "assert.not_equal('Deny', vault.get('kv1').network_acls.default_action)"),
        entry('is_true', ONE, 'value', 'A value is true.', 'assert.is_true(1 < 2)'),
        entry('is_false', ONE, 'value', 'A value is false.', 'assert.is_false(1 > 2)'),
        entry('is_nil', ONE, 'value', 'A value is nil.', "assert.is_nil(vault.find('kv9'))"),
        entry('not_nil', ONE, 'value', 'A value is not nil.',
          "print(assert.not_nil(vault.find('kv1'))) --> vault kv1"),
        entry('truthy', ONE, 'value', 'A value is neither nil nor false.', 'assert.truthy(0)'),
        entry('near', 'expected, actual, tolerance, about?', 'actual',
          'A number is near another.', 'assert.near(3.14, math.pi, 0.01)'),
        entry('matches', 'pattern, text, about?', 'text',
          'A text has what a pattern of Lua finds.', "assert.matches('^20%d%d', clock.now())"),
        entry('has_error', 'fn, …', 'error', 'Calling a function raises an error.',
          "print(assert.has_error(vault.get, 'kv9').code) --> vault.not_found"),
        entry('error_code', 'code, fn, …', 'error',
          'Calling a function raises an error of a code.',
          "assert.error_code('vault.not_found', vault.get, 'kv9')"),
        entry('state', 'object, expected', '',
          'Fields of an object are as said; of a cluster also its health, kms, current and '
            .. 'previous key, and how many secrets it has, how many stale, in_clear, unreadable.',
          "assert.state(cluster.get('c1'), { health = 'healthy', kms = 'v2', stale = 0 })"),
      },
    },
  },
}
