-- The key expires: nothing can be sealed, and the API server is unhealthy although the vault
-- would still decrypt. The remedy has two parts, in this order: extend the key, then rotate.

local story = require('lib.story')
local worlds = require('lib.worlds')

story.begin('An expired key')
local w = worlds.public(2)
local kid = w.c:kms().current.kid
local sealed = w.k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'x' }.value
w.k:update{ expires = '2026-04-01T00:00:00Z' }

story.step('R05', 'what is at risk, and from when')
for _, risk in ipairs(kms.verify{ cluster = w.c }.at_risk) do
  story.told('%s  %s', risk.from, risk.rule)
end

story.step('R107', 'the day after')
clock.freeze('2026-04-02T00:00:00Z')
local health = w.c:health()
local ok, refusal = pcall(w.k.encrypt, w.k, { algorithm = 'RSA-OAEP-256', value = 'x' })
story.told('encrypt: %s', ok and 'works' or refusal.message)
story.told('decrypt, asked of the vault itself: %s',
  w.k:decrypt{ algorithm = 'RSA-OAEP-256', value = sealed }.value == 'x' and 'works' or 'fails')
story.told('API server %s', health.api_server)

story.step('R109', 'the remedy')
local report = kms.recover{ cluster = w.c }
for _, step in ipairs(report.steps) do
  if step.status == 'done' then story.told('%s (%s)', step.title, step.rule) end
end
story.state(w.c)

story.expect('the expired key was refused', not ok and refusal.rule == 'R107')
story.expect('the API server was unhealthy', health.api_server ~= 'healthy')
story.expect('a new version is in use', w.c:kms().current.kid ~= kid)
story.expect('the extended one is in the previous slot', w.c:kms().previous.kid == kid)
story.expect('no Secret is under it', worlds.count_under(w.c, kid) == 0)
story.expect('all is well at the end', kms.verify{ cluster = w.c }.ok)
story.expect('every Secret holds what it held', worlds.is_whole(w.c, 2))
story.finish()
