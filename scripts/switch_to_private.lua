-- A public vault becomes private. The service changes the mode of a vault only while KMS is off,
-- so the Secrets lie in clear in between.

local story = require('lib.story')
local worlds = require('lib.worlds')

story.begin('From a public vault to a private one')
local w = worlds.public(2, nil, true)
local kid = w.c:kms().current.kid
story.step('R31', 'a cluster with a public vault')
story.state(w.c)

local ok, refusal = pcall(w.c.update, w.c, {
  enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = kid,
  azure_keyvault_kms_key_vault_network_access = 'Private',
  azure_keyvault_kms_key_vault_resource_id = w.v,
})
story.step('R28', 'the mode, changed while KMS is on')
story.told('%s', ok and 'taken' or refusal.rule .. ': refused')

story.steps(kms.switch_mode{ cluster = w.c, to = 'Private' })
story.state(w.c)

local state = w.c:kms()
story.expect('the direct way is refused', not ok and refusal.rule == 'R28')
story.expect('the mode is Private', state.enabled and state.network_access == 'Private')
story.expect('the vault is closed', w.v.public_network_access == 'Disabled')
story.expect('the cluster has a private endpoint', #w.v.private_endpoint_connections == 1)
story.expect('the key is the same', state.current.kid == kid)
story.expect('every Secret is sealed again', worlds.count_under(w.c, kid) == 2)
story.expect('the API server is healthy', w.c:health().api_server == 'healthy')
story.expect('every Secret holds what it held', worlds.is_whole(w.c, 2))
story.finish()
