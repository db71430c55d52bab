--- Results in the formats of `--output`, byte by byte as the real tool prints them.
---
--- Source: knack 0.13, its output formats; tabulate 0.9, format `simple`.

local json_text, table_text = require('az.cli.json_text'), require('az.cli.table_text')
local values = require('util.jmespath.values')

local M = {}

local FORMATS = {
  json = function(value) return json_text.plain(value) .. '\n' end,
  jsonc = function(value, how)
    return how.has_colours and json_text.coloured(value) or json_text.plain(value) .. '\n'
  end,
  yaml = function(value) return require('az.cli.yaml_text').text(value) end,
  table = function(value, how) return table_text.text(value, how) end,
  tsv = function(value) return require('az.cli.tsv_text').text(value) end,
  none = function() return '' end,
}
FORMATS.yamlc = FORMATS.yaml

--- A result as text; a result of null is no text at all.
---@param value any
---@param how { format: string, has_colours?: boolean, is_query?: boolean, transform?: function }
---@return string
function M.text(value, how)
  if value == nil or value == values.null then return '' end
  return FORMATS[how.format](value, how)
end

return M
