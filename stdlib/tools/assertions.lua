--- What a test says must be so: `assert` of Lua with more to it.
---
--- ```lua
--- local assert = require('tools.assertions')
--- assert.same({ 1, { a = 2 } }, { 1, { a = 2 } })
--- assert.error_code('vault.not_found', vault.get, 'none')
--- ```
---
--- What is not so is raised with the code `check.failed`, which ends a script with status 3.

local printer = require('util.printer')

local M = {}

local lua_assert = assert

local function shown(value) return printer.text(value, { width = 72 }) end

--- The place in the user's source that calls an assertion.
local function place(level)
  local info = debug and debug.getinfo(level + 1, 'Sl')
  return info and info.currentline > 0 and ('%s:%d'):format(info.short_src, info.currentline) or nil
end

local function fail(message, about)
  error({
    code = 'check.failed', message = about and tostring(about) .. ': ' .. message or message,
    where = place(3),
  }, 0)
end

local function differs(expected, actual, about)
  fail(('expected %s, got %s'):format(shown(expected), shown(actual)), about)
end

local difference

local function member_difference(a, b, path, seen)
  for key, member in next, a do
    local found = difference(member, rawget(b, key), path .. '.' .. tostring(key), seen)
    if found then return found end
  end
  for key in next, b do
    if rawget(a, key) == nil then return path .. '.' .. tostring(key) end
  end
end

--- Where two values differ first, as a path; nil when they are the same all through.
function difference(a, b, path, seen)
  if rawequal(a, b) then return nil end
  if type(a) ~= 'table' or type(b) ~= 'table' then return a ~= b and path or nil end
  if seen[a] == b then return nil end
  seen[a] = b
  return member_difference(a, b, path, seen)
end

--- Two values are the same all through.
function M.same(expected, actual, about)
  local path = difference(expected, actual, '', {})
  if not path then return actual end
  local at = path ~= '' and (' (at %s)'):format(path:sub(2)) or ''
  fail(('expected %s, got %s%s'):format(shown(expected), shown(actual), at), about)
end

--- Two values are equal.
function M.equal(expected, actual, about)
  if expected ~= actual then differs(expected, actual, about) end
  return actual
end

--- Two values are not equal.
function M.not_equal(unwanted, actual, about)
  if unwanted == actual then fail('got ' .. shown(actual) .. ', which was not to be', about) end
  return actual
end

function M.is_true(value, about) return M.equal(true, value, about) end
function M.is_false(value, about) return M.equal(false, value, about) end
function M.is_nil(value, about) return M.equal(nil, value, about) end
function M.not_nil(value, about) return M.not_equal(nil, value, about) end

--- Neither nil nor false.
function M.truthy(value, about)
  if not value then fail('got ' .. shown(value), about) end
  return value
end

--- A number is near another.
function M.near(expected, actual, tolerance, about)
  if math.abs(expected - actual) > tolerance then differs(expected, actual, about) end
  return actual
end

--- A text has what a pattern of Lua finds.
function M.matches(pattern, text, about)
  if not tostring(text):find(pattern) then
    fail(('%s has nothing like %s'):format(shown(text), shown(pattern)), about)
  end
  return text
end

--- Calling a function raises an error, which is returned.
function M.has_error(body, ...)
  local ok, problem = pcall(body, ...)
  if ok then fail('nothing was raised') end
  return problem
end

--- Calling a function raises an error of a code, which is returned.
function M.error_code(code, body, ...)
  local ok, problem = pcall(body, ...)
  if ok then fail(('expected the error %s, nothing was raised'):format(code)) end
  local got = type(problem) == 'table' and problem.code or 'lua.error'
  if got ~= code then
    fail(('expected the error %s, got %s: %s'):format(code, got, tostring(problem)))
  end
  return problem
end

--- What is told of a cluster beside its fields.
local cluster_states = {
  health = function(c) return c:health().api_server end,
  kms = function(c) return c:kms().version or 'off' end,
  current = function(c) return c:kms().current and c:kms().current.kid end,
  previous = function(c) return c:kms().previous and c:kms().previous.kid end,
  secrets = function(c) return c:inventory{}.values end,
  in_clear = function(c) return c:inventory{}.in_clear end,
  stale = function(c) return c:inventory{}.stale end,
  unreadable = function(c) return c:inventory{}.unreadable end,
}

--- A thing is as said: of a vault, a key or another thing its fields; of a cluster also its
--- `health`, `kms` ('v1', 'v2' or 'off'), `current` and `previous` key, and how many `secrets` it
--- has, how many of them `stale`, `in_clear` and `unreadable`.
---@param thing any a handle
---@param expected table<string, any>
function M.state(thing, expected)
  local states = getmetatable(thing) == 'cluster' and cluster_states or {}
  local wrong = {}
  for name, value in pairs(expected) do
    local actual
    if states[name] then actual = states[name](thing) else actual = thing[name] end
    if difference(value, actual, name, {}) then
      wrong[#wrong + 1] = ('%s: expected %s, got %s'):format(name, shown(value), shown(actual))
    end
  end
  table.sort(wrong)
  if #wrong > 0 then fail(table.concat(wrong, '; '), tostring(thing)) end
end

return setmetatable(M, { __call = function(_, ...) return lua_assert(...) end })
