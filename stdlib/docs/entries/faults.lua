--- What help adds to the declarations of `host.faults`: errors, and examples.

return {
  ['host.faults.count'] = {
    errors = 'argument.type',
    example = [[
print(require('host.faults').count(function() return clock.now() end))
--> 1  2025-01-01T00:00:00Z]],
  },
  ['host.faults.watch'] = {
    errors = 'argument.type',
    example = [[
require('host.faults').watch(function() return clock.now() end, print) --> clock.now  1]],
  },
  ['host.faults.cut'] = {
    errors = 'argument.type argument.value',
    example = [[
local function work() vault.create{ name = 'kv2', resource_group = 'rg' } end
print(require('host.faults').cut(1, work, 'before'), vault.find('kv2')) --> cut  nil]],
  },
  ['host.faults.written'] = {
    example = [[
local faults = require('host.faults')
local before = faults.written()
vault.create{ name = 'kv2', resource_group = 'rg' }
print(faults.written() > before) --> true]],
  },
}
