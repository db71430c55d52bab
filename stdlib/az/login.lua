--- `az login`: a workspace has one person signed in, and needs no password.

local account = require('az.account')
local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')

return {
  help = 'Log in to Azure.',
  flags = flags.all(
    flags.flag('--service-principal', { help = 'Log in with a service principal.',
      is_local = true }),
    flags.flag('--identity', '-i', { help = 'Log in using managed identity.', is_local = true }),
    flags.text('--tenant', '-t', { help = 'The Microsoft Entra tenant.', is_local = true }),
    flags.flag('--use-device-code', { help = 'Use device code flow.', is_local = true }),
    flags.flag('--allow-no-subscriptions', { help = 'Support tenants without subscriptions.',
      is_local = true }),
    flags.ignored('text', 'username/u password/p scope certificate federated-token client-id')
  ),
  check = function(given)
    if given.service_principal or given.identity then
      failures.client('kmsh signs in the person of the workspace, and no one else.',
        'identity.run_as(principal, fn) runs Lua as another principal')
    end
  end,
  call = function() return calls.to('workspace.subscriptions'):each('show') end,
  shape = account.list,
  columns = account.columns,
}
