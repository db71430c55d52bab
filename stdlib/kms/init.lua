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

local HELP = {
  summary = 'The documented procedures: calling one runs it; plan{…} tells what it would do, '
    .. "runbook({…}, 'bash') or (…, 'markdown') prints the same for elsewhere.",
  members = {
    'enable_public', 'enable_private', 'rotate', 'rotate_twice', 'rewrite', 'switch_mode',
    'disable', 'migrate_to_v2', 'monitor', 'verify', 'recover', 'rehearse',
  },
  fields = {
    {
      name = 'rules', type = 'table', example = 'print(kms.rules.R76.text)',
      summary = 'The rules of the documented procedure, by id.',
    },
  },
}

local NAMES = {}
for _, name in ipairs(HELP.members) do NAMES[name] = true end
for _, field in ipairs(HELP.fields) do NAMES[field.name] = true end

return setmetatable({ help = HELP }, {
  names = NAMES,
  __index = function(self, name)
    if not NAMES[name] then return nil end
    local module = require('kms.' .. name)
    rawset(self, name, module)
    return module
  end,
})
