-- The document's private path: a vault that answers on private endpoints only. Its operator needs
-- one to make the key, and the cluster makes one of its own when KMS is enabled.

local story = require('lib.story')
local worlds = require('lib.worlds')

local function endpoints(v)
  local found = {}
  for n, connection in ipairs(v.private_endpoint_connections) do
    local group, name = connection.private_endpoint.id:match('/resourceGroups/([^/]+)/.*/(.-)$')
    found[n] = ('%s in %s'):format(name, group)
  end
  return found
end

story.begin('A private vault')
local plan = kms.enable_private.plan{
  cluster = 'myAKSCluster', vault = 'MyKeyVault', identity = 'MyIdentity',
}
story.step('R60', 'a plan without a way in for whoever makes the key')
for _, finding in ipairs(plan.findings) do
  if finding.severity == 'error' then story.told('%s', finding.message) end
end

local w, report = worlds.private(2)
story.steps(report)
story.state(w.c)

story.step('R57', 'the ways into the vault')
for _, endpoint in ipairs(endpoints(w.v)) do story.told('%s', endpoint) end
local ok, refusal = pcall(key.list, { vault_name = w.v })
story.told('its keys, asked from the internet: %s', ok and 'listed' or refusal.inner_code)

story.step('R72', 'a rotation, from the same endpoint')
local old = w.c:kms().current.kid
kms.rotate{ cluster = w.c, private_endpoint = 'admin' }
story.state(w.c)

local state = w.c:kms()
local linked = endpoints(w.v)
story.expect('a plan without a way in is not ready', not plan.ready)
story.expect('the vault is closed to the public',
  not ok and refusal.inner_code == 'ForbiddenByConnection')
story.expect('the mode is Private', state.enabled and state.network_access == 'Private')
story.expect('the cluster made an endpoint in the group of its nodes',
  #linked == 2 and linked[2]:find(w.c.node_resource_group, 1, true))
story.expect('the new version is in use, the old one readable',
  state.current.kid ~= old and state.previous.kid == old)
story.expect('all is well at the end', kms.verify{ cluster = w.c }.ok)
story.expect('every Secret holds what it held', worlds.is_whole(w.c, 2))
story.finish()
