--- Sends the objects of files to the server, a batch at a time, and prints what became of each.

local api_server, json = require('api_server'), require('json')
local output, target_module = require('kubectl.output'), require('kubectl.target')

local M = {}

--- Annotation that holds what was applied last.
M.LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

-- Objects sent together, at most, and their bytes: one transaction of the server's store each time.
local COUNT_MAX, LENGTH_MAX = 1000, 4 << 20

local DONE = { create = 'created', replace = 'replaced' }
local DOING = { create = 'creating', replace = 'replacing' }

--- What `--dry-run` asks for.
---@param flags table
---@return 'none'|'client'|'server'
function M.dry_run(flags)
  local text = flags['dry-run'] or 'none'
  if text == 'none' or text == 'client' or text == 'server' then return text end
  target_module.refuse(('Invalid dry-run value (%s). Must be "none", "server", or "client".')
    :format(text))
end

local LENIENT = { ['false'] = true, ignore = true, warn = true }
local STRICT = { ['true'] = true, strict = true }

--- Whether `--validate` lets fields pass that nobody knows.
---@param flags table
---@return boolean
function M.is_lenient(flags)
  local text = flags.validate or 'true'
  if not LENIENT[text] and not STRICT[text] then
    target_module.refuse(('invalid - validate option "%s"; must be one of: strict (or true), warn, '
      .. 'ignore (or false)'):format(text))
  end
  return LENIENT[text] or false
end

--- Behind what is printed of an object that was not really sent.
---@param mode string
---@return string
function M.suffix(mode)
  if mode == 'none' then return '' end
  return mode == 'server' and ' (server dry run)' or ' (dry run)'
end

--- How a path is called in messages.
---@param path string
---@return string
function M.source(path) return path == '-' and 'STDIN' or path end

--- An error about one object of a file.
---@param problem table
---@param doing string such as `replacing`
---@param path string
---@return table
function M.about(problem, doing, path)
  if not problem.status then return problem end
  local copy = {}
  for name, value in pairs(problem) do copy[name] = value end
  -- What cannot be read as a Secret at all, the server says so of.
  local is_unread = problem.status == 400 and not problem.message:find('^Secret in version')
  copy.message = ('error when %s "%s": %s%s'):format(doing, M.source(path), is_unread
    and 'Secret in version "v1" cannot be handled as a Secret: ' or '', problem.message)
  return copy
end

local function text(value) return type(value) == 'string' and value or nil end

--- What an object calls itself.
---@param object any
---@return { kind: string, api_version: string, name: string, namespace?: string }
function M.identity(object)
  object = type(object) == 'table' and object or {}
  local metadata = type(object.metadata) == 'table' and object.metadata or {}
  return {
    kind = text(object.kind) or '', api_version = text(object.apiVersion) or '',
    name = text(metadata.name) or '', namespace = text(metadata.namespace),
  }
end

--- What an object is applied as: itself, without the note of what was applied.
---@param object table
---@return string json
function M.note(object)
  local copy = json.decode(json.encode(object))
  local metadata = copy.metadata
  metadata.annotations = type(metadata.annotations) == 'table' and metadata.annotations or {}
  metadata.annotations[M.LAST_APPLIED] = nil
  return json.encode(copy) .. '\n'
end

--- An object with the note that a later apply compares with.
---@param object table
---@param note string
---@return table object
function M.noted(object, note)
  local metadata = object.metadata
  metadata.annotations = type(metadata.annotations) == 'table' and metadata.annotations or {}
  metadata.annotations[M.LAST_APPLIED] = note
  return object
end

--- What is said of an object that is no Secret.
---@param answer { kind: string, api_version: string, name: string, namespace: string }
---@param path string
---@return table
function M.unknown_kind(answer, path)
  if answer.kind == '' then
    return {
      code = 'object.unsupported',
      message = ('unable to decode "%s": Object \'Kind\' is missing'):format(M.source(path)),
    }
  end
  local why = answer.kind == 'Secret' and 'resource name may not be empty'
    or ('no matches for kind "%s" in version "%s"'):format(answer.kind, answer.api_version)
  return {
    code = 'object.unsupported', hint = 'kmsh models Secrets only',
    message = ('resource mapping not found for name: "%s" namespace: "%s" from "%s": %s'):format(
      answer.name, answer.namespace or '', M.source(path), why),
  }
end

local function report(answer, job)
  local problem = answer.error
  if problem and answer.kind ~= 'Secret' then
    problem = M.unknown_kind(answer, job.path)
  elseif problem then
    problem = M.about(problem, DOING[job.verb], job.path)
  end
  if problem then
    job.status = 1
    job.shell.tell(problem)
    return
  end
  if not job.is_dry then job.shell.changed(job.target.cluster) end
  if job.format.name == 'name' then
    job.shell.out('secret/' .. answer.name .. '\n')
  elseif job.format.name then
    output.single(job.shown(answer), job.format, job.shell.out)
  else
    job.shell.out(('secret/%s %s%s\n'):format(answer.name, job.done or DONE[job.verb], job.suffix))
  end
end

local function flush(job, batch)
  if #batch == 0 then return end
  local answers = api_server.send{
    cluster = job.target.cluster, verb = job.verb, objects = batch,
    namespace = job.target.namespace, is_namespace_given = job.target.is_given,
    dry_run = job.is_dry, is_lenient = job.is_lenient,
  }
  for n, answer in ipairs(answers) do
    answer.text = batch[n]
    report(answer, job)
    batch[n] = nil
  end
end

--- Sends the objects of a file; standard input is read as it comes.
---@param job { verb: 'create'|'replace', target: table, path: string, shell: table,
---  status: integer, format: table, suffix: string, is_dry: boolean,
---  shown: fun(answer: table): table, prepared?: fun(text: string): string,
---  is_lenient?: boolean, is_recursive?: boolean }
---@return integer count of objects
function M.file(job)
  local batch, length, count = {}, 0, 0
  local ok, problem = pcall(function()
    for object in api_server.objects(job.path, job.is_recursive, job.shell.input) do
      batch[#batch + 1] = job.prepared and job.prepared(object) or object
      length, count = length + #object, count + 1
      if #batch == COUNT_MAX or length >= LENGTH_MAX then
        flush(job, batch)
        length = 0
      end
    end
  end)
  if ok or type(problem) == 'table' and problem.code == 'objects.invalid' then
    -- What was read before the text broke off was asked for, each object by itself.
    flush(job, batch)
  end
  if not ok then error(problem, 0) end
  return count
end

return M
