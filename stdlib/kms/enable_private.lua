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

local HELP = {
  summary = 'Enables KMS with a private vault; what is there is used, what is missing is made.',
  options = {
    {
      name = 'cluster', kind = 'any', names = 'cluster', required = true,
      summary = 'the cluster, by handle, name or id; made where it is missing',
    },
    {
      name = 'vault', kind = 'any', names = 'vault', required = true,
      summary = 'the vault, likewise',
    },
    {
      name = 'identity', kind = 'any', names = 'identity', required = true,
      summary = 'the user-assigned identity, likewise',
    },
    {
      name = 'key', kind = 'any', names = 'kid',
      summary = 'a key, by name, handle or id with version', default = 'etcd',
    },
    {
      name = 'rbac', kind = 'boolean',
      summary = 'true: a vault under Azure RBAC, else one with access policies',
      default = false,
    },
    {
      name = 'private_endpoint', kind = 'string',
      summary = 'the one through which you reach the vault; made where missing',
    },
    {
      name = 'resource_group', kind = 'string', names = 'resource group',
      summary = 'group of what is made', default = 'MyResourceGroup',
    },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
local report = kms.enable_private{
  cluster = 'c2', vault = 'kv2', identity = 'id2', private_endpoint = 'admin',
}
print(report.state.network_access) --> Private]],
}

---@type Procedure
return procedure.define{
  name = 'kms.enable_private',
  help = HELP,
  build = function(opts) return enabling.build(opts, 'Private') end,
}
