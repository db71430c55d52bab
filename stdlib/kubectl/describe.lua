--- `kubectl describe`: what a Secret holds, values told by their lengths alone.

local crypto = require('crypto')
local objects, target_module = require('kubectl.objects'), require('kubectl.target')
local values = require('util.jmespath.values')

local M = {}

M.flags = {
  ['all-namespaces'] = 'flag', selector = 'text', ['show-events'] = 'flag',
  ['chunk-size'] = 'text',
}

local LABEL = '%-14s%s\n'

--- Labels or annotations, one a line below the first.
local function pairs_text(title, map)
  local lines = {}
  for n, name in ipairs(map and values.names(map) or {}) do
    lines[n] = LABEL:format(n == 1 and title or '', name .. '=' .. map[name])
  end
  return #lines > 0 and table.concat(lines) or LABEL:format(title, '<none>')
end

local function data_text(object)
  local data, out, width = object.data or {}, {}, 0
  for name in pairs(data) do width = math.max(width, #name + 1) end
  for n, name in ipairs(values.names(data)) do
    local bytes = crypto.base64_decode(data[name])
    -- A token is there to be read, and kubectl shows it.
    local is_token = object.type == 'kubernetes.io/service-account-token' and name == 'token'
    local shown = is_token and bytes or ('%d bytes'):format(#bytes)
    out[n] = ('%s%s  %s\n'):format(name .. ':', (' '):rep(width - #name - 1), shown)
  end
  return table.concat(out)
end

local function describe(object)
  local metadata = object.metadata
  return table.concat{
    LABEL:format('Name:', metadata.name), LABEL:format('Namespace:', metadata.namespace),
    pairs_text('Labels:', metadata.labels), pairs_text('Annotations:', metadata.annotations),
    ('\nType:  %s\n'):format(object.type), '\nData\n====\n', data_text(object),
  }
end

local function refuse_others(resource)
  if resource.plural == 'secrets' then return end
  target_module.refuse(('kmsh describes secrets; kubectl get %s -o yaml shows the rest')
    :format(resource.plural))
end

--- The objects that a part of the command line names; what is not found is told.
local function found(part, target, flags, job)
  if not part.names then
    return target_module.each_secret(target, 'object', { selector = flags.selector })
  end
  local place = 0
  return function()
    while place < #part.names do
      place = place + 1
      local ok, object = pcall(objects.get, part.resource, target, part.names[place], 'object')
      if ok then return object end
      if type(object) ~= 'table' or object.azure_code ~= 'NotFound' then error(object, 0) end
      job.status = 1
      job.shell.tell(object)
    end
  end
end

local function none(target)
  if target.is_all then return 'No resources found\n' end
  return ('No resources found in %s namespace.\n'):format(target.namespace)
end

---@param flags table
---@param words string[]
---@param shell table
---@return integer status
function M.run(flags, words, shell)
  if #words == 0 then
    target_module.refuse('You must specify the type of resource to describe. Use "kubectl '
      .. 'api-resources" for a complete list of supported resources.')
  end
  local target, job, count = target_module.of(flags), { status = 0, shell = shell }, 0
  for _, part in ipairs(target_module.wanted(words)) do
    refuse_others(part.resource)
    for object in found(part, target, flags, job) do
      shell.out((count > 0 and '\n\n' or '') .. describe(object))
      count = count + 1
    end
  end
  if count == 0 and job.status == 0 then shell.err(none(target)) end
  return job.status
end

return M
