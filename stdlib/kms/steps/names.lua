--- What a procedure's options name, and what a cluster is attached to.

local key, vault = require('key'), require('vault')

local M = {}

local function wrong(what, value)
  local message = ('expected %s, got %s'):format(what, type(value))
  error({ code = 'argument.type', message = message }, 0)
end

local function field(value, name)
  local ok, found = pcall(function() return value[name] end)
  return ok and type(found) == 'string' and found or nil
end

--- Name of a thing given by handle, by name or by full id.
---@param value any
---@return string
---@raise `argument.type`
function M.name(value)
  if type(value) == 'string' then return value:match('([^/]+)$') or value end
  return type(value) == 'userdata' and field(value, 'name')
    or wrong('a handle, a name or an id', value)
end

--- The parts of a kid; the version is nil where it has none.
---@param kid string
---@return string? host, string? key_name, string? version
function M.parts(kid)
  local host, rest = kid:match('^https://([^./]+)[^/]*/keys/(.+)$')
  if not host then return nil end
  local name, version = rest:match('^([^/]+)/(%x+)$')
  return host, name or rest, version
end

--- The kid of a key given by handle or as it is.
---@param value any
---@return string
---@raise `argument.type`
function M.kid(value)
  if type(value) == 'string' then return value end
  return type(value) == 'userdata' and field(value, 'kid')
    or wrong('a key: a handle or an id', value)
end

--- Whether a text is a key id with a version, as the cluster takes it (R34).
---@param kid string
---@return boolean
function M.is_versioned(kid) return select(3, M.parts(kid)) ~= nil end

--- Name of a vault as it was created; the host's own where the vault is gone.
---@param host string
---@return string
function M.vault(host)
  local found = vault.find(host)
  if found then return found.name end
  for _, deleted in ipairs(vault.list_deleted()) do
    if deleted.name:lower() == host then return deleted.name end
  end
  return host
end

-- The vault refuses to get a key that is disabled, and lists it all the same.
local function listed(kid)
  local host, name = M.parts(kid)
  for newest in key.each{ vault_name = host } do
    if newest.name:lower() == name:lower() then
      for _, version in ipairs(newest:versions()) do
        if version.kid == kid then return version end
      end
    end
  end
end

--- A key by its id, one that is disabled too; nil and the refusal when it cannot be had.
---@param kid string
---@return userdata? key, table? problem
function M.find_key(kid)
  local ok, found = pcall(key.get, kid)
  if ok then return found end
  if found.code ~= 'key.disabled' then return nil, found end
  local is_listed, disabled = pcall(listed, kid)
  if is_listed and disabled then return disabled end
  return nil, is_listed and found or disabled
end

--- What a cluster's KMS is attached to; nil when it never was on.
---@param c userdata
---@return { kid: string, vault: string, key: string, access: string, cluster: string,
---  group: string }?
function M.attached(c)
  local state = c:kms()
  if not state.current then return nil end
  local host, name = M.parts(state.current.kid)
  return {
    kid = state.current.kid, vault = M.vault(host), key = name, access = state.network_access,
    cluster = c.name, group = c.resource_group, is_enabled = state.enabled,
    version = state.version,
  }
end

return M
