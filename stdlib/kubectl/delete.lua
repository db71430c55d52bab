--- `kubectl delete`: Secrets by name, by selector or by file.

local api_server, json = require('api_server'), require('json')
local send, target_module = require('kubectl.send'), require('kubectl.target')

local M = {}

M.flags = {
  filename = 'list', selector = 'text', ['field-selector'] = 'text', all = 'flag',
  ['all-namespaces'] = 'flag', ['ignore-not-found'] = 'flag', output = 'text', now = 'flag',
  ['grace-period'] = 'text', force = 'flag', wait = 'flag', cascade = 'text=background',
  timeout = 'text', ['dry-run'] = 'text=client', recursive = 'flag',
}

--- Deletes one Secret and tells of it; returns whether that went well.
local function delete(job, name, namespace)
  local ok, problem = true, nil
  if job.mode == 'none' then
    ok, problem = pcall(api_server.delete,
      { cluster = job.target.cluster, name = name, namespace = namespace })
  end
  if ok then
    job.count = job.count + 1
    if job.mode == 'none' then job.shell.changed(job.target.cluster) end
    job.shell.out(job.is_short and ('secret/%s\n'):format(name)
      or ('secret "%s" deleted%s\n'):format(name, send.suffix(job.mode)))
    return
  end
  local is_missing = type(problem) == 'table' and problem.azure_code == 'NotFound'
  if type(problem) ~= 'table' then error(problem, 0) end
  if is_missing and job.is_lenient then return end
  job.status = 1
  job.shell.tell(problem)
end

local function delete_files(job, flags)
  for _, path in ipairs(flags.filename) do
    for text in api_server.objects(path, flags.recursive or false, job.shell.input) do
      local object = send.identity(json.decode(text))
      if object.kind == 'Secret' and object.name ~= '' then
        delete(job, object.name, object.namespace or job.target.namespace)
      else
        job.status = 1
        job.shell.tell(send.unknown_kind(object, path))
      end
    end
  end
end

--- Deletes what a selector or `--all` asks for; the list is read before the first one goes.
local function delete_selected(job, flags)
  local rows = {}
  local query = { selector = flags.selector, field_selector = flags['field-selector'] }
  for row in target_module.each_secret(job.target, 'row', query) do
    rows[#rows + 1] = { name = row.name, namespace = row.namespace }
  end
  for _, row in ipairs(rows) do delete(job, row.name, row.namespace) end
  if #rows == 0 then job.shell.out('No resources found\n') end
end

local function delete_named(job, words)
  for _, part in ipairs(target_module.wanted(words)) do
    if part.resource.plural ~= 'secrets' then
      target_module.refuse(('kmsh deletes secrets, no %s'):format(part.resource.plural))
    end
    if not part.names then
      target_module.refuse('resource(s) were provided, but no name was specified')
    end
    for _, name in ipairs(part.names) do delete(job, name, job.target.namespace) end
  end
end

---@param flags table
---@param words string[]
---@param shell table
---@return integer status
function M.run(flags, words, shell)
  local job = {
    target = target_module.of(flags), mode = send.dry_run(flags), shell = shell, status = 0,
    count = 0, is_short = flags.output == 'name', is_lenient = flags['ignore-not-found'],
  }
  if flags.filename then
    delete_files(job, flags)
  elseif #words == 0 then
    target_module.refuse('You must provide one or more resources by argument or filename.\n'
      .. "Example resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n"
      .. "   '<resource> <name>'\n   '<resource>'")
  elseif flags.selector or flags['field-selector'] or flags.all then
    if target_module.resource(words[1]).plural ~= 'secrets' then
      target_module.refuse('kmsh deletes secrets only')
    end
    delete_selected(job, flags)
  else
    delete_named(job, words)
  end
  return job.status
end

return M
