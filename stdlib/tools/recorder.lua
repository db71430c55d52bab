--- Notes what a script prints, each time with the line of the script that it comes from.

local M = {}

--- The line that the script's own chunk stands at, the last known where it is not to be seen, and
--- the end of the script where no line can be.
local function line_of(chunk, last)
  if not debug then return math.maxinteger end
  for level = 4, 200 do
    local info = debug.getinfo(level, 'fl')
    if not info then return last end
    if info.func == chunk then return info.currentline end
  end
  return last
end

local watched, last

--- Has what is printed noted, on its way to where it goes.
local function install()
  local add, lua_print, lua_io = require('kmsh.recording').add, print, io
  local function note(text)
    last = line_of(watched, last)
    add(last, text)
  end
  function _G.print(...)
    local texts = table.pack(...)
    for n = 1, texts.n do texts[n] = tostring(texts[n]) end
    note(table.concat(texts, '\t') .. '\n')
    return lua_print(table.unpack(texts, 1, texts.n))
  end
  if not lua_io then return end
  local function write(...)
    for n = 1, select('#', ...) do note(tostring((select(n, ...)))) end
    return lua_io.write(...)
  end
  _G.io = setmetatable({ write = write }, { __index = lua_io })
end

--- Has what a chunk prints noted from now on, and returns the chunk.
---@param chunk fun(...)
---@return fun(...)
function M.watch(chunk)
  if not watched then install() end
  watched, last = chunk, 1
  return chunk
end

return M
