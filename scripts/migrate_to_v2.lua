-- From KMS v1 to KMS v2. With v1 on, the upgrade to 1.27 is blocked; what is still in the form of
-- v1 afterwards could not be read, so the Secrets lie in clear in between.

local story = require('lib.story')
local worlds = require('lib.worlds')

local function form(c)
  local stored = secret.get{ cluster = c, name = 'db-1' }:stored()
  return stored.kms_version or stored.provider
end

story.begin('From KMS v1 to KMS v2')
local i = identity.create{ name = 'MyIdentity', resource_group = 'MyResourceGroup' }
cluster.create{
  name = 'myAKSCluster', resource_group = 'MyResourceGroup', assign_identity = i,
  kubernetes_version = '1.25',
}
local w = worlds.public(2)
story.step('R95', 'a cluster of 1.25, with KMS on')
story.state(w.c)
story.told('db-1 is in the form of %s', form(w.c))
local before = form(w.c)

w.c:upgrade{ kubernetes_version = '1.26' }
local ok, refusal = pcall(w.c.upgrade, w.c, { kubernetes_version = '1.27.1' })
story.step('R97', 'the upgrade to 1.27, with KMS on')
story.told('%s', ok and 'done' or refusal.rule .. ': refused')

story.steps(kms.migrate_to_v2{ cluster = w.c, kubernetes_version = '1.28' })
story.state(w.c)
story.told('db-1 is in the form of %s', form(w.c))

story.expect('the form was v1', before == 'v1')
story.expect('the upgrade was blocked', not ok and refusal.rule == 'R97')
story.expect('the cluster runs 1.28', w.c.kubernetes_version == '1.28')
story.expect('KMS v2 is on', w.c:kms().enabled and w.c:kms().version == 'v2')
story.expect('no Secret is left in the form of v1', form(w.c) == 'v2')
story.expect('all is well at the end', kms.verify{ cluster = w.c }.ok)
story.expect('every Secret holds what it held', worlds.is_whole(w.c, 2))
story.finish()
