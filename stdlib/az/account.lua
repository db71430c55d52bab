--- `az account`: the subscriptions, and which one calls go to.

local calls, flags = require('az.cli.calls'), require('az.cli.flags')
local values = require('util.jmespath.values')

local COLUMNS = { 'Name', 'CloudName', 'SubscriptionId', 'TenantId', 'State', 'IsDefault' }

--- A subscription as the list has it, which calls the cloud by another name than `show`.
local function listed(shown)
  shown.cloudName, shown.environmentName = shown.environmentName, nil
  return shown
end

local function list(shown)
  local items = values.array()
  for n, one in ipairs(shown) do items[n] = listed(one) end
  return items
end

local function columns(items)
  local rows = values.array()
  for n, one in ipairs(items) do
    rows[n] = values.written({
      Name = one.name, CloudName = one.cloudName, SubscriptionId = one.id, TenantId = one.tenantId,
      State = one.state, IsDefault = one.isDefault,
    }, COLUMNS)
  end
  return rows
end

local function subscription(help)
  return flags.text('--subscription', '--name', '-n', '-s', {
    key = 'chosen', help = help, required = true,
  })
end

return {
  help = 'Manage Azure subscription information.',
  list = list,
  columns = columns,
  commands = {
    show = {
      help = 'Get the details of a subscription.',
      call = function() return calls.to('workspace.subscriptions'):each('show') end,
      shape = function(shown)
        for _, one in ipairs(shown) do
          if one.isDefault then return one end
        end
      end,
    },
    list = {
      help = 'Get a list of subscriptions for the logged in account.',
      flags = {
        flags.flag('--all', { help = 'List all subscriptions.', is_local = true }),
        flags.flag('--refresh', { help = 'Retrieve up-to-date subscriptions.', is_local = true }),
      },
      call = function() return calls.to('workspace.subscriptions'):each('show') end,
      shape = list,
      columns = columns,
    },
    set = {
      help = 'Set a subscription to be the current active subscription.',
      flags = { subscription('Name or ID of subscription.') },

      call = function(given) return calls.to('workspace.use', given.chosen) end,
      shape = function() return nil end,
    },
  },
}
