--- `kubectl get`: tables, names, whole objects, and the raw paths of the server.

local objects, output = require('kubectl.objects'), require('kubectl.output')
local raw, target_module = require('kubectl.raw'), require('kubectl.target')
local json_lines, values = require('util.json_lines'), require('util.jmespath.values')

local M = {}

M.flags = {
  ['all-namespaces'] = 'flag', output = 'text', selector = 'text', ['field-selector'] = 'text',
  ['no-headers'] = 'flag', ['show-labels'] = 'flag', ['show-kind'] = 'flag', raw = 'text',
  ['sort-by'] = 'text', ['ignore-not-found'] = 'flag', ['label-columns'] = 'list',
  filename = 'list', ['chunk-size'] = 'text', ['show-managed-fields'] = 'flag',
  ['allow-missing-template-keys'] = 'flag', ['server-print'] = 'flag', watch = 'flag',
}

local HEADERS = {
  secrets = { 'NAME', 'TYPE', 'DATA', 'AGE' },
  pods = { 'NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE' },
  nodes = { 'NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION' },
  namespaces = { 'NAME', 'STATUS', 'AGE' },
}

local WIDE = {
  pods = { 'IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES' },
  nodes = { 'INTERNAL-IP', 'EXTERNAL-IP', 'OS-IMAGE', 'KERNEL-VERSION', 'CONTAINER-RUNTIME' },
}

local CELLS = {
  secrets = function(row) return { row.name, row.type, tostring(row.count), row.age } end,
  pods = function(row)
    return { row.name, row.ready, row.status, tostring(row.restarts), row.age }
  end,
  nodes = function(row) return { row.name, 'Ready', '<none>', row.age, 'v' .. row.version } end,
  namespaces = function(row) return { row.name, 'Active', row.age } end,
}

local NONE = '<none>'

local WIDE_CELLS = {
  pods = function(row) return { NONE, row.node or NONE, NONE, NONE } end,
  nodes = function() return { NONE, NONE, 'Ubuntu 22.04', NONE, 'containerd://1.7' } end,
}

