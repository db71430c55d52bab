--- What a command lists: Secrets as the server gives them, and rows and objects of all else.

local api_server = require('api_server')
local target_module = require('kubectl.target')

local M = {}

local function pod_object(row)
  return {
    apiVersion = 'v1', kind = 'Pod',
    metadata = { name = row.name, namespace = row.namespace, creationTimestamp = row.created },
    spec = { nodeName = row.node },
    status = { phase = row.status, startTime = row.created },
  }
end

local function node_object(row)
  return {
    apiVersion = 'v1', kind = 'Node',
    metadata = {
      name = row.name, creationTimestamp = row.created,
      labels = { ['kubernetes.io/hostname'] = row.name, ['kubernetes.azure.com/mode'] = 'system' },
    },
    status = {
      conditions = { { type = 'Ready', status = 'True', reason = 'KubeletReady' } },
      nodeInfo = { kubeletVersion = 'v' .. row.version, operatingSystem = 'linux' },
    },
  }
end

local function namespace_object(row)
  return {
    apiVersion = 'v1', kind = 'Namespace',
    metadata = {
      name = row.name, creationTimestamp = row.created,
      labels = { ['kubernetes.io/metadata.name'] = row.name },
    },
    spec = { finalizers = { 'kubernetes' } }, status = { phase = 'Active' },
  }
end

local OTHERS = {
  pods = {
    object = pod_object,
    rows = function(target)
      return target.cluster:pods{ namespace = not target.is_all and target.namespace or nil }
    end,
  },
  nodes = {
    object = node_object,
    rows = function(target) return api_server.nodes{ cluster = target.cluster } end,
  },
  namespaces = {
    object = namespace_object,
    rows = function(target) return api_server.namespaces{ cluster = target.cluster } end,
  },
}

local FIELDS = {
  ['metadata.name'] = function(row) return row.name end,
  ['metadata.namespace'] = function(row) return row.namespace or '' end,
  ['status.phase'] = function(row) return row.status or 'Active' end,
  ['spec.nodeName'] = function(row) return row.node or '' end,
}

--- Whether a row is what a field selector asks for.
local function fits(row, selector)
  for part in (selector or ''):gmatch('[^,]+') do
    local name, sign, value = part:match('^%s*([^=!]+)(!?==?)(.*)$')
    local field = FIELDS[name or '']
    if not field then
      error({
        code = 'selector.invalid', azure_code = 'BadRequest', status = 400,
        message = ('field label not supported: %s'):format(name or part),
      }, 0)
    end
    if (field(row) == value) == (sign == '!=') then return false end
  end
  return true
end

local function others(resource, target, form, query)
  local other, place = OTHERS[resource.plural], 0
  local rows = other.rows(target)
  return function()
    while place < #rows do
      place = place + 1
      local row, object = rows[place], other.object(rows[place])
      row.labels = object.metadata.labels or {}
      if fits(row, query.field_selector)
        and api_server.selects(query.selector or '', row.labels) then
        return form == 'row' and row or object
      end
    end
  end
end

--- Walks the objects of a resource.
---@param resource table
---@param target table
---@param form 'row'|'object'|'text' a text only of Secrets
---@param query { selector?: string, field_selector?: string, depth?: integer }
---@return fun(): any
function M.each(resource, target, form, query)
  if resource.plural == 'secrets' then return target_module.each_secret(target, form, query) end
  return others(resource, target, form, query)
end

--- One object by its name.
---@param resource table
---@param target table
---@param name string
---@param form 'row'|'object'|'text'
---@param depth? integer
---@return any
---@raise `secret.not_found`, `object.not_found`
function M.get(resource, target, name, form, depth)
  if resource.plural == 'secrets' then
    return api_server.get{
      cluster = target.cluster, name = name, namespace = target.namespace, form = form,
      depth = depth,
    }
  end
  local found = others(resource, target, form, { field_selector = 'metadata.name=' .. name })()
  return found or error(target_module.not_found(resource, name), 0)
end

return M
