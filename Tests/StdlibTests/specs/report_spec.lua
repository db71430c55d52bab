--- Plans and reports word themselves, wherever they are printed.

local t = require('harness')
local kms = require('kms')

local function has(text, wanted)
  if not text:find(wanted, 1, true) then error(('no %s in:\n%s'):format(wanted, text), 2) end
end

t.it('a plan tells its steps, their rules and what stands in the way', function()
  local w = t.world(1)
  local plan = kms.rotate.plan{ cluster = w.c }
  local text = tostring(plan)
  has(text, ('plan of kms.rotate: ready, %d steps\n'):format(#plan.steps))
  for _, step in ipairs(plan.steps) do
    has(text, step.title)
    has(text, step.rule)
  end
  cluster.create{ name = 'c2', resource_group = 'rg' }
  local refused = tostring(kms.rotate.plan{ cluster = 'c2' })
  has(refused, 'plan of kms.rotate: not ready')
  has(refused, '! error (R71): ')
end)

t.it('a report tells what was done, and what it found', function()
  local w = t.world(2)
  local text = tostring(kms.rotate.run{ cluster = w.c })
  has(text, 'report of kms.rotate\n')
  has(text, 'Rewrite the Secrets')
  has(text, tostring(w.c:kms()):match('[^\n]+'))
  w.k:update{ expires = clock.advance('P30D') }
  local found = tostring(kms.verify.run{ cluster = w.c })
  has(found, 'ok: false')
  has(found, 'at_risk:')
  has(tostring(kms.monitor.run{ cluster = w.c }), 'log: {')
end)

for _, name in ipairs{ 'verify', 'monitor', 'rotate' } do
  t.it(('the report of %s is data all the same'):format(name), function()
    local w = t.world(1)
    local report = kms[name].run{ cluster = w.c }
    t.same(json.decode(json.encode(report)).steps[1].title, report.steps[1].title)
    t.same(tostring(report):find('table: ', 1, true), nil)
    t.same(tostring(kms[name].plan{ cluster = w.c }):find('table: ', 1, true), nil)
    report.steps, report.findings = nil, nil
    has(tostring(report), 'report of kms.' .. name)
  end)
end