local function labels_text(labels)
  local parts = {}
  for _, name in ipairs(values.names(labels)) do parts[#parts + 1] = name .. '=' .. labels[name] end
  return #parts > 0 and table.concat(parts, ',') or NONE
end

local function label_columns(flags)
  local names = {}
  for _, text in ipairs(flags['label-columns'] or {}) do
    for name in text:gmatch('[^,]+') do names[#names + 1] = name end
  end
  return names
end

local function append(list, more)
  for _, item in ipairs(more or {}) do list[#list + 1] = item end
end

local Listing = {}
Listing.__index = Listing

function Listing:header(resource)
  local header = self.shows_namespace and { 'NAMESPACE' } or {}
  append(header, HEADERS[resource.plural])
  if self.format.name == 'wide' then append(header, WIDE[resource.plural]) end
  for _, name in ipairs(label_columns(self.flags)) do
    header[#header + 1] = name:match('[^/]+$'):upper()
  end
  if self.flags['show-labels'] then header[#header + 1] = 'LABELS' end
  return header
end

function Listing:cells(resource, row)
  local cells = CELLS[resource.plural](row)
  if self.shows_kind then cells[1] = resource.singular .. '/' .. cells[1] end
  if self.shows_namespace then table.insert(cells, 1, row.namespace) end
  local wide = self.format.name == 'wide' and WIDE_CELLS[resource.plural]
  append(cells, wide and wide(row))
  for _, name in ipairs(label_columns(self.flags)) do
    cells[#cells + 1] = row.labels[name] or ''
  end
  if self.flags['show-labels'] then cells[#cells + 1] = labels_text(row.labels) end
  return cells
end

--- The items that a part of the command line names; what is not found is noted.
function Listing:items(part, form, depth)
  if not part.names then
    return objects.each(part.resource, self.target, form, {
      selector = self.flags.selector, field_selector = self.flags['field-selector'],
      depth = depth,
    })
  end
  local place = 0
  return function()
    while place < #part.names do
      place = place + 1
      local ok, found = pcall(objects.get, part.resource, self.target, part.names[place], form,
        depth)
      if ok then return found end
      if type(found) ~= 'table' or found.azure_code ~= 'NotFound' then error(found, 0) end
      if not self.flags['ignore-not-found'] then self.problems[#self.problems + 1] = found end
    end
  end
end

--- The items of all parts, one after the other.
function Listing:all(form, depth)
  local place, items = 0, nil
  return function()
    while true do
      local item = items and items()
      if item ~= nil then
        self.count = self.count + 1
        return item
      end
      place = place + 1
      if not self.wanted[place] then return nil end
      items = self:items(self.wanted[place], form, depth)
    end
  end
end

function Listing:tables()
  for _, part in ipairs(self.wanted) do
    local rows = {}
    self.shows_namespace = self.target.is_all and part.resource.is_namespaced
    for row in self:items(part, 'row') do rows[#rows + 1] = self:cells(part.resource, row) end
    if #rows > 0 then
      if self.count > 0 then self.out('\n') end
      if not self.flags['no-headers'] then table.insert(rows, 1, self:header(part.resource)) end
      output.table(rows, self.out)
      self.count = self.count + #rows
    end
  end
end

function Listing:names()
  for _, part in ipairs(self.wanted) do
    for row in self:items(part, 'row') do
      self.count = self.count + 1
      self.out(part.resource.singular .. '/' .. row.name .. '\n')
    end
  end
end

local function is_single(wanted)
  return #wanted == 1 and wanted[1].names and #wanted[1].names == 1
end

--- Only Secrets come as text; what else there is, is few.
function Listing:texts(depth)
  local next_object
  if #self.wanted == 1 and self.wanted[1].resource.plural == 'secrets' then
    return self:all('text', depth)
  end
  next_object = self:all('object')
  return function()
    local object = next_object()
    return object and json_lines.text(object, 4, depth)
  end
end

function Listing:whole()
  local is_yaml = self.format.name == 'yaml'
  if is_single(self.wanted) then
    local object = self:all('object')()
    if object then output.object(object, self.format.name, self.out) end
  elseif is_yaml then
    output.yaml_list(self:all('object'), self.out)
  else
    output.json_list(self:texts(2), self.out)
  end
end

--- All objects as one value: the object itself where one was named, else a list.
function Listing:value()
  local items = values.array()
  for object in self:all('object') do items[#items + 1] = object end
  if is_single(self.wanted) then return items[1] end
  return { apiVersion = 'v1', kind = 'List', metadata = { resourceVersion = '' }, items = items }
end

function Listing:template()
  local template = output.template(self.format)
  local value = self:value()
  if value == nil then return end
  if self.format.name == 'jsonpath-as-json' then
    local found = values.array()
    append(found, template:values(value))
    self.out(json_lines.text(found, 4) .. '\n')
  else
    self.out(template:text(value))
  end
end

function Listing:columns()
  local columns, rows = output.columns(self.format.text, self.format.name), {}
  if not self.flags['no-headers'] then
    rows[1] = {}
    for n, column in ipairs(columns) do rows[1][n] = column.header end
  end
  for object in self:all('object') do rows[#rows + 1] = output.row(object, columns) end
  if self.count > 0 or not is_single(self.wanted) then output.table(rows, self.out) end
end

local PRINT = {
  json = Listing.whole, yaml = Listing.whole, name = Listing.names, wide = Listing.tables,
  jsonpath = Listing.template, ['jsonpath-file'] = Listing.template,
  ['jsonpath-as-json'] = Listing.template, ['custom-columns'] = Listing.columns,
  ['custom-columns-file'] = Listing.columns,
}

local function check(flags, words, target)
  if #words == 0 then
    target_module.refuse('Required resource not specified.\nUse "kubectl explain <resource>" for a '
      .. 'detailed description of that resource (e.g. kubectl explain pods).\n'
      .. "See 'kubectl get -h' for help and examples",
      'kmsh models secrets, pods, nodes and namespaces')
  end
  local has_names = #words > 1 or words[1]:find('/', 1, true)
  if has_names and target.is_all then
    target_module.refuse('a resource cannot be retrieved by name across all namespaces')
  end
  if has_names and (flags.selector or flags['field-selector']) then
    target_module.refuse('name cannot be provided when a selector is specified')
  end
  if flags.watch then target_module.refuse('--watch is not part of kmsh') end
end

--- Sorts rows by what a path finds in each object.
local function sorted(listing, path)
  local template = output.columns('KEY:' .. path:gsub('^{(.*)}$', '%1'), '')[1].path
  local items = {}
  for _, part in ipairs(listing.wanted) do
    for object in listing:items(part, 'object') do
      items[#items + 1] = {
        key = template:values(object)[1] or '', part = part, name = object.metadata.name,
        namespace = object.metadata.namespace,
      }
    end
  end
  table.sort(items, function(a, b)
    if type(a.key) == type(b.key) and a.key ~= b.key then return a.key < b.key end
    return a.name < b.name
  end)
  return items
end

function Listing:sorted_table()
  local rows, resource = {}, self.wanted[1].resource
  self.shows_namespace = self.target.is_all and resource.is_namespaced
  for n, item in ipairs(sorted(self, self.flags['sort-by'])) do
    local place = { cluster = self.target.cluster, namespace = item.namespace }
    rows[n] = self:cells(resource, objects.get(resource, place, item.name, 'row'))
  end
  self.count = #rows
  if self.count == 0 then return end
  if not self.flags['no-headers'] then table.insert(rows, 1, self:header(resource)) end
  output.table(rows, self.out)
end

local function is_table(format) return not format.name or format.name == 'wide' end

local function say_none(listing, shell)
  local is_namespaced = listing.wanted[1].resource.is_namespaced
  shell.err('No resources found' .. (is_namespaced and not listing.target.is_all
    and (' in %s namespace.'):format(listing.target.namespace) or '') .. '\n')
end

local function print_of(listing)
  return PRINT[listing.format.name or '']
    or listing.flags['sort-by'] and Listing.sorted_table or Listing.tables
end

--- Runs the command.
---@param flags table
---@param words string[]
---@param shell { out: fun(text: string), err: fun(text: string), tell: fun(problem: table) }
---@return integer status
function M.run(flags, words, shell)
  local target = target_module.of(flags)
  if flags.raw then return raw.run(target, flags.raw, shell) end
  check(flags, words, target)
  local listing = setmetatable({
    flags = flags, target = target, wanted = target_module.wanted(words), out = shell.out,
    format = output.format(flags.output), problems = {}, count = 0,
  }, Listing)
  listing.shows_kind = flags['show-kind'] or #listing.wanted > 1
  print_of(listing)(listing)
  for _, problem in ipairs(listing.problems) do shell.tell(problem) end
  if #listing.problems > 0 then return 1 end
  local is_quiet = flags['ignore-not-found'] or not is_table(listing.format)
  if listing.count == 0 and not is_quiet then say_none(listing, shell) end
  return 0
end

return M
