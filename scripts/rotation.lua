-- A rotation: a new version of the key, the cluster told, every Secret rewritten. The version
-- before stays in use for reading, so it must stay usable until the next rotation.

local story = require('lib.story')
local worlds = require('lib.worlds')

story.begin('A rotation')
local w = worlds.public(3)
story.step('R70', 'a cluster whose Secrets are under one key')
story.state(w.c)
local old = w.c:kms().current.kid

local plan = kms.rotate.plan{ cluster = w.c }
story.step('R76', 'what its operator must know')
for _, finding in ipairs(plan.findings) do
  if finding.rule == 'R76' then story.told('%s', finding.fix) end
end

story.steps(kms.rotate{ cluster = w.c })
story.state(w.c)
local state = w.c:kms()

story.step('R76', 'the key before, disabled too early')
key.get(old):update{ enabled = false }
local health = w.c:health().api_server
story.told('API server %s', health)
kms.recover{ cluster = w.c }
story.told('enabled again: API server %s', w.c:health().api_server)

story.expect('the new version is in use', state.current.kid ~= old)
story.expect('the old one is in the previous slot', state.previous.kid == old)
story.expect('no Secret is under the old one', worlds.count_under(w.c, old) == 0)
story.expect('the API server needs both', health == 'unhealthy')
story.expect('all is well at the end', kms.verify{ cluster = w.c }.ok)
story.expect('every Secret holds what it held', worlds.is_whole(w.c, 3))
story.finish()
