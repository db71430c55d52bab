--- The state of the modelled world as text, without what differs from run to run: two worlds that
--- were brought about in different ways can be compared.

local M = {}

local function sorted(list)
  table.sort(list)
  return list
end

local function inside(v, body)
  for _, connection in ipairs(v.private_endpoint_connections) do
    if connection.private_link_service_connection_state.status == 'Approved' then
      return vault.call_from({ private_endpoint = connection }, body)
    end
  end
  return body()
end

--- Calls a function with each version of each key, and what it is to be called.
local function each_version(v, body)
  local ok, problem = pcall(inside, v, function()
    for _, newest in ipairs(key.list{ vault_name = v.name }) do
      for n, k in ipairs(newest:versions()) do body(k, ('%s#%d'):format(k.name, n)) end
    end
  end)
  if not ok then body(nil, problem.code) end
end

local function names_of_things()
  local names, hashes = {}, {}
  names[identity.signed_in().id] = 'operator'
  for _, i in ipairs(identity.list{}) do names[i.principal_id] = 'identity ' .. i.name end
  for _, v in ipairs(vault.list{}) do
    each_version(v, function(k, name)
      if k then names[k.kid] = name end
      if k then hashes[crypto.hex(crypto.sha256(k.kid))] = name end
    end)
  end
  return names, hashes
end

local function tags_of(k)
  local list = {}
  for name, value in pairs(k.tags) do list[#list + 1] = name .. '=' .. value end
  return table.concat(sorted(list), ',')
end

local function vault_lines(say, names)
  for _, v in ipairs(vault.list{}) do
    say('vault %s rbac=%s public=%s default=%s log=%s', v.name, v.enable_rbac_authorization,
      v.public_network_access, v.network_acls.default_action, v:diagnostics())
    for _, policy in ipairs(v.access_policies) do
      say('policy %s %s %s', v.name, names[policy.object_id] or 'nobody',
        table.concat(sorted(policy.key_permissions), ','))
    end
    for _, connection in ipairs(v.private_endpoint_connections) do
      say('endpoint %s %s', v.name, connection.private_link_service_connection_state.status)
    end
    each_version(v, function(k, name)
      if not k then return say('keys of %s: %s', v.name, name) end
      say('key %s enabled=%s expires=%s ops=%s tags=%s', name, k.enabled, k.expires,
        table.concat(sorted(k.key_ops), ','), tags_of(k))
    end)
  end
  for _, v in ipairs(vault.list_deleted()) do say('deleted vault %s', v.name) end
end

local function grant_lines(say, names)
  for _, grant in ipairs(role.list{}) do
    say('role %s %s %s', grant.roleDefinitionName, names[grant.principalId] or 'nobody',
      grant.scope:match('/providers/.*/([^/]+)$') or 'the subscription')
  end
end

local function secret_lines(say, c, hashes)
  for entry in c:etcd():each('/registry/secrets/') do
    local format = etcd.classify(entry.value)
    local namespace, name = entry.key:match('secrets/([^/]+)/(.+)$')
    local ok, data = pcall(function()
      return secret.get{ cluster = c, namespace = namespace, name = name }.data
    end)
    say('secret %s/%s %s %s %s %s', namespace, name, format.provider, format.kms_version,
      format.key_id and (hashes[format.key_id] or 'another key'),
      ok and 'n=' .. tostring(data.n) or data.code)
  end
end

local function cluster_lines(say, names, hashes)
  for _, c in ipairs(cluster.list{}) do
    local state, periods = c:kms(), {}
    local function name(slot) return slot and (names[slot.kid] or 'another key') end
    for n, period in ipairs(state.history) do
      periods[n] = (names[period.kid] or '?') .. (period.to and '' or ' on')
    end
    say('cluster %s %s %s kms=%s %s current=%s previous=%s %s history=%s', c.name,
      c.kubernetes_version, c.provisioning_state, state.enabled, state.network_access,
      name(state.current), name(state.previous), c:health().api_server,
      table.concat(periods, ','))
    secret_lines(say, c, hashes)
  end
end

--- All of it, one thing a line.
---@return string
function M.dump()
  local lines = {}
  local function say(form, ...)
    local words = table.pack(...)
    for n = 1, words.n do words[n] = tostring(words[n]) end
    lines[#lines + 1] = form:format(table.unpack(words, 1, words.n))
  end
  local names, hashes = names_of_things()
  for _, i in ipairs(identity.list{}) do say('identity %s', i.name) end
  vault_lines(say, names)
  grant_lines(say, names)
  cluster_lines(say, names, hashes)
  return table.concat(sorted(lines), '\n')
end

--- The first line in which two dumps differ, for a message.
---@return string
function M.difference(a, b)
  local has, only = {}, {}
  for line in a:gmatch('[^\n]+') do has[line] = true end
  for line in b:gmatch('[^\n]+') do
    if not has[line] then only[#only + 1] = '+ ' .. line end
    has[line] = nil
  end
  for line in pairs(has) do only[#only + 1] = '- ' .. line end
  return table.concat(sorted(only), '\n')
end

return M
