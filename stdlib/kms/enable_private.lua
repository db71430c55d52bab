--- Enables KMS with a private vault: vault, key, identity, grants, cluster, rewrite.
---
--- The vault answers on private endpoints only, so whoever makes the key needs one; the cluster
--- makes its own when KMS is enabled. What is there already is used. Safe to run again.
---
--- ```lua
--- local report = require('kms.enable_private').run{
---   cluster = 'myAKSCluster', vault = 'MyKeyVault', identity = 'MyIdentity',
---   private_endpoint = 'admin',
--- }
--- print(report.state.network_access) --> Private
--- ```

local enabling = require('kms.steps.enabling')
local procedure = require('util.procedure')

---@class kms.enable_private.Options
---@field cluster any the cluster, by handle, name or id; made where it is missing
---@field vault any the vault, likewise
---@field identity any the user-assigned identity, likewise
---@field key? any a key, by name, handle or id with version; default: `etcd`
---@field rbac? boolean true: a vault under Azure RBAC; default: access policies
---@field private_endpoint? string the one through which you reach the vault; made where missing
---@field resource_group? string group of what is made; default: `MyResourceGroup`

---@type Procedure
return procedure.define{
  name = 'kms.enable_private',
  options = {
    cluster = true, vault = true, identity = true, key = false, rbac = false,
    private_endpoint = false, resource_group = false,
  },
  build = function(opts) return enabling.build(opts, 'Private') end,
}
