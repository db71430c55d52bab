--- `kubectl replace -f`, and `kubectl create -f`, which differ in what must be there before.

local api_server, json = require('api_server'), require('json')
local output, send = require('kubectl.output'), require('kubectl.send')
local target_module = require('kubectl.target')

local M = {}

M.flags = {
  filename = 'list', output = 'text', ['dry-run'] = 'text=client', recursive = 'flag',
  force = 'flag', ['save-config'] = 'flag', validate = 'text=true', ['grace-period'] = 'text',
  timeout = 'text', ['field-manager'] = 'text', cascade = 'text=background', wait = 'flag',
}

--- The object that was sent, as the server has it now; of a dry run, as it was sent.
local function shown(target, mode)
  return function(answer)
    if mode ~= 'none' then return json.decode(answer.text) end
    return api_server.get{
      cluster = target.cluster, name = answer.name, namespace = answer.namespace,
    }
  end
end

--- Deletes what `--force` makes anew.
local function delete_before(target, path, is_recursive, shell)
  for text in api_server.objects(path, is_recursive) do
    local object = send.identity(json.decode(text))
    local place = {
      cluster = target.cluster, name = object.name,
      namespace = object.namespace or target.namespace,
    }
    if object.kind == 'Secret' and pcall(api_server.delete, place) then
      shell.changed(target.cluster)
      shell.out(('secret "%s" deleted\n'):format(object.name))
    end
  end
end

--- An object as a later apply expects it.
local function saved(text)
  local object = json.decode(text)
  if send.identity(object).name == '' then return text end
  return json.encode(send.noted(object, send.note(object)))
end

local function job_for(verb, flags, path, shell)
  local target, mode = target_module.of(flags), send.dry_run(flags)
  return {
    verb = verb, target = target, path = path, shell = shell, status = 0,
    format = output.single_format(flags.output), suffix = send.suffix(mode),
    is_dry = mode ~= 'none',
    shown = shown(target, mode), prepared = flags['save-config'] and saved or nil,
    is_lenient = send.is_lenient(flags), is_recursive = flags.recursive or false,
  }
end

--- Sends all files that the flags name.
---@param verb 'create'|'replace'
---@param flags table
---@param shell table
---@return integer status
function M.send(verb, flags, shell)
  local count, status = 0, 0
  for _, path in ipairs(flags.filename) do
    local job = job_for(verb, flags, path, shell)
    if flags.force and verb == 'replace' then
      if path == '-' then target_module.refuse('--force needs a file, not standard input') end
      delete_before(job.target, path, job.is_recursive, shell)
      job.verb, job.done = 'create', 'replaced'
    end
    count = count + send.file(job)
    status = math.max(status, job.status)
  end
  if count == 0 then target_module.refuse(('no objects passed to %s'):format(verb)) end
  return status
end

---@param flags table
---@param words string[]
---@param shell table
---@return integer status
function M.run(flags, words, shell)
  if not flags.filename or #words > 0 then
    target_module.refuse('must specify one of -f and -k')
  end
  return M.send('replace', flags, shell)
end

return M
