--- `kubectl annotate`: as `kubectl label`, with annotations.

local label = require('kubectl.label')

local M = { flags = label.flags }

---@param flags table
---@param words string[]
---@param shell table
---@return integer status
function M.run(flags, words, shell) return label.change('annotate', flags, words, shell) end

return M
