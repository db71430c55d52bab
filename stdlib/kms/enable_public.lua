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

local HELP = {
  summary = 'Enables KMS with a public vault; what is there is used, what is missing is made.',
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
      name = 'resource_group', kind = 'string', names = 'resource group',
      summary = 'group of what is made', default = 'MyResourceGroup',
    },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
vault.create{ name = 'kv2', resource_group = 'rg' }
cluster.create{ name = 'c2', resource_group = 'rg' }
local report = kms.enable_public{ cluster = 'c2', vault = 'kv2', identity = 'id2' }
print(report.state.enabled, report.state.network_access) --> true  Public]],
}

---@type Procedure
return procedure.define{
  name = 'kms.enable_public',
  help = HELP,
  build = function(opts) return enabling.build(opts, 'Public') end,
}
