--- Rehearsals of the longer procedures, and of what a private vault adds.

local t = require('harness')
local rehearse = require('kms').rehearse
local world = require('world')

local PRIVATE = {
  cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg',
  private_endpoint = 'admin',
}

--- A cluster with a private vault and Secrets.
local function private()
  require('kms.enable_private').run(PRIVATE)
  for n = 1, 2 do
    secret.create{ cluster = 'c1', name = 's' .. n, string_data = { n = tostring(n) } }
  end
end

--- A cluster whose public vault can be closed and reached from inside.
local function public()
  cluster.create{ name = 'c1', resource_group = 'rg', enable_apiserver_vnet_integration = true }
  require('kms.enable_public').run{
    cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg',
  }
  secret.create{ cluster = 'c1', name = 's1', string_data = { n = '1' } }
end

local function old()
  local i = identity.create{ name = 'id1', resource_group = 'rg' }
  local c = cluster.create{
    name = 'c1', resource_group = 'rg', kubernetes_version = '1.25', assign_identity = i,
  }
  require('kms.enable_public').run{
    cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg',
  }
  secret.create{ cluster = c, name = 's1', string_data = { n = '1' } }
end

--- How a cell ends, in a word.
local function word(cell)
  if cell.is_without then return '-' end
  return cell.lost_count > 0 and 'lost' or cell.health
end

local function words(cells)
  local list = {}
  for n, cell in ipairs(cells) do list[n] = word(cell) end
  return table.concat(list, ' ')
end

--- A rehearsal: what a vault that is closed, and a right that is revoked, do at each step.
local function rehearses(title, case)
  t.it(title .. ' can be rehearsed, and what any fault does is repaired', function()
    clock.freeze('2026-03-01T00:00:00Z')
    case.setup()
    local before = world.dump()
    local report = rehearse{ procedure = case.procedure or title, opts = case.opts }
    t.same(world.dump(), before)
    for n in ipairs(report.steps) do
      t.same(report.cut_off[n].lost_count, 0)
      for _, fault in ipairs(report.faults) do
        local cell = report[fault][n]
        if not cell.is_without and not cell.repaired then
          error(('%s at %d: %s'):format(fault, n, tostring(cell.repair_error)), 0)
        end
      end
    end
    t.same(words(report.closed), case.closed)
    t.same(words(report.revoked), case.revoked)
  end)
end

rehearses('enable_private', {
  setup = function() end, opts = PRIVATE,
  closed = '- - absent absent absent absent absent unhealthy',
  revoked = '- - - - - unhealthy unhealthy unhealthy',
})

rehearses('rotate with a private vault', {
  procedure = 'rotate', setup = private, opts = { cluster = 'c1', private_endpoint = 'admin' },
  closed = 'lost lost lost lost lost', revoked = 'lost lost lost lost lost',
})

rehearses('switch_mode to Public', {
  procedure = 'switch_mode', setup = private, opts = { cluster = 'c1', to = 'Public' },
  closed = 'lost lost healthy unhealthy lost', revoked = 'lost lost unhealthy unhealthy lost',
})

rehearses('switch_mode to Private', {
  procedure = 'switch_mode', setup = public, opts = { cluster = 'c1', to = 'Private' },
  closed = 'lost lost lost healthy - lost',
  revoked = 'lost lost lost unhealthy unhealthy lost',
})

rehearses('migrate_to_v2', {
  setup = old, opts = { cluster = 'c1', kubernetes_version = '1.27.1' },
  closed = 'lost unhealthy unhealthy unhealthy unhealthy lost',
  revoked = 'lost unhealthy unhealthy unhealthy unhealthy lost',
})

rehearses('rotate_twice', {
  setup = function() t.world(2) end, opts = { cluster = 'c1' },
  closed = 'lost lost lost lost lost lost lost lost',
  revoked = 'lost lost lost lost lost lost lost lost',
})
