local t = require('harness')
local rehearse = require('kms').rehearse
local world = require('world')

local FAULTS = { 'cut_off', 'revoked', 'disabled', 'closed', 'deleted', 'expired' }

--- Everything that can be told of the workspace, the audit log too.
local function dump()
  local lines = { clock.now(), world.dump(), identity.signed_in().id }
  for event in audit.each{} do lines[#lines + 1] = json.encode(event) end
  return table.concat(lines, '\n')
end

local function rotation(w, faults)
  return rehearse{ procedure = 'rotate', opts = { cluster = w.c }, faults = faults }
end

local function each_cell(report, body)
  for _, fault in ipairs(report.faults) do
    for n, cell in ipairs(report[fault]) do body(cell, fault, n) end
  end
end

t.it('runs every fault at every step, and leaves nothing behind', function()
  clock.freeze('2026-03-01T00:00:00Z')
  local w = t.world(3)
  w.v:diagnostics(true)
  local before = dump()
  local report = rotation(w)
  t.same(dump(), before)
  t.same(table.concat(report.faults, ' '), table.concat(FAULTS, ' '))
  t.same(#report.steps, #require('kms.rotate').plan{ cluster = w.c }.steps)
  for _, fault in ipairs(FAULTS) do t.same(#report[fault], #report.steps) end
  -- What comes next is made as if nothing had been rehearsed.
  require('kms.rotate').run{ cluster = w.c }
  t.same(secret.get{ cluster = w.c, name = 's3' }.data.n, '3')
end)

t.it('a rotation that is cut off, or whose trouble is cured, is repaired by another', function()
  local report = rotation(t.world(3))
  each_cell(report, function(cell, fault, n)
    if not cell.repaired then
      error(('%s at %d: %s'):format(fault, n, tostring(cell.repair_error)), 0)
    end
  end)
end)

t.it('tells health, lost Secrets and error of each fault', function()
  local w = t.world(3)
  local report = rotation(w)
  for n in ipairs(report.steps) do
    local cut, deleted = report.cut_off[n], report.deleted[n]
    t.same(cut.health, 'healthy')
    t.same(cut.lost_count, 0)
    t.same(cut.error.code, 'fault.cut')
    t.same(deleted.health, 'unhealthy')
    t.same(deleted.lost_count, 3)
    t.same(#deleted.lost_secrets, 3)
    t.same(deleted.lost_secrets[1].cluster, 'c1')
    for _, fault in ipairs{ 'revoked', 'disabled', 'closed', 'expired' } do
      t.same(report[fault][n].health, 'unhealthy')
    end
  end
  t.same(report.disabled[2].error.code ~= nil, true)
end)

t.it('a fault that nothing cures is told as such', function()
  local w = t.world(2)
  -- The faults of the module itself are cured; here the procedure cannot be run twice.
  local rotate = require('kms.rotate')
  local runs = 0
  local once = { plan = rotate.plan, run = function(opts, before)
    runs = runs + 1
    if runs % 3 == 0 then error{ code = 'x.y', message = 'not again' } end
    return rotate.run(opts, before)
  end }
  -- One run untroubled, then of each cell the first run and the two of the second.
  runs = -1
  local report = rehearse{ procedure = once, opts = { cluster = w.c }, faults = 'disabled' }
  local cell = report.disabled[1]
  t.same(cell.repaired, false)
  t.same(cell.repair_error.code, 'x.y')
  t.same(tostring(report):find('*', 1, true), nil)
end)

t.it('before a thing is there, no fault can strike it', function()
  local report = rehearse{
    procedure = 'enable_public',
    opts = { cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg' },
  }
  for _, fault in ipairs(FAULTS) do
    if fault ~= 'cut_off' then t.same(report[fault][1].is_without, true) end
  end
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
  local report = rehearse{ procedure = 'rotate', opts = { cluster = 'c1' }, faults = 'revoked' }
  for n in ipairs(report.steps) do
    t.same(report.revoked[n].health, 'unhealthy')
    t.same(report.revoked[n].repaired, true)
  end
end)

for _, name in ipairs{ 'rotate_twice', 'disable', 'rewrite', 'monitor', 'verify' } do
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
  each_cell(report, function(cell) t.same(cell.repaired, true) end)
end)

t.it('is printed as a matrix with its legend', function()
  local lines = {}
  local text = tostring(rotation(t.world(2), { 'deleted', 'cut_off' }))
  for line in (text .. '\n'):gmatch('(.-)\n') do lines[#lines + 1] = line end
  t.same(lines[1], 'rehearsal of rotate: what each fault does at each step')
  t.same(lines[2]:gsub(' +', ' '), ' cut_off deleted')
  t.same(lines[4]:gsub(' +', ' '), ' 2 Make a new version of the key stopped* 2 lost*')
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
