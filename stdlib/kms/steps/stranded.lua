--- Secrets that were stranded: two rotations without a rewrite in between left them under a key
--- that is in no slot. The cluster uses that key once more, and then goes back.

local cluster = require('cluster')
local access, clusters = require('kms.steps.access'), require('kms.steps.clusters')
local cures, secrets = require('kms.steps.cures'), require('kms.steps.secrets')
local names, shell = require('kms.steps.names'), require('util.shell')

local M = {}

local NOTE = 'stranded'

--- The keys that stranded Secrets are under, as far as they are known.
---@param c userdata
---@return string[]
function M.kids(c)
  local kids = {}
  for _, reason in ipairs(c:health().reasons) do
    if reason.code == 'SecretsUnreadable' and reason.kid then kids[#kids + 1] = reason.kid end
  end
  return kids
end

local function slot(n, kid)
  local host, key_name = names.parts(kid)
  return setmetatable({ kid = kid, vault = names.vault(host), key = key_name }, { __index = n })
end

--- The key that the cluster was given for the stranded Secrets alone; nil when it was given none.
local function borrowed(c, n)
  local kid = c:kms().current.kid
  return cures.note_of(slot(n, kid)) == NOTE and kid or nil
end

local function is_stranded(c, kid)
  for _, found in ipairs(M.kids(c)) do
    if found == kid then return true end
  end
  return false
end

local function use_step(n, kid, variable)
  local step = clusters.use(n, kid, variable)
  local command = access.with_ids(n, step).command
  step.rule, step.after_failure = 'R79', nil
  step.command = function() return shell.set(variable, kid()) .. '\n' .. command() end
  return step
end

--- What leads to a stranded key: first all others are moved off the key that falls out.
local function there(c, n, kid)
  local use = use_step(n, function() return kid end, 'STRANDED_KEY_ID')
  local act = use.act
  use.title = 'Use the key of the stranded Secrets once more'
  use.effect = 'the Secrets under it can be read again'
  use.done = function() return not is_stranded(c, kid) end
  use.act = function()
    cures.note(slot(n, kid), NOTE)
    act()
  end
  return {
    secrets.rewrite(c.name, {
      title = 'Rewrite what can be read', rule = 'R79', is_lenient = true,
      effect = 'no other Secret needs the key that falls out of its slot',
      done = use.done,
      -- A list with a Secret that cannot be read fails as a whole.
      command = function() return secrets.rewrite_named(c) end,
    }),
    use,
  }
end

--- What leads back to the key that was in use, from where the stranded one led.
local function back(c, n, kid)
  local function is_back()
    return borrowed(c, n) == nil and not (kid and is_stranded(c, kid))
  end
  local use = use_step(n, function()
    local state = cluster.get(n.cluster):kms()
    return borrowed(c, n) and state.previous and state.previous.kid or state.current.kid
  end, 'CURRENT_KEY_ID')
  use.title, use.done = 'Go back to the key in use before', is_back
  return {
    secrets.rewrite(c.name, {
      rule = 'R74', effect = 'every Secret is under one key', done = is_back,
    }),
    use,
    secrets.rewrite(c.name, {
      rule = 'R74', effect = 'every Secret is under the key in use',
      done = function() return is_back() and secrets.is_settled(c) end,
    }),
  }
end

--- Gives up the update that stranded Secrets: it waits for API servers that read them, and keeps
--- all others out until then.
---@param n table
---@param slots table[]
---@return table|false step
function M.abort(n, slots)
  local is_needed = false
  for _, needed in ipairs(slots) do is_needed = is_needed or needed.is_stranded end
  if not is_needed then return false end
  return {
    title = 'Give up the update that does not end', rule = 'R79',
    effect = 'the cluster keeps its keys, and takes another one again',
    done = function() return cluster.get(n.cluster).provisioning_state ~= 'Updating' end,
    command = function()
      return shell.line{
        'az aks operation-abort', '--name', n.cluster, '--resource-group', n.group,
      }
    end,
    verify = { command = clusters.state_command(n), expect = 'Canceled' },
    if_fails = 'the service gives the update up by itself after a while: repeat it then',
    act = function() cluster.get(n.cluster):operation_abort() end,
  }
end

--- The steps that bring stranded Secrets back, none where none are.
---@param c userdata
---@param n table
---@param slots table[]
---@return table[] steps
function M.steps(c, n, slots)
  local steps = {}
  local function append(more) table.move(more, 1, #more, #steps + 1, steps) end
  for _, needed in ipairs(slots) do
    if needed.is_stranded then
      append(there(c, n, needed.kid))
      append(back(c, n, needed.kid))
    end
  end
  if #steps == 0 and borrowed(c, n) then append(back(c, n)) end
  return steps
end

return M
