--- What a command is about: a cluster, a namespace, and the resources that its words name.

local api_server, cluster = require('api_server'), require('cluster')
local kubeconfig = require('kubectl.kubeconfig')

local M = {}

--- What the model serves, by the plural.
local RESOURCES = {
  secrets = { plural = 'secrets', singular = 'secret', kind = 'Secret', is_namespaced = true },
  pods = { plural = 'pods', singular = 'pod', kind = 'Pod', is_namespaced = true },
  nodes = { plural = 'nodes', singular = 'node', kind = 'Node' },
  namespaces = { plural = 'namespaces', singular = 'namespace', kind = 'Namespace' },
}

local NAMES = { po = 'pods', no = 'nodes', ns = 'namespaces' }
for plural, resource in pairs(RESOURCES) do
  NAMES[plural], NAMES[resource.singular] = plural, plural
end

--- Raises what kubectl itself says, before it asks a server.
---@param message string
---@param hint? string
function M.refuse(message, hint)
  error({ code = 'kubectl.refused', message = message, hint = hint }, 0)
end

--- A resource by any of its names.
---@param name string
---@return table resource
function M.resource(name)
  local bare = name:lower():gsub('%.v1$', ''):gsub('%.$', '')
  return RESOURCES[NAMES[bare]] or M.refuse(
    ('the server doesn\'t have a resource type "%s"'):format(name),
    'kmsh models secrets, pods, nodes and namespaces')
end

local function find_cluster(name)
  return name and cluster.find(name)
end

--- Where a command goes: the cluster of its context, and the namespace.
---@param flags table
---@return { cluster: userdata, namespace: string, is_given: boolean, is_all: boolean,
---  context: table }
function M.of(flags)
  local context = kubeconfig.context(flags)
  local found = find_cluster(context.cluster) or find_cluster(context.name)
  if not found and context.cluster then
    M.refuse(('Unable to connect to the server: dial tcp: lookup %s: no such host')
      :format(context.cluster), 'the workspace has no cluster of that name: az aks list')
  end
  if not found then
    M.refuse('The connection to the server localhost:8080 was refused - did you specify the right '
      .. 'host or port?', 'az aks get-credentials makes a cluster the current one, or use '
      .. '--cluster NAME')
  end
  return {
    cluster = found, context = context, is_all = flags['all-namespaces'] or false,
    namespace = flags.namespace or context.namespace or 'default',
    is_given = flags.namespace ~= nil,
  }
end

local function by_slash(words)
  local wanted = {}
  for _, word in ipairs(words) do
    local kind, name = word:match('^([^/]+)/([^/]+)$')
    if not kind then
      M.refuse('there is no need to specify a resource type as a separate argument when passing '
        .. "arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead "
        .. "of 'kubectl get resource resource/<resource_name>'")
    end
    local resource, last = M.resource(kind), wanted[#wanted]
    if last and last.resource == resource then
      table.insert(last.names, name)
    else
      wanted[#wanted + 1] = { resource = resource, names = { name } }
    end
  end
  return wanted
end

--- Reads `TYPE[,TYPE] [NAME …]` or `TYPE/NAME …`.
---@param words string[]
---@return { resource: table, names?: string[] }[]
function M.wanted(words)
  for _, word in ipairs(words) do
    if word:find('/', 1, true) then return by_slash(words) end
  end
  local names = #words > 1 and table.move(words, 2, #words, 1, {}) or nil
  local wanted = {}
  for kind in (words[1] or ''):gmatch('[^,]+') do
    wanted[#wanted + 1] = { resource = M.resource(kind), names = names }
  end
  return wanted
end

--- Not found, in the server's words.
---@param resource table
---@param name string
function M.not_found(resource, name)
  return {
    code = 'object.not_found', azure_code = 'NotFound', status = 404,
    message = ('%s "%s" not found'):format(resource.plural, name),
  }
end

--- The Secrets of a target, one after the other.
---@param target table
---@param form 'row'|'object'|'text'
---@param query? { selector?: string, field_selector?: string, depth?: integer }
---@return fun(): any
function M.each_secret(target, form, query)
  query = query or {}
  return api_server.each{
    cluster = target.cluster, form = form, depth = query.depth,
    namespace = not target.is_all and target.namespace or nil,
    label_selector = query.selector, field_selector = query.field_selector,
  }
end

return M
