--- Moves a cluster from KMS v1 to KMS v2: disable, rewrite, upgrade, enable, rewrite.
---
--- ```lua
--- local report = require('kms.migrate_to_v2').run{
---   cluster = 'myAKSCluster', kubernetes_version = '1.27.1',
--- }
--- print(report.state.version) --> v2
--- ```

local cluster = require('cluster')
local clusters, secrets = require('kms.steps.clusters'), require('kms.steps.secrets')
local findings, names = require('kms.steps.findings'), require('kms.steps.names')
local procedure = require('util.procedure')

local HELP = {
  summary = 'Moves a cluster from KMS v1 to KMS v2: disable, rewrite, upgrade, enable, rewrite.',
  options = {
    {
      name = 'cluster', kind = 'any', names = 'cluster', required = true,
      summary = 'the cluster, by handle, name or id',
    },
    {
      name = 'kubernetes_version', kind = 'string', required = true,
      summary = 'version to upgrade to, 1.27 or later',
    },
  },
  returns = 'report',
  errors = 'procedure.not_ready procedure.check_failed cluster.not_found',
  example = [[
vault.get('kv1'):create_key{ name = 'k2' }
cluster.create{
  name = 'old', resource_group = 'rg', kubernetes_version = '1.26', assign_identity = 'id1',
  enable_azure_keyvault_kms = true,
  azure_keyvault_kms_key_id = key.get{ vault_name = 'kv1', name = 'k2' },
  azure_keyvault_kms_key_vault_network_access = 'Public',
}
local report = kms.migrate_to_v2{ cluster = 'old', kubernetes_version = '1.27' }
print(report.state.version) --> v2]],
}

local V2_MINOR = 27

local function minor(version) return tonumber(version:match('^1%.(%d+)')) end

local function findings_of(c, n, version)
  if not n then return findings.enabled(c, 'R98') end
  local list = minor(c.kubernetes_version) < V2_MINOR and findings.off_and_on(c, n, 'R98')
    or findings.health(c)
  list = findings.all(findings.running(c), list)
  if minor(version) < V2_MINOR then
    list[#list + 1] = findings.found('R95', 'error',
      ('Kubernetes %s has KMS v1'):format(version), 'upgrade to 1.27 or later')
  end
  if minor(version) < minor(c.kubernetes_version) then
    list[#list + 1] = findings.found('R100', 'error',
      ('%s runs %s already'):format(c.name, c.kubernetes_version),
      'there is no way back to an older version: name that one or a later one')
  end
  return list
end

--- A minor version at a time, as the service asks.
local function upgrades(c, n, version)
  local steps, last = {}, minor(version)
  for step = minor(c.kubernetes_version) + 1, last do
    steps[#steps + 1] = clusters.upgrade(n, step == last and version or '1.' .. step)
  end
  return steps
end

local function steps_of(c, n, version)
  local function is_upgraded() return minor(c.kubernetes_version) >= V2_MINOR end
  local function is_over() return is_upgraded() and c:kms().enabled end
  local off = clusters.disable(n)
  local is_off = off.done
  off.done = function() return is_upgraded() or is_off() end
  n.identity, n.identity_group = clusters.identity_of(c)
  local on = clusters.enable_again(n, is_over)
  on.rule = 'R101'
  local steps = {
    off,
    secrets.rewrite(c.name, {
      rule = 'R98', title = 'Rewrite the Secrets in clear',
      effect = 'no Secret is in the form of KMS v1, which KMS v2 does not read (R103)',
      done = function()
        return is_upgraded() or not c:kms().enabled and secrets.is_settled(c)
      end,
    }),
  }
  for _, step in ipairs(upgrades(c, n, version)) do steps[#steps + 1] = step end
  steps[#steps + 1] = on
  steps[#steps + 1] = secrets.rewrite(c.name, {
    rule = 'R98', effect = 'every Secret is in the form of KMS v2',
    done = function() return is_over() and secrets.is_settled(c) end,
  })
  return steps
end

local function build(opts)
  local c, version = cluster.get(opts.cluster), opts.kubernetes_version
  if type(version) ~= 'string' or not version:find('^1%.%d+') then
    error({
      code = 'argument.value',
      message = 'kms.migrate_to_v2: kubernetes_version is a version such as 1.27.1',
    }, 0)
  end
  local n = names.attached(c)
  local checks = findings_of(c, n, version)
  local steps = n and steps_of(c, n, version) or { secrets.rewrite(c.name) }
  steps[1].check = function() return checks end
  return {
    title = ('Migrate %s to KMS v2'):format(c.name), steps = steps,
    purpose = 'KMS v2 has no limit of 2,000 Secrets (R96). With KMS v1 on, an upgrade to 1.27 or '
      .. 'later is blocked (R97).',
    state = function() return c:kms() end,
    rollback = {
      'until the upgrade: enable KMS again with the same key, and rewrite the Secrets',
      'an upgrade cannot be taken back; a new cluster of 1.27 or later is the other way (R102)',
    },
  }
end

---@type Procedure
return procedure.define{
  name = 'kms.migrate_to_v2', help = HELP, build = build,
}
