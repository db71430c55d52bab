--- The procedures that completion offers, which it must not load.

local t = require('harness')
local kms = require('kms')

local names = getmetatable(_G.kms).__names

t.it('the names of the global kms each lead to a procedure, in order', function()
  for index, name in ipairs(names) do
    t.same(type(kms[name]), 'table')
    t.same(index == 1 or names[index - 1] < name, true)
  end
end)

t.it('every procedure there is is offered', function()
  local text = {}
  for _, name in ipairs(names) do
    t.same(kms[name], require('kms.' .. name))
    text[name] = true
  end
  for name in pairs(getmetatable(kms).names) do t.same(text[name], true) end
end)
