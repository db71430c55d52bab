-- Rotating twice frees the first key at once, if every Secret is rewritten in between. Without
-- that, what was not rewritten is lost: the story shows both.

local story = require('lib.story')
local worlds = require('lib.worlds')

story.begin('A double rotation')
local w = worlds.public(2)
local oldest = w.c:kms().current.kid
local reckless = worlds.public(2, 'reckless')

story.steps(kms.rotate_twice{ cluster = w.c })
story.state(w.c)

story.step('R77', 'the oldest version, disabled')
key.get(oldest):update{ enabled = false }
story.told('API server %s', w.c:health().api_server)

story.step('R79', 'another cluster, rotated twice without a rewrite')
for _ = 1, 2 do
  reckless.c:update{
    enable_azure_keyvault_kms = true, azure_keyvault_kms_key_vault_network_access = 'Public',
    azure_keyvault_kms_key_id = key.create{ vault_name = reckless.v, name = 'MyKeyName' },
  }
end
local ok, refusal = pcall(function()
  return secret.get{ cluster = reckless.c, name = 'db-1' }.data
end)
story.told('its Secrets: %s', ok and 'readable' or refusal.code)

story.expect('the slots hold the two newest versions',
  w.c:kms().current.kid ~= oldest and w.c:kms().previous.kid ~= oldest)
story.expect('no Secret is under the oldest', worlds.count_under(w.c, oldest) == 0)
story.expect('the API server does without the oldest', w.c:health().api_server == 'healthy')
story.expect('every Secret holds what it held', worlds.is_whole(w.c, 2))
story.expect('the reckless cluster lost its Secrets',
  not ok and refusal.code == 'secret.unreadable')
story.finish()
