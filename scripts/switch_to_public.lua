-- A private vault becomes public: the same steps, with the vault opened instead of closed.

local story = require('lib.story')
local worlds = require('lib.worlds')

story.begin('From a private vault to a public one')
local w = worlds.private(2)
local kid = w.c:kms().current.kid
story.step('R31', 'a cluster with a private vault')
story.state(w.c)

story.steps(kms.switch_mode{ cluster = w.c, to = 'Public' })
story.state(w.c)

local state = w.c:kms()
story.expect('the mode is Public', state.enabled and state.network_access == 'Public')
story.expect('the vault is open', w.v.public_network_access == 'Enabled')
story.expect('the private endpoint of the cluster is gone',
  #w.v.private_endpoint_connections == 1)
story.expect('the key is the same', state.current.kid == kid)
story.expect('all is well at the end', kms.verify{ cluster = w.c }.ok)
story.expect('every Secret holds what it held', worlds.is_whole(w.c, 2))
story.finish()
