--- `az identity`: user-assigned managed identities.

local calls, flags = require('az.cli.calls'), require('az.cli.flags')
local values = require('util.jmespath.values')

local function place()
  return flags.all(flags.name('The name of the identity resource.'), flags.group{ required = true })
end

local function at(given)
  return calls.to('identity.get', { name = given.name, resource_group = given.resource_group })
end

return {
  help = 'Managed Identities.',
  commands = {
    create = {
      help = 'Create or update an identity in the specified subscription and resource group.',
      flags = flags.all(place(), flags.location(), flags.tags(),
        flags.ignored('text', 'isolation-scope')),
      -- The service updates one that is there: it keeps its principal.
      run = function(given, options)
        for _, one in ipairs(require('identity').list{ resource_group = given.resource_group }) do
          if one.name:lower() == given.name:lower() then return one:show() end
        end
        return calls.to('identity.create', options):to('show'):make()
      end,
      calls = function(_, options) return { calls.to('identity.create', options):to('show') } end,
    },
    show = {
      help = 'Get the identity.',
      flags = place(),
      call = function(given) return at(given):to('show') end,
    },
    list = {
      help = 'List Managed Identities.',
      flags = { flags.group() },
      call = function(_, options) return calls.to('identity.list', options):each('show') end,
      shape = function(shown) return table.move(shown, 1, #shown, 1, values.array()) end,
    },
    delete = {
      help = 'Delete the identity.',
      flags = place(),
      call = function(given) return at(given):to('delete') end,
    },
  },
}
