--- `az group`: resource groups.

local calls, flags = require('az.cli.calls'), require('az.cli.flags')
local values = require('util.jmespath.values')

local function name_flag()
  return flags.text('--name', '-n', '--resource-group', '-g', {
    help = 'Name of the resource group.', required = true,
  })
end

local COLUMNS = { 'Name', 'Location', 'Status' }

local function columns(groups)
  local rows = values.array()
  for n, one in ipairs(groups) do
    rows[n] = values.written({
      Name = one.name, Location = one.location, Status = one.properties.provisioningState,
    }, COLUMNS)
  end
  return rows
end

return {
  help = 'Manage resource groups.',
  commands = {
    create = {
      help = 'Create a new resource group.',
      flags = flags.all(name_flag(), flags.location{ required = true }, flags.tags(),
        flags.ignored('text', 'managed-by')),
      call = function(_, options) return calls.to('group.create', options):to('show') end,
    },
    show = {
      help = 'Get a resource group.',
      flags = { name_flag() },
      call = function(given) return calls.to('group.get', given.name):to('show') end,
    },
    exists = {
      help = 'Check if a resource group exists.',
      flags = { name_flag() },
      call = function(given) return calls.to('group.find', given.name) end,
      shape = function(found) return found ~= nil end,
    },
    list = {
      help = 'List resource groups.',
      flags = { flags.text('--tag', { help = 'A tag: key[=value].', is_local = true }) },
      call = function() return calls.to('group.list'):each('show') end,
      shape = function(groups, given)
        local name, value = (given.tag or ''):match('^([^=]*)=?(.*)$')
        local kept = values.array()
        for _, one in ipairs(groups) do
          local tags = one.tags ~= values.null and one.tags or {}
          if name == '' or tags[name] and (value == '' or tags[name] == value) then
            kept[#kept + 1] = one
          end
        end
        return kept
      end,
      columns = columns,
    },
    delete = {
      help = 'Delete a resource group.',
      flags = flags.all(name_flag(), flags.no_wait(),
        flags.ignored('text', 'force-deletion-types/f')),
      confirm = true,
      call = function(given)
        return calls.to('group.get', given.name):to('delete', { confirm = true })
      end,
    },
  },
}
