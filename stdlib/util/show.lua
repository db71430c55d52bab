--- What `p` and `take` do: values in full, and the first of what an iterator gives.

local printer, objects = require('util.printer'), require('kmsh.objects')

local M = {}

--- Options for the printer that know the host's objects and its clock.
---@param options table
---@return PrinterOptions
function M.options(options)
  options.card, options.row, options.now = objects.card, objects.row, objects.now
  return options
end

local KNOWN = { depth = 9, entries = math.huge, limit = math.huge, width = 80 }

--- Prints a value in full.
---@param value any
---@param options? { depth?: integer, entries?: integer, limit?: integer, width?: integer }
function M.p(value, options)
  local given = {}
  for name, default in pairs(KNOWN) do given[name] = default end
  for name, number in pairs(options or {}) do
    if not KNOWN[name] or math.type(number) == nil then
      error({
        code = 'argument.unknown', message = ("p has no option '%s' of that kind"):format(name),
        hint = 'its options: depth, entries, limit, width; each is a number',
      }, 0)
    end
    given[name] = number
  end
  print(printer.text(value, M.options(given)))
end

--- The first things that an iterator gives, and no more is asked of it.
---@param iterator fun(): any
---@param count integer
---@return any[]
function M.take(iterator, count)
  if math.type(count) ~= 'integer' or count < 0 then
    error({
      code = 'argument.type', message = 'take: argument 2 must be a number of things',
      hint = 'take(audit.each{}, 20)',
    }, 0)
  end
  local list = {}
  while #list < count do
    local value = iterator()
    if value == nil then break end
    list[#list + 1] = value
  end
  return list
end

return M
