--- The kubeconfig: which cluster a command is for, as `az aks get-credentials` notes it.
---
--- It is the file that `--kubeconfig` or `KUBECONFIG` names, else one beside the workspace's file,
--- so that a rehearsal never touches the file of real clusters.

local workspace, yaml = require('workspace'), require('yaml')

local M = {}

-- Longest file, in bytes.
local LENGTH_MAX = 1 << 20

local EMPTY = [[
apiVersion: v1
kind: Config
preferences: {}
clusters: []
contexts: []
users: []
current-context: ""
]]

local function fail(message, hint)
  error({ code = 'kubeconfig.invalid', message = message, hint = hint }, 0)
end

-- The content for a workspace in memory, which ends with it.
local in_memory = ''

--- The path of the file; nil for a workspace in memory.
---@param flags? { kubeconfig?: string }
---@return string?
function M.path(flags)
  local named = flags and flags.kubeconfig or os.getenv('KUBECONFIG')
  if named and named ~= '' then return named:match('^[^:]*') end
  if workspace.path == ':memory:' then return nil end
  return workspace.path .. '.kubeconfig'
end

--- Where the content is, in words.
---@param flags? { kubeconfig?: string }
---@return string
function M.place(flags) return M.path(flags) or 'memory' end

--- The text of the file, nothing when there is none.
local function text_of(path)
  if not path then return in_memory end
  local file = io.open(path, 'rb')
  if not file then return '' end
  local text = file:read(LENGTH_MAX + 1) or ''
  file:close()
  if #text > LENGTH_MAX then fail(path .. ' is longer than 1 MiB') end
  return text
end

--- The file's content; an empty one when there is none.
---@param flags? table
---@return table config
function M.read(flags)
  local path = M.path(flags)
  local text = text_of(path)
  local is_read, config = pcall(yaml.decode, text:find('%S') and text or EMPTY)
  if not is_read or type(config) ~= 'table' then
    fail(('error loading config file "%s": it is no kubeconfig'):format(path))
  end
  for _, list in ipairs{ 'clusters', 'contexts', 'users' } do
    if type(config[list]) ~= 'table' then config[list] = {} end
  end
  return config
end

--- Writes the file, whole or not at all.
---@param config table
---@param flags? table
function M.write(config, flags)
  local path = M.path(flags)
  if not path then
    in_memory = yaml.encode(config)
    return
  end
  local fresh = path .. '.new'
  local file, why = io.open(fresh, 'wb')
  if not file then fail(why) end
  local is_written = file:write(yaml.encode(config))
  is_written = file:close() and is_written
  if not (is_written and os.rename(fresh, path)) then fail(path .. ' cannot be written') end
end

--- The entry of a list by its name.
---@param list table[]
---@param name string?
---@return table? entry, integer? place
function M.find(list, name)
  for place, entry in ipairs(list) do
    if entry.name == name then return entry, place end
  end
end

--- Adds an entry, or puts it in the place of one of its name.
---@param list table[]
---@param entry table
function M.put(list, entry)
  local _, place = M.find(list, entry.name)
  list[place or #list + 1] = entry
end

local function text(value)
  return type(value) == 'string' and value ~= '' and value or nil
end

--- The context that a command is for: its cluster, its namespace and its user.
---@param flags { context?: string, cluster?: string, kubeconfig?: string }
---@return { name?: string, cluster?: string, namespace?: string, user?: string }
function M.context(flags)
  local config = M.read(flags)
  local name = flags.context or text(config['current-context'])
  local entry = M.find(config.contexts, name)
  if flags.context and not entry then
    fail(('context "%s" does not exist'):format(flags.context),
      'kubectl config get-contexts lists them; az aks get-credentials adds one')
  end
  local context = entry and entry.context or {}
  return {
    name = entry and name, cluster = flags.cluster or text(context.cluster),
    namespace = text(context.namespace), user = text(context.user),
  }
end

return M
