--- The clusters that the stories begin with.

local M = {}

--- A cluster under a public vault, with Secrets `db-1`, `db-2` …
---@param secret_count integer
---@param name? string of everything that is made; default: the document's names
---@param is_integrated? boolean true: with API Server VNet Integration
---@return { c: userdata, v: userdata, k: userdata, i: userdata }
function M.public(secret_count, name, is_integrated)
  local names = {
    cluster = name or 'myAKSCluster', vault = name and name .. '-kv' or 'MyKeyVault',
    identity = name or 'MyIdentity', key = 'MyKeyName', resource_group = 'MyResourceGroup',
  }
  if is_integrated then
    cluster.create{
      name = names.cluster, resource_group = names.resource_group,
      enable_apiserver_vnet_integration = true,
    }
  end
  kms.enable_public(names)
  return M.found(names, secret_count)
end

--- A cluster under a private vault, which its operator reaches through an endpoint `admin`.
---@param secret_count integer
---@return { c: userdata, v: userdata, k: userdata, i: userdata }, Report report
function M.private(secret_count)
  local names = {
    cluster = 'myAKSCluster', vault = 'MyKeyVault', identity = 'MyIdentity', key = 'MyKeyName',
    resource_group = 'MyResourceGroup', private_endpoint = 'admin',
  }
  local report = kms.enable_private(names)
  return M.found(names, secret_count), report
end

--- Runs a function from where the operator reaches a private vault.
---@param v userdata
---@param body fun(): any
---@return any
function M.inside(v, body)
  for _, connection in ipairs(v.private_endpoint_connections) do
    if connection.private_endpoint.id:match('/admin$') then
      return vault.call_from({ private_endpoint = connection }, body)
    end
  end
end

--- What was enabled, with Secrets.
---@return { c: userdata, v: userdata, k: userdata, i: userdata }
function M.found(names, secret_count)
  local w = {
    c = cluster.get(names.cluster), v = vault.get(names.vault), i = identity.get(names.identity),
  }
  local function find() return key.get(w.c:kms().current.kid) end
  w.k = names.private_endpoint and M.inside(w.v, find) or find()
  for n = 1, secret_count do
    secret.create{ cluster = w.c, name = 'db-' .. n, string_data = { password = 'fish-' .. n } }
  end
  return w
end

--- How many Secrets only a key opens.
---@param c userdata
---@param kid string
---@return integer
function M.count_under(c, kid)
  return etcd.audit{ cluster = c, resource = 'secrets', retire = kid }.verdict.needs
end

--- Whether every Secret holds what it held at first.
---@param c userdata
---@param secret_count integer
---@return boolean
function M.is_whole(c, secret_count)
  for n = 1, secret_count do
    local s = secret.find{ cluster = c, name = 'db-' .. n }
    if not s or s.data.password ~= 'fish-' .. n then return false end
  end
  return true
end

return M
