--- The documented procedures; each is loaded when it is first asked for.
---
--- ```lua
--- local kms = require('kms')
--- print(kms.rotate.plan{ cluster = 'myAKSCluster' }.ready)
--- ```

local NAMES = { enable_public = true, rotate = true, rewrite = true }

return setmetatable({}, {
  __index = function(self, name)
    if not NAMES[name] then return nil end
    local module = require('kms.' .. name)
    rawset(self, name, module)
    return module
  end,
})
