-- The document's public path with Azure RBAC: the creator of the vault may not even make a key
-- until a role says so, and the identity's grant is a role too.

local story = require('lib.story')

local OPTIONS = {
  cluster = 'myAKSCluster', vault = 'MyKeyVault', key = 'MyKeyName', identity = 'MyIdentity',
  resource_group = 'MyResourceGroup', rbac = true,
}

story.begin('A public vault with Azure RBAC')

story.step('R37', 'a vault under Azure RBAC')
local v = vault.create{
  name = 'MyKeyVault', resource_group = 'MyResourceGroup', enable_rbac_authorization = true,
}
local ok, refusal = pcall(v.create_key, v, { name = 'MyKeyName' })
story.told('a key, as Owner of the subscription: %s', ok and 'made' or refusal.inner_code)

local report = kms.enable_public(OPTIONS)
story.steps(report)

local c = cluster.get('myAKSCluster')
local s = secret.create{ cluster = c, name = 'db', string_data = { password = 'swordfish' } }
story.step('R54', 'a Secret, sealed from the start')
story.told('prefix    %s', s:stored().prefix)
story.state(c)

local i = identity.get('MyIdentity')
local roles = role.list{ scope = v, assignee = i }
story.step('R41', 'what the identity may do')
for _, held in ipairs(roles) do story.told('%s', held.roleDefinitionName) end

story.expect('an Owner was refused at first', not ok and refusal.inner_code == 'ForbiddenByRbac')
story.expect('KMS is on and healthy', c:kms().enabled and c:health().api_server == 'healthy')
story.expect('the identity is Key Vault Crypto User, and no more',
  #roles == 1 and roles[1].roleDefinitionName == 'Key Vault Crypto User')
story.expect('the vault has no policies', #v.access_policies == 0)
story.expect('the Secret is sealed',
  s:stored().kms_version == 'v2' and s.data.password == 'swordfish')
story.finish()
