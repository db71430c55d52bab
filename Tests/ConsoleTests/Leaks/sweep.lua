--- Shows values in every way that a user of the shell may see them.

local printer, objects = require('util.printer'), require('kmsh.objects')

local M = {}

--- Shows a value as the prompt, print and json.encode do.
function M.value(value, depth)
  leaks.see(tostring(value))
  leaks.see(printer.text(value, { width = 80, card = objects.card, row = objects.row }))
  leaks.see(printer.text({ value }, { width = 80, card = objects.card, row = objects.row }))
  local _, text = pcall(json.encode, value)
  leaks.see(tostring(text))
  if type(value) == 'table' and (depth or 0) < 3 then
    for _, member in pairs(value) do M.value(member, (depth or 0) + 1) end
  end
end

--- Shows an error, member by member.
function M.error(err)
  M.value(err)
  for _, name in ipairs{
    'code', 'message', 'hint', 'rule', 'status', 'azure_code', 'inner_code', 'cause', 'traceback',
  } do
    local is_there, value = pcall(function() return err[name] end)
    if is_there and value ~= nil then leaks.see(tostring(value)) end
  end
end

--- What a Secret was made with, and gives back to who asks for it.
local OF_A_SECRET = { data = true, type = true }

--- Shows a host object: each field of its class, and what it shows.
function M.object(class, object)
  M.value(object)
  for _, name in ipairs(leaks.fields(class)) do
    if not (class == 'secret' and OF_A_SECRET[name]) then
      local is_there, value = pcall(function() return object[name] end)
      if is_there then M.value(value) else M.error(value) end
    end
  end
  local is_shown, shown = pcall(function() return object:show() end)
  if is_shown then M.value(shown) else M.error(shown) end
end

return M
