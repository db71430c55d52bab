--- `kubectl get --raw`: paths of the API server, as far as the model has them.

local json = require('json')
local objects, target_module = require('kubectl.objects'), require('kubectl.target')
local version = require('kubectl.version')

local M = {}

local function missing()
  error({
    code = 'object.not_found', azure_code = 'NotFound', status = 404,
    message = 'the server could not find the requested resource',
  }, 0)
end

--- A health endpoint: of the providers alone, or of the server with them.
local function health(target, check)
  local answer = target.cluster:readyz()
  if check and not answer then missing() end
  if not answer or answer.status == 200 then return 'ok' end
  error({
    code = 'api_server.unhealthy', azure_code = 'InternalError', status = 500,
    message = ('an error on the server (%s) has prevented the request from succeeding'):format(
      json.encode(answer.text)),
  }, 0)
end

local function list(target, namespace)
  local place = { cluster = target.cluster, namespace = namespace, is_all = not namespace }
  local secrets, items = target_module.resource('secrets'), {}
  for object in objects.each(secrets, place, 'object', {}) do
    items[#items + 1] = json.encode(object)
  end
  return '{"kind":"SecretList","apiVersion":"v1","metadata":{},"items":['
    .. table.concat(items, ',') .. ']}\n'
end

--- Paths, as patterns, with what answers them.
local PATHS = {
  { '^/readyz$', function(target) return health(target) end },
  { '^/healthz$', function(target) return health(target) end },
  { '^/livez$', function(target) return health(target) end },
  { '^/readyz/(kms%-providers?[%-%d]*)$', health },
  { '^/healthz/(kms%-providers?[%-%d]*)$', health },
  { '^/livez/(kms%-providers?[%-%d]*)$', health },
  { '^/readyz/ping$', function() return 'ok' end },
  { '^/version$', function(target) return json.encode(version.server(target)) .. '\n' end },
  { '^/api/v1/secrets$', function(target) return list(target) end },
  { '^/api/v1/namespaces/([^/]+)/secrets$', list },
  { '^/api/v1/namespaces/([^/]+)/secrets/([^/]+)$', function(target, namespace, name)
    local place = { cluster = target.cluster, namespace = namespace }
    local object = objects.get(target_module.resource('secrets'), place, name, 'object')
    return json.encode(object) .. '\n'
  end },
}

--- Asks a path and prints what it answers.
---@param target table
---@param path string
---@param shell table
---@return integer status
function M.run(target, path, shell)
  path = path:gsub('%?.*$', '')
  for _, entry in ipairs(PATHS) do
    local first, second = path:match(entry[1])
    if first then
      -- A stopped cluster's server answers nothing at all.
      target.cluster:pods{ namespace = 'default' }
      shell.out(entry[2](target, first ~= path and first or nil, second))
      return 0
    end
  end
  missing()
end

return M
