--- Runs the tests of a file: `describe`, `it`, `before_each`, `after_each`, `pending`.
---
--- Each test has a workspace of its own in memory, whose clock stands at 2025-01-01T00:00:00Z and
--- whose identifiers are the same each time; the code around tests has one too.

local assertions = require('tools.assertions')

local M = {}

---@class TestResult
---@field name string
---@field status 'passed'|'failed'|'pending'
---@field message? string
---@field where? string
---@field traceback? string
---@field duration_s number

local CLOCK = '2025-01-01T00:00:00Z'
local PENDING = {}

local function new_world(fresh)
  fresh()
  clock.freeze(CLOCK)
  workspace.seed(1)
  math.randomseed(1)
end

--- Gives a file the words that it describes its tests with, and returns the list they fill.
local function vocabulary()
  local tests, block = {}, { names = {}, before = {}, after = {} }
  local is_collecting = true
  local function outside(word)
    if not is_collecting then error(word .. ' cannot stand in a test', 3) end
  end
  local words = {}
  function words.describe(name, body)
    outside('describe')
    local outer = block
    block = { outer = outer, names = { table.unpack(outer.names) }, before = {}, after = {} }
    table.insert(block.names, name)
    body()
    block = outer
  end
  function words.it(name, body)
    outside('it')
    local names = { table.unpack(block.names) }
    table.insert(names, name)
    tests[#tests + 1] = { name = table.concat(names, ' '), body = body, block = block }
  end
  function words.pending(name)
    if not is_collecting then error(setmetatable({ why = name }, PENDING), 0) end
    words.it(name)
  end
  function words.before_each(body) outside('before_each') table.insert(block.before, body) end
  function words.after_each(body) outside('after_each') table.insert(block.after, body) end
  for word, body in pairs(words) do _G[word] = body end
  return tests, function() is_collecting = false end
end

local function run_before(block)
  if block.outer then run_before(block.outer) end
  for _, body in ipairs(block.before) do body() end
end

local function run_after(block)
  for _, body in ipairs(block.after) do body() end
  if block.outer then run_after(block.outer) end
end

--- The frames of the user's own code.
local function traceback()
  if not debug then return nil end
  local lines = {}
  for line in debug.traceback('', 3):gmatch('[^\n]+') do
    if line:find('tools/tests.lua', 1, true) then break end
    lines[#lines + 1] = line
  end
  return table.concat(lines, '\n')
end

--- What is to be told of an error: a text, or an object with a message.
local function told(problem)
  if type(problem) == 'table' and getmetatable(problem) == PENDING then
    return { status = 'pending', message = problem.why }
  end
  local fields = type(problem) == 'table' and problem.message and problem or {}
  local is_check = fields.code == 'check.failed'
  return {
    status = 'failed', message = tostring(problem), where = fields.where, code = fields.code,
    traceback = not is_check and traceback() or nil,
  }
end

local function run_test(test, fresh)
  if not test.body then return { status = 'pending' } end
  local start = os.clock()
  local ok, result = xpcall(function()
    new_world(fresh)
    run_before(test.block)
    test.body()
  end, told)
  -- What a test began is ended also when it failed.
  local is_ended, problem = xpcall(run_after, told, test.block)
  result = ok and (is_ended and { status = 'passed' } or problem) or result
  result.duration_s = os.clock() - start
  return result
end

--- Runs the tests that a file describes.
---@param chunk fun() the file, loaded
---@param options { fresh: fun(), filter?: string } what makes a new workspace, and a pattern of Lua
---  that the names of tests must have
---@return TestResult[]
---@raise what the file itself raises
function M.run(chunk, options)
  _G.assert = assertions
  local tests, is_described = vocabulary()
  new_world(options.fresh)
  chunk()
  is_described()
  local results = {}
  for _, test in ipairs(tests) do
    if not options.filter or test.name:find(options.filter) then
      local result = run_test(test, options.fresh)
      result.name = test.name
      result.duration_s = result.duration_s or 0
      results[#results + 1] = result
    end
  end
  return results
end

return M
