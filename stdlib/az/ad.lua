--- `az ad`: who is signed in.

local calls = require('az.cli.calls')

return {
  help = 'Manage Microsoft Entra ID entities needed for Azure role-based access control (Azure '
    .. 'RBAC).',
  commands = {
    ['signed-in-user'] = {
      help = 'Show graph information about current signed-in user in CLI.',
      commands = {
        show = {
          help = 'Get the details for the currently logged-in user.',
          call = function() return calls.to('identity.signed_in'):to('show') end,
        },
      },
    },
  },
}
