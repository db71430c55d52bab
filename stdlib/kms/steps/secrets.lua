--- The Secrets of a cluster: how many a write would store otherwise, and writing them again.

local cluster, etcd = require('cluster'), require('etcd')
local shell = require('util.shell')

local M = {}

local KEPT_MAX = 1000
local READY = { command = 'kubectl get --raw /readyz/kms-providers', expect = 'ok' }

-- KMS v1 stores no key id: which key a Secret is under is told by what opens it alone.
local function is_blind(c)
  local state = c:kms()
  return state.enabled and state.version == 'v1'
end

--- Counts the Secrets by what they are stored under. Under KMS v1 each is opened for it, which only
--- a server that runs can do; else all of them are taken for unreadable.
---@param c userdata
---@return { values: integer, stale: integer, unreadable: integer, in_clear: integer }
function M.stored(c)
  if not is_blind(c) then return etcd.audit{ cluster = c, resource = 'secrets' }.totals end
  if c:health().api_server == 'down' then
    local totals = etcd.audit{ cluster = c, resource = 'secrets' }.totals
    totals.unreadable = totals.values
    return totals
  end
  local found = c:inventory{}
  found.each = nil
  return found
end

--- Counts the Secrets that are not stored as a write would store them now.
---@param c userdata
---@return integer
function M.pending(c)
  local found = M.stored(c)
  return found.stale + (is_blind(c) and found.unreadable or 0)
end

--- Whether a rewrite would find nothing to do.
---@param c userdata
---@return boolean
function M.is_settled(c) return M.pending(c) == 0 end

--- The Secrets that only one key opens, as `NAMESPACE/NAME`; the first thousand are named.
---@param c userdata
---@param kid string
---@return { count: integer, names: string[] }
function M.under(c, kid)
  local audit, found = etcd.audit{ cluster = c, resource = 'secrets', retire = kid }, {}
  for value in audit.each do
    if value.needs_retired and #found < KEPT_MAX then
      found[#found + 1] = value.namespace .. '/' .. value.name
    end
  end
  return { count = audit.verdict.needs + audit.verdict.may_need, names = found }
end

--- The lines that rewrite what is stale and can be read, by name, which works where a list does
--- not; nil where nothing is.
---@param c userdata
---@return string?
function M.rewrite_named(c)
  local found = {}
  for row in c:inventory{}.each do
    if row.stale and row.readable then
      found[#found + 1] = shell.quoted(row.namespace .. '/' .. row.name)
    end
  end
  if #found == 0 then return nil end
  return ([[
for secret in %s; do
  kubectl get secret "${secret#*/}" --namespace "${secret%%/*}" -o json | kubectl replace -f -
done]]):format(table.concat(found, ' '))
end

--- Whether a cluster is there, and has no Secret at all.
local function is_empty(name)
  local c = cluster.find(name)
  return c ~= nil and c:etcd():each('/registry/secrets/')() == nil
end

--- The rewrite of the document, of all namespaces or of one.
---@param name string of the cluster, which need not be there yet
---@param options? { title?: string, rule?: string, effect?: string, namespace?: string,
---  done?: fun(): boolean, on_progress?: fun(counts: table), is_lenient?: boolean,
---  command?: fun(): string? } `is_lenient`: some Secrets cannot be rewritten
---@return table step
function M.rewrite(name, options)
  options = options or {}
  local scope = options.namespace and '--namespace ' .. shell.quoted(options.namespace)
    or '--all-namespaces'
  return {
    title = options.title or 'Rewrite the Secrets', rule = options.rule or 'R52',
    effect = options.effect or 'every Secret is stored as a write would store it now',
    -- Without an object, kubectl replace fails: "no objects passed to replace".
    done = function()
      if is_empty(name) then return true end
      if options.done then return options.done() end
      return false
    end,
    repeats = not options.command,
    command = options.command or function()
      return ('kubectl get secrets %s -o json | kubectl replace -f -'):format(scope)
    end,
    verify = READY,
    if_fails = 'conflicts are safe to ignore; run it again until none is left (R126), '
      .. 'a namespace at a time on a large cluster (R53)',
    act = function()
      return cluster.get(name):rewrite_secrets{
        namespace = options.namespace, on_progress = options.on_progress,
      }
    end,
    holds = function()
      if options.is_lenient then return true end
      local count = M.pending(cluster.get(name))
      return count == 0, ('%d Secrets are not stored as they should be'):format(count)
    end,
  }
end

return M
