--- Enables KMS with a public vault: vault, key, identity, grant, cluster, rewrite.
---
--- What is there already is used; what is missing is made. Safe to run again.
---
--- ```lua
--- local report = require('kms.enable_public').run{
---   cluster = 'myAKSCluster', vault = 'MyKeyVault', identity = 'MyIdentity',
---   resource_group = 'MyResourceGroup',
--- }
--- print(report.state.current.kid)
--- ```

local enabling = require('kms.steps.enabling')
local procedure = require('util.procedure')

---@class kms.enable_public.Options
---@field cluster any the cluster, by handle, name or id; made where it is missing
---@field vault any the vault, likewise
---@field identity any the user-assigned identity, likewise
---@field key? any a key, by name, handle or id with version; default: `etcd`
---@field rbac? boolean true: a vault under Azure RBAC; default: access policies
---@field resource_group? string group of what is made; default: `MyResourceGroup`

---@type Procedure
return procedure.define{
  name = 'kms.enable_public',
  options = {
    cluster = true, vault = true, identity = true, key = false, rbac = false,
    resource_group = false,
  },
  build = function(opts) return enabling.build(opts, 'Public') end,
}
