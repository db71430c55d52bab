--- `kubectl label` and `kubectl annotate`: names and values beside a Secret's data.

local api_server, json = require('api_server'), require('json')
local send, target_module = require('kubectl.send'), require('kubectl.target')

local M = {}

M.flags = {
  overwrite = 'flag', all = 'flag', selector = 'text', ['all-namespaces'] = 'flag',
  ['field-selector'] = 'text', ['dry-run'] = 'text=client', output = 'text',
  ['field-manager'] = 'text',
}

--- What a command calls its changes, and where they are.
local KINDS = {
  label = { member = 'labels', set = 'labeled', same = 'not labeled', removed = 'unlabeled' },
  annotate = {
    member = 'annotations', set = 'annotated', same = 'annotated', removed = 'annotated',
  },
}

local function is_change(word) return word:find('=', 1, true) or word:find('.%-$') end

--- Parts words into what is meant and what changes: the first change ends the names.
local function parted(words, verb)
  local names, changes = {}, {}
  for _, word in ipairs(words) do
    if #changes == 0 and not is_change(word) then
      names[#names + 1] = word
    else
      changes[#changes + 1] = word
    end
  end
  if #names == 0 then
    target_module.refuse('one or more resources must be specified as <resource> <name> or '
      .. '<resource>/<name>')
  end
  if #changes == 0 then
    local what = verb == 'label' and 'label' or 'annotation'
    target_module.refuse(('at least one %s update is required'):format(what))
  end
  return names, changes
end

--- Reads `NAME=VALUE` and `NAME-`.
local function read(changes)
  local set, removed = {}, {}
  for _, word in ipairs(changes) do
    local name, value = word:match('^([^=]+)=(.*)$')
    if name then
      set[name] = value
    elseif word:find('^[^=]+%-$') then
      removed[#removed + 1] = word:sub(1, -2)
    else
      target_module.refuse(('unknown change: "%s"'):format(word))
    end
  end
  return set, removed
end

--- Refuses to put a value in place of another one.
local function check(job, before)
  for name, value in pairs(job.set) do
    if not job.overwrites and before[name] and before[name] ~= value then
      local why = ("'%s' already has a value (%s)"):format(name, before[name])
      target_module.refuse(job.verb == 'label' and why .. ', and --overwrite is false'
        or '--overwrite is false but found the following declared annotation(s): ' .. why)
    end
  end
end

--- Changes an object; returns the word for what became of it.
local function changed(job, object)
  local kind = KINDS[job.verb]
  local members = type(object.metadata[kind.member]) == 'table' and object.metadata[kind.member]
    or {}
  check(job, members)
  local word = kind.same
  for _, name in ipairs(job.removed) do
    if members[name] ~= nil then word = kind.removed end
    members[name] = nil
  end
  for name, value in pairs(job.set) do
    if members[name] ~= value then word = kind.set end
    members[name] = value
  end
  object.metadata[kind.member] = next(members) and members or nil
  return word
end

local function change(job, name, namespace)
  local object = api_server.get{ cluster = job.target.cluster, name = name, namespace = namespace }
  local word = changed(job, object)
  if job.mode ~= 'client' then
    local answer = api_server.send{
      cluster = job.target.cluster, verb = 'replace', objects = { json.encode(object) },
      namespace = namespace, dry_run = job.mode == 'server',
    }[1]
    if answer.error then error(answer.error, 0) end
    if job.mode == 'none' then job.shell.changed(job.target.cluster) end
  end
  job.shell.out(job.is_short and ('secret/%s\n'):format(name)
    or ('secret/%s %s%s\n'):format(name, word, send.suffix(job.mode)))
end

--- The Secrets that are meant, each with its namespace; all are known before the first changes.
local function meant(job, names, flags)
  local places = {}
  for _, part in ipairs(target_module.wanted(names)) do
    if part.resource.plural ~= 'secrets' then
      target_module.refuse(('kmsh changes secrets, no %s'):format(part.resource.plural))
    end
    for _, name in ipairs(part.names or {}) do
      places[#places + 1] = { name, job.target.namespace }
    end
    if not part.names then
      if not (flags.all or flags.selector or flags['field-selector']) then
        target_module.refuse('resource(s) were provided, but no name was specified')
      end
      local query = { selector = flags.selector, field_selector = flags['field-selector'] }
      for row in target_module.each_secret(job.target, 'row', query) do
        places[#places + 1] = { row.name, row.namespace }
      end
    end
  end
  return places
end

--- Runs one of the commands.
---@param verb 'label'|'annotate'
---@param flags table
---@param words string[]
---@param shell table
---@return integer status
function M.change(verb, flags, words, shell)
  local names, changes = parted(words, verb)
  local set, removed = read(changes)
  local job = {
    verb = verb, set = set, removed = removed, target = target_module.of(flags), shell = shell,
    mode = send.dry_run(flags), overwrites = flags.overwrite, is_short = flags.output == 'name',
  }
  local status = 0
  for _, place in ipairs(meant(job, names, flags)) do
    local ok, problem = pcall(change, job, place[1], place[2])
    if not ok then
      if type(problem) ~= 'table' or problem.code == 'interrupted' then error(problem, 0) end
      shell.tell(problem)
      status = 1
    end
  end
  return status
end

---@param flags table
---@param words string[]
---@param shell table
---@return integer status
function M.run(flags, words, shell) return M.change('label', flags, words, shell) end

return M
