--- The documented procedures; each is loaded when it is first asked for.
---
--- Calling one runs it: enable_public, enable_private, rotate, rotate_twice, rewrite, switch_mode,
--- disable, migrate_to_v2, monitor, verify, recover; `rules` is the table of rules.
---
--- ```lua
--- local kms = require('kms')
--- print(kms.rotate.plan{ cluster = 'myAKSCluster' }.ready)
--- kms.rotate{ cluster = 'myAKSCluster' }
--- ```

local NAMES = {}
for name in ([[enable_public enable_private rotate rotate_twice rewrite switch_mode disable
  migrate_to_v2 monitor verify recover rules rehearse]]):gmatch('%S+') do NAMES[name] = true end

return setmetatable({}, {
  names = NAMES,
  __index = function(self, name)
    if not NAMES[name] then return nil end
    local module = require('kms.' .. name)
    rawset(self, name, module)
    return module
  end,
})
