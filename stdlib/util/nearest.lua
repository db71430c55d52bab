--- Finds what was probably meant.

local M = {}

--- Levenshtein's distance, in bytes.
local function distance(a, b)
  local row = {}
  for column = 0, #b do row[column] = column end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for column = 1, #b do
      local cost = a:byte(i) == b:byte(column) and 0 or 1
      local best = math.min(row[column] + 1, row[column - 1] + 1, diagonal + cost)
      diagonal, row[column] = row[column], best
    end
  end
  return row[#b]
end

--- The nearest of some names within a third of its length, nil when none is that near.
---@param given string
---@param names string[] in the order in which they win a tie
---@return string?
function M.name(given, names)
  local found, least
  for _, name in ipairs(names) do
    local far = #given < 128 and distance(given, name) or 128
    if far <= math.max(2, #name // 3) and far < #name and (not least or far < least) then
      found, least = name, far
    end
  end
  return found
end

return M
