--- `az logout`: nothing is kept of a login, so there is nothing to forget.

local flags = require('az.cli.flags')

return {
  help = 'Log out to remove access to Azure subscriptions.',
  flags = { flags.text('--username', { help = 'Account user.', is_local = true }) },
  calls = function() return {} end,
  run = function() return nil end,
}
