--- `kubectl apply -f`: an object is made, or changed by what differs from what was applied last.

local api_server, json = require('api_server'), require('json')
local output, send = require('kubectl.output'), require('kubectl.send')
local target_module = require('kubectl.target')
local crypto, values = require('crypto'), require('util.jmespath.values')

local M = {}

M.flags = {
  filename = 'list', output = 'text', ['dry-run'] = 'text=client', recursive = 'flag',
  validate = 'text=true', ['field-manager'] = 'text', overwrite = 'flag', wait = 'flag',
  force = 'flag', ['grace-period'] = 'text', timeout = 'text',
}

local MISSING = 'Warning: resource secrets/%s is missing the ' .. send.LAST_APPLIED
  .. ' annotation '
  .. 'which is required by kubectl apply. kubectl apply should only be used on resources created '
  .. 'declaratively by either kubectl create --save-config or kubectl apply. The missing '
  .. 'annotation will be patched automatically.\n'

local function member(object, name)
  local value = object[name]
  return values.type_of(value) == 'object' and value or {}
end

--- One map of the live object after an apply: what is new or changed is set, what was applied last
--- and is not any more goes, what others set stays.
local function merged(live, last, new)
  local result = {}
  for key, value in pairs(live) do
    if last[key] == nil then result[key] = value end
  end
  for key, value in pairs(new) do
    if value ~= json.null then result[key] = value end
  end
  return next(result) and result or nil
end

--- Data with the texts of `stringData` over it, as a server lays them.
local function data_of(object)
  local data = {}
  for key, value in pairs(member(object, 'data')) do data[key] = value end
  for key, text in pairs(member(object, 'stringData')) do data[key] = crypto.base64(text) end
  return data
end

--- What an apply makes of the object that is there.
local function applied(live, object, note)
  local text = member(live.metadata, 'annotations')[send.LAST_APPLIED]
  local last = text and json.decode(text) or {}
  local before = values.type_of(last.metadata) == 'object' and last.metadata or {}
  local new = json.decode(json.encode(live))
  new.data = merged(data_of(live), data_of(last), data_of(object))
  for _, name in ipairs{ 'labels', 'annotations' } do
    new.metadata[name] = merged(member(live.metadata, name), member(before, name),
      member(object.metadata, name))
  end
  send.noted(new, note)
  new.type = object.type or live.type
  if object.immutable ~= nil then new.immutable = object.immutable end
  return new, text ~= nil
end

local function find(target, name, namespace)
  local ok, found = pcall(api_server.get,
    { cluster = target.cluster, name = name, namespace = namespace })
  if ok then return found end
  if type(found) == 'table' and found.azure_code == 'NotFound' then return nil end
  error(found, 0)
end

--- Sends one object; returns how it is called in the answer, or what is wrong.
local function send_one(job, verb, object)
  local answer = api_server.send{
    cluster = job.target.cluster, verb = verb, objects = { json.encode(object) },
    namespace = job.target.namespace, is_namespace_given = job.target.is_given,
    dry_run = job.mode ~= 'none', is_lenient = job.is_lenient,
  }[1]
  if not answer.error then
    if job.mode == 'none' then job.shell.changed(job.target.cluster) end
    return verb == 'create' and 'created' or 'configured'
  end
  if answer.kind ~= 'Secret' then return nil, send.unknown_kind(answer, job.path) end
  return nil, send.about(answer.error, verb == 'create' and 'creating' or 'applying patch to',
    job.path)
end

--- What keeps an object from being read as a Secret, such as a field that nobody knows.
local function refusal(job, object)
  local answer = api_server.send{
    cluster = job.target.cluster, verb = 'replace', objects = { json.encode(object) },
    namespace = job.target.namespace, dry_run = true, is_lenient = job.is_lenient,
  }[1]
  if answer.error and answer.error.status == 400 then
    return send.about(answer.error, 'applying patch to', job.path)
  end
end

local function is_secret(object)
  local identity = send.identity(object)
  return identity.kind == 'Secret' and identity.name ~= ''
end

local function apply(job, object)
  if not is_secret(object) then return send_one(job, 'create', object) end
  local metadata, name = object.metadata, object.metadata.name
  metadata.namespace = metadata.namespace or job.target.namespace
  local note, live = send.note(object), find(job.target, name, metadata.namespace)
  if not live then return send_one(job, 'create', send.noted(object, note)) end
  local new, has_note = applied(live, object, note)
  if not has_note then job.shell.err(MISSING:format(name)) end
  local problem = refusal(job, object)
  if problem then return nil, problem end
  if values.equal(new, live) then return 'unchanged' end
  return send_one(job, 'replace', new)
end

local function report(job, object, word)
  local name = object.metadata.name
  if not job.format.name then
    job.shell.out(('secret/%s %s%s\n'):format(name, word, send.suffix(job.mode)))
  elseif job.format.name == 'name' then
    job.shell.out(('secret/%s\n'):format(name))
  else
    local namespace = object.metadata.namespace or job.target.namespace
    output.single(find(job.target, name, namespace) or object, job.format, job.shell.out)
  end
end

---@param flags table
---@param words string[]
---@param shell table
---@return integer status
function M.run(flags, words, shell)
  if not flags.filename or #words > 0 then
    target_module.refuse('must specify one of -f and -k')
  end
  local status, count = 0, 0
  for _, path in ipairs(flags.filename) do
    local job = {
      target = target_module.of(flags), mode = send.dry_run(flags), path = path, shell = shell,
      format = output.single_format(flags.output), is_lenient = send.is_lenient(flags),
    }
    for text in api_server.objects(path, flags.recursive or false, shell.input) do
      local object = json.decode(text)
      local word, problem = apply(job, object)
      count = count + 1
      if word then
        report(job, object, word)
      else
        status = 1
        shell.tell(problem)
      end
    end
  end
  if count == 0 then target_module.refuse('no objects passed to apply') end
  return status
end

return M
