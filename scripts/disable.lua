-- KMS switched off: the Secrets lie in clear once they are rewritten, and the key must be kept
-- all the same.

local story = require('lib.story')
local worlds = require('lib.worlds')

story.begin('KMS switched off')
local w = worlds.public(2)
local kid = w.c:kms().current.kid

local report = kms.disable{ cluster = w.c }
story.steps(report)
story.state(w.c)
local provider = secret.get{ cluster = w.c, name = 'db-1' }:stored().provider
story.told('db-1 is stored by the provider %s', provider)

story.step('R93', 'the key, deleted all the same')
local deleted = w.k:delete{ confirm = true }
local health = w.c:health().api_server
story.told('API server %s', health)
deleted:recover()
story.told('recovered: API server %s', w.c:health().api_server)

story.expect('KMS is off', not w.c:kms().enabled)
story.expect('the key is retained', w.c:kms().current.kid == kid)
story.expect('the Secrets lie in clear', provider == 'identity')
story.expect('no Secret needs the key', worlds.count_under(w.c, kid) == 0)
story.expect('the API server needs the key', health ~= 'healthy')
story.expect('all is healthy at the end', w.c:health().api_server == 'healthy')
story.expect('every Secret holds what it held', worlds.is_whole(w.c, 2))
story.finish()
