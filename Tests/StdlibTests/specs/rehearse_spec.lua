local t = require('harness')
local rehearse = require('kms').rehearse
local world = require('world')

local FAULTS = { 'cut_off', 'revoked', 'disabled', 'closed', 'deleted', 'expired' }

local function audit_log()
  local lines = {}
  for event in audit.each{} do lines[#lines + 1] = json.encode(event) end
  return table.concat(lines, '\n')
end

--- A rotation to a key that waits: making one at each run would take most of the time.
local function rotation(w)
  return { cluster = w.c, key = key.create{ vault_name = w.v, name = 'other' } }
end

t.it('runs every fault at every step, tells how each ends, and leaves nothing behind', function()
  clock.freeze('2026-03-01T00:00:00Z')
  local w = t.world(3)
  local opts = rotation(w)
  w.v:diagnostics(true)
  local before = world.dump()
  local log = audit_log()
  local report = rehearse{ procedure = 'rotate', opts = opts }
  t.same(audit_log(), log)
  t.same(clock.now(), '2026-03-01T00:00:00Z')
  t.same(world.dump(), before)
  t.same(table.concat(report.faults, ' '), table.concat(FAULTS, ' '))
  t.same(#report.steps, #require('kms.rotate').plan(opts).steps)
  for n in ipairs(report.steps) do
    for _, fault in ipairs(FAULTS) do
      local cell = report[fault][n]
      if not cell.repaired then
        error(('%s at %d: %s'):format(fault, n, tostring(cell.repair_error)), 0)
      end
      t.same(cell.health, fault == 'cut_off' and 'healthy' or 'unhealthy')
    end
    t.same(report.cut_off[n].lost_count, 0)
    t.same(report.cut_off[n].error.code, 'fault.cut')
    t.same(report.deleted[n].lost_count, 3)
    t.same(#report.deleted[n].lost_secrets, 3)
    t.same(report.deleted[n].lost_secrets[1].cluster, 'c1')
  end
  t.same(report.revoked[4].error.code ~= nil, true)
  -- What comes next is made as if nothing had been rehearsed.
  require('kms.rotate').run(opts)
  t.same(secret.get{ cluster = w.c, name = 's3' }.data.n, '3')
end)

t.it('a rotation to a new version is repaired wherever it is cut off', function()
  local w = t.world(1)
  local report = rehearse{ procedure = 'rotate', opts = { cluster = w.c }, faults = 'cut_off' }
  for n in ipairs(report.steps) do t.same(report.cut_off[n].repaired, true) end
  t.same(#w.k:versions(), 1)
end)

t.it('what a second run does not repair is told as such', function()
  local opts, runs = rotation(t.world(2)), 0
  local rotate = require('kms.rotate')
  -- The fourth run is the second one on the branch of the first step's cure.
  local once = { plan = rotate.plan, run = function(given, before)
    runs = runs + 1
    if runs == 4 then error{ code = 'x.y', message = 'not again' } end
    return rotate.run(given, before)
  end }
  local report = rehearse{ procedure = once, opts = opts, faults = 'disabled' }
  t.same(report.disabled[1].repaired, false)
  t.same(report.disabled[1].repair_error.code, 'x.y')
  t.same(report.disabled[2].repaired, true)
  local marked = select(2, tostring(report):gsub('lost%*', ''))
  t.same(marked, #report.steps - 1)
end)

t.it('before a thing is there, no fault can strike it', function()
  local report = rehearse{
    procedure = 'enable_public',
    opts = { cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg' },
    faults = { 'cut_off', 'deleted' },
  }
  t.same(report.deleted[1].is_without, true)
  for n in ipairs(report.steps) do t.same(report.cut_off[n].repaired, true) end
  t.same(report.deleted[#report.steps].health, 'unhealthy')
  t.same(cluster.find('c1'), nil)
  t.same(vault.find('kv1'), nil)
end)

t.it('under Azure RBAC the roles are taken away, and given back', function()
  local opts = {
    cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg', rbac = true,
  }
  require('kms.enable_public').run(opts)
  secret.create{ cluster = 'c1', name = 's1', string_data = { n = '1' } }
  local other = key.create{ vault_name = 'kv1', name = 'other' }
  local report = rehearse{
    procedure = 'rotate', opts = { cluster = 'c1', key = other }, faults = 'revoked',
  }
  for n in ipairs(report.steps) do
    t.same(report.revoked[n].health, 'unhealthy')
    t.same(report.revoked[n].repaired, true)
  end
end)

for _, name in ipairs{ 'disable', 'rewrite', 'monitor', 'verify' } do
  t.it(name .. ' can be rehearsed', function()
    local w = t.world(2)
    local before = world.dump()
    local report = rehearse{ procedure = name, opts = { cluster = 'c1' } }
    t.same(world.dump(), before)
    t.same(#report.steps > 0, true)
    for n in ipairs(report.steps) do t.same(report.cut_off[n].repaired, true) end
    t.same(w.c:health().api_server, 'healthy')
  end)
end

t.it('recover can be rehearsed on a cluster that is ill', function()
  local w = t.world(2)
  w.k:update{ enabled = false }
  local report = rehearse{
    procedure = 'recover', opts = { cluster = 'c1' }, faults = { 'cut_off', 'revoked' },
  }
  for n in ipairs(report.steps) do
    t.same(report.cut_off[n].repaired, true)
    t.same(report.revoked[n].repaired, true)
  end
end)

t.it('is printed as a matrix with its legend', function()
  local lines = {}
  local report = rehearse{
    procedure = 'rotate', opts = rotation(t.world(2)), faults = { 'deleted', 'cut_off' },
  }
  local text = tostring(report)
  for line in (text .. '\n'):gmatch('(.-)\n') do lines[#lines + 1] = line end
  t.same(lines[1], 'rehearsal of rotate: what each fault does at each step')
  t.same(lines[2]:gsub(' +', ' '), ' cut_off deleted')
  t.same(lines[4]:gsub(' +', ' '), ' 2 Take the given key stopped* 2 lost*')
  t.same(text:find('N lost +N Secrets cannot be read') ~= nil, true)
  t.same(text:find('unhealthy', 1, true), nil)
end)

t.it('a procedure that does not run untroubled is not rehearsed', function()
  cluster.create{ name = 'c1', resource_group = 'rg' }
  local problem = t.fails('procedure.not_ready', rehearse, {
    procedure = 'rotate', opts = { cluster = 'c1' },
  })
  t.same(problem.rule, 'R71')
end)

t.it('what it does not know is refused', function()
  local opts = { cluster = t.world(0).c }
  t.fails('argument.missing', rehearse, { procedure = 'rotate' })
  t.fails('argument.unknown', rehearse, { procedure = 'rotate', opts = opts, fault = 'x' })
  t.fails('argument.value', rehearse, { procedure = 'rotat', opts = opts })
  t.fails('argument.value', rehearse, { procedure = 'rehearse', opts = opts })
  t.fails('argument.value', rehearse, { procedure = 'rotate', opts = opts, faults = 'fire' })
  t.fails('argument.value', rehearse, { procedure = 'rotate', opts = opts, faults = {} })
  t.fails('argument.unknown', rehearse, { procedure = 'rotate', opts = { cluster = 'c1', x = 1 } })
end)
