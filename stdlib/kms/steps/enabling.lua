--- What enabling with a public and with a private vault share: the order of the document.

local cluster, identity = require('cluster'), require('identity')
local access, clusters = require('kms.steps.access'), require('kms.steps.clusters')
local findings, names = require('kms.steps.findings'), require('kms.steps.names')
local secrets, vaults = require('kms.steps.secrets'), require('kms.steps.vaults')

local M = {}

--- Puts the key that the options name into `n`; one by name alone has no kid yet.
local function name_key(n, given)
  n.key, n.is_key_given = 'etcd', given ~= nil
  if given == nil then return end
  local text = type(given) == 'string' and given or names.kid(given)
  local host, name, version = names.parts(text)
  n.key = host and name or text
  n.kid = version and text
end

--- What the options name.
local function named(opts, mode)
  local n = {
    cluster = names.name(opts.cluster), vault = names.name(opts.vault),
    identity = names.name(opts.identity), group = opts.resource_group or 'MyResourceGroup',
    rbac = opts.rbac == true, access = mode, private_endpoint = opts.private_endpoint,
  }
  name_key(n, opts.key)
  local c = cluster.find(n.cluster)
  local attached = c and names.attached(c)
  n.in_use = attached and attached.is_enabled and attached or nil
  return n
end

local function is_of(kid, vault_name, key_name)
  local host, name = names.parts(kid)
  return host == vault_name:lower() and (not key_name or name:lower() == key_name:lower())
end

--- A key that is not the one in use, or that lies elsewhere, is no business of enabling.
local function key_findings(n)
  local list, used = {}, n.in_use
  if n.kid and not is_of(n.kid, n.vault) then
    list[1] = findings.found('R34', 'error',
      n.kid .. ' lies in another vault than ' .. n.vault, 'name the vault of the key')
  end
  if not used then return list end
  local differs = not is_of(used.kid, n.vault, n.is_key_given and n.key or nil)
    or n.kid and n.kid ~= used.kid
  if differs then
    list[#list + 1] = findings.found('R71', 'error',
      n.cluster .. ' has KMS on, under ' .. used.kid,
      'to move it to another key: kms.rotate{ cluster = …, key = … }')
  elseif used.access ~= n.access then
    list[#list + 1] = findings.found('R28', 'error',
      ('%s has KMS on, in mode %s'):format(n.cluster, used.access),
      ("to change the mode: kms.switch_mode{ cluster = …, to = '%s' }"):format(n.access))
  end
  return list
end

local function cluster_findings(n)
  local c = cluster.find(n.cluster)
  local list = c and findings.running(c) or {}
  if n.access ~= 'Private' then return list end
  return findings.all(list, c and findings.tunnel(c), { findings.found('R63', 'warning',
    'AKS cannot check the grants of a private vault when KMS is enabled',
    'see that they act before the cluster is told') })
end

local function operator_findings(n)
  if not n.rbac or n.kid then return {} end
  local ok, problem = pcall(identity.signed_in)
  if ok then return {} end
  return { findings.found('R39', 'error', problem.message, problem.hint) }
end

--- The steps, in the order of the document.
local function steps_of(n)
  local wrong = findings.all(key_findings(n), cluster_findings(n), operator_findings(n))
  -- A key that is in use stands in place of one that would be looked for by name.
  if n.in_use and not n.kid and is_of(n.in_use.kid, n.vault) then n.kid = n.in_use.kid end
  local make = vaults.make(n)
  local fits = make.check
  make.check = function() return findings.all(fits(), wrong) end
  local is_new = cluster.find(n.cluster) == nil
  return {
    make,
    n.rbac and not n.kid and access.own_keys(n),
    n.access == 'Private' and vaults.way_in(n),
    vaults.make_key(n),
    access.identity(n),
    access.key_use(n),
    n.access == 'Private' and access.contributor(n),
    clusters.enable(n),
    -- A cluster that is made with KMS has no Secret that was not sealed (R54).
    secrets.rewrite(n.cluster, {
      rule = n.access == 'Private' and 'R69' or 'R52', effect = 'earlier Secrets are sealed too',
      done = function()
        local c = cluster.find(n.cluster)
        return is_new or c:kms().enabled and secrets.is_settled(c)
      end,
    }),
  }
end

--- What a procedure that enables does with its options.
---@param opts table
---@param mode 'Public'|'Private'
---@return Job
function M.build(opts, mode)
  local n = named(opts, mode)
  local kind = mode:lower()
  return {
    title = ('Enable KMS on %s with a %s vault'):format(n.cluster, kind),
    purpose = 'The Secrets of the cluster are sealed in etcd with a key of a vault of your own.',
    steps = steps_of(n),
    state = function() return cluster.get(n.cluster):kms() end,
    rollback = {
      'until the cluster is told: nothing has changed for it; what was made can stay',
      'afterwards: disable KMS and rewrite the Secrets, and keep the key (R91, R92, R93)',
    },
  }
end

return M
