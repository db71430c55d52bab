--- Command lines of kubectl on a cluster, for specs.

local t = require('harness')
local kubectl = require('kubectl')

local M = {}

--- Runs a command line on cluster c1; what it printed, what it said beside, its exit status.
function M.run(...)
  local out, err = {}, {}
  local status = kubectl.main({ '--cluster', 'c1', ... }, {
    out = function(text) out[#out + 1] = text end, err = function(text) err[#err + 1] = text end,
  })
  return table.concat(out), table.concat(err), status
end

--- Runs a command line given as one text without quotes.
function M.line(text)
  local words = {}
  for word in text:gmatch('%S+') do words[#words + 1] = word end
  return M.run(table.unpack(words))
end

function M.world()
  clock.freeze('2025-01-01T00:00:00Z')
  local w = t.world(1)
  secret.create{
    cluster = w.c, name = 'tls', namespace = 'web', type = 'kubernetes.io/tls',
    string_data = { ['tls.crt'] = 'c', ['tls.key'] = 'kk' }, labels = { app = 'web' },
  }
  clock.advance('P1D')
  return w
end

--- Writes a file that goes with the test; returns its path.
function M.file(text)
  local path = os.tmpname()
  local handle = io.open(path, 'wb')
  handle:write(text)
  handle:close()
  return path
end

return M
