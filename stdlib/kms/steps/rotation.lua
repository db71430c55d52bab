--- New versions of a key, made so that a rotation can be gone on with.
---
--- A version that a rotation made or took carries a tag until the rotation is over. So a run that
--- was cut off is gone on with by the next one, which would else begin another rotation: in the
--- vault and the cluster a finished rotation looks like one of which only the end is missing.

local key = require('key')
local access, clusters = require('kms.steps.access'), require('kms.steps.clusters')
local findings, names = require('kms.steps.findings'), require('kms.steps.names')
local vaults, shell = require('kms.steps.vaults'), require('util.shell')

local M = {}

local TAG = 'kmsh-rotation'

--- All versions of the cluster's key, oldest first, disabled ones too.
---@param n { kid: string }
---@return userdata[]
function M.versions(n)
  return vaults.from_inside(n, function()
    local k, problem = names.find_key(n.kid)
    if not k then error(problem, 0) end
    return k:versions()
  end)
end

--- What rotation a version belongs to, nil when to none that is under way.
---@param k userdata
---@return string?
function M.mark_of(k) return k.tags[TAG] end

local function set_mark(n, k, mark)
  local tags = k.tags
  tags[TAG] = mark
  vaults.from_inside(n, function() k:update{ tags = tags } end)
end

--- Takes the mark off a version; the last thing a rotation does.
---@param n table
---@param kid string
function M.finish(n, kid)
  local k = vaults.from_inside(n, function() return (names.find_key(kid)) end)
  if k and M.mark_of(k) then set_mark(n, k, nil) end
end

--- That the versions of the key can be seen and made from here.
local function look(n)
  local ok, problem = pcall(M.versions, n)
  if ok then return {} end
  return { findings.found(
    problem.rule or 'R60', 'error', problem.message,
    problem.hint or 'work from where the vault lets you make keys') }
end

local function create_words(n, k)
  local words = { 'az keyvault key create', '--name', n.key, '--vault-name', n.vault }
  local function say(flag, value, default)
    if value == default then return end
    words[#words + 1], words[#words + 2] = flag, tostring(value)
  end
  say('--kty', k.kty, 'RSA')
  say('--size', k.size, 2048)
  table.move({ '--query', 'key.kid', '-o', 'tsv' }, 1, 4, #words + 1, words)
  return words
end

--- Makes a version of the key, or takes one that waits; `options.target()` is its kid, nil until
--- it is there and marked.
---@param n table
---@param options { mark: string, variable: string, target: fun(): string?, title?: string,
---  rule?: string, waiting: fun(): userdata? }
---@return table step
function M.version(n, options)
  return {
    title = options.title or 'Make a new version of the key', rule = options.rule or 'R73',
    effect = 'the vault has a newer version; the cluster does not use it yet',
    check = function() return look(n) end,
    done = function() return options.target() ~= nil end,
    command = function()
      -- A plan is told although the key cannot be seen; then it is taken for one as usual.
      local ok, versions = pcall(M.versions, n)
      local waiting = ok and options.waiting()
      if waiting then return shell.set(options.variable, waiting.kid) end
      local newest = ok and versions[#versions] or { kty = 'RSA', size = 2048 }
      return shell.capture(options.variable, create_words(n, newest))
    end,
    lookup = function(is_done)
      return is_done and shell.set(options.variable, options.target()) or nil
    end,
    verify = vaults.key_is_enabled(shell.var(options.variable)),
    if_fails = 'nothing has changed on the cluster: repeat it',
    act = function()
      local waiting = options.waiting()
      if waiting then
        set_mark(n, waiting, options.mark)
        return
      end
      local versions = M.versions(n)
      local newest = versions[#versions]
      vaults.from_inside(n, function()
        key.create{
          vault_name = n.vault, name = n.key, kty = newest.kty, size = newest.size,
          tags = { [TAG] = options.mark },
        }
      end)
    end,
  }
end

--- Moves the cluster to a new version, or to one that waits.
---@param n table
---@param mark string
---@return table[] steps, fun(): string? target
function M.to_new(n, mark)
  local made
  local function newest()
    local versions = M.versions(n)
    return versions[#versions]
  end
  local function target()
    if not made then
      local k = newest()
      made = M.mark_of(k) and k.kid
    end
    return made or nil
  end
  local use = clusters.use(n, target, 'NEW_KEY_ID')
  if n.access == 'Private' then access.with_ids(n, use) end
  return {
    M.version(n, {
      mark = mark, variable = 'NEW_KEY_ID', target = target,
      waiting = function()
        local k = newest()
        return k.kid ~= n.kid and k or nil
      end,
    }),
    use,
  }, target
end

return M
