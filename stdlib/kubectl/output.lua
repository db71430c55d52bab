--- How kubectl prints: tables, names, JSON, YAML, JSONPath and columns of one's own.

local yaml = require('yaml')
local json_lines = require('util.json_lines')
local jsonpath = require('kubectl.jsonpath')
local target_module = require('kubectl.target')
local values = require('util.jmespath.values')

local M = {}

-- The least width of a column and the blanks after it, as in Go's tabwriter under kubectl.
local WIDTH_MIN, PADDING = 6, 3

local function width_of(text) return utf8.len(text) or #text end

--- Prints rows so that their columns stand below one another.
---@param rows string[][]
---@param write fun(text: string)
function M.table(rows, write)
  local widths = {}
  for _, row in ipairs(rows) do
    for column = 1, #row - 1 do
      widths[column] = math.max(widths[column] or WIDTH_MIN, width_of(row[column]) + PADDING)
    end
  end
  for _, row in ipairs(rows) do
    local cells = {}
    for column = 1, #row - 1 do
      cells[column] = row[column] .. (' '):rep(widths[column] - width_of(row[column]))
    end
    cells[#row] = row[#row]
    write(table.concat(cells) .. '\n')
  end
end

--- An object as a YAML document of a list: its first line after a dash, the rest below it.
local function yaml_item(object)
  return '- ' .. yaml.encode(object):gsub('\n(.)', '\n  %1')
end

--- Prints a list of objects in JSON, element by element, `text` giving one at level two.
---@param next_text fun(): string?
---@param write fun(text: string)
function M.json_list(next_text, write)
  -- Asked for before anything is printed: a list that fails prints nothing.
  local text = next_text()
  local is_empty = text == nil
  write('{\n    "apiVersion": "v1",\n    "items": [')
  local before = '\n        '
  while text do
    write(before)
    write(text)
    before, text = ',\n        ', next_text()
  end
  write(is_empty and ']' or '\n    ]')
  write(',\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n')
end

---@param next_object fun(): table?
---@param write fun(text: string)
function M.yaml_list(next_object, write)
  local object = next_object()
  write('apiVersion: v1\nitems:' .. (object and '\n' or ' []\n'))
  while object do
    write(yaml_item(object))
    object = next_object()
  end
  write('kind: List\nmetadata:\n  resourceVersion: ""\n')
end

--- One object in a format that prints objects whole.
---@param object table
---@param format 'json'|'yaml'
---@param write fun(text: string)
function M.object(object, format, write)
  write(format == 'yaml' and yaml.encode(object) or json_lines.text(object, 4) .. '\n')
end

--- One object in any format that there is for one.
---@param object table
---@param format { name: string, text: string }
---@param write fun(text: string)
function M.single(object, format, write)
  if format.name == 'json' or format.name == 'yaml' then
    return M.object(object, format.name, write)
  end
  local template = M.template(format)
  if format.name ~= 'jsonpath-as-json' then return write(template:text(object)) end
  local found = values.array()
  for n, value in ipairs(template:values(object)) do found[n] = value end
  write(json_lines.text(found, 4) .. '\n')
end

local function columns_of(text, format)
  if format == 'custom-columns-file' then
    local file = io.open(text, 'rb') or target_module.refuse(
      ('open %s: no such file or directory'):format(text))
    local headers, paths = file:read('l', 'l')
    file:close()
    local found, next_path = {}, (paths or ''):gmatch('%S+')
    for header in (headers or ''):gmatch('%S+') do
      found[#found + 1] = header .. ':' .. (next_path() or '')
    end
    return table.concat(found, ',')
  end
  return text
end

--- A path of a column: the braces and the first dot may be left out.
local function column_path(text)
  local inner = text:match('^{(.*)}$') or text
  if not inner:find('^[%.%[@$]') then inner = '.' .. inner end
  return jsonpath.compile('{' .. inner .. '}')
end

--- Reads the columns of `custom-columns=HEADER:PATH,…`.
---@param text string
---@param format string
---@return { header: string, path: table }[]
function M.columns(text, format)
  local columns = {}
  for part in columns_of(text or '', format):gmatch('[^,]+') do
    local header, path = part:match('^([^:]*):(.+)$')
    if not header then
      target_module.refuse(
        ('unexpected custom-columns spec: %s, expected <header>:<json-path-expr>'):format(part))
    end
    columns[#columns + 1] = { header = header, path = column_path(path) }
  end
  if #columns == 0 then
    target_module.refuse('custom-columns format specified but no custom columns given')
  end
  return columns
end

--- A value in a column, as Go words it.
local function cell(value)
  if type(value) ~= 'table' then return tostring(value) end
  local parts = {}
  if value[1] ~= nil then
    for n, item in ipairs(value) do parts[n] = cell(item) end
    return '[' .. table.concat(parts, ' ') .. ']'
  end
  for name, member in pairs(value) do parts[#parts + 1] = name .. ':' .. cell(member) end
  table.sort(parts)
  return 'map[' .. table.concat(parts, ' ') .. ']'
end

--- The row of an object under columns.
---@param object table
---@param columns { path: table }[]
---@return string[]
function M.row(object, columns)
  local row = {}
  for n, column in ipairs(columns) do
    local cells = {}
    for place, value in ipairs(column.path:values(object)) do cells[place] = cell(value) end
    row[n] = #cells > 0 and table.concat(cells, ',') or '<none>'
  end
  return row
end

local FORMATS = {
  json = true, yaml = true, name = true, wide = true, jsonpath = true, ['jsonpath-file'] = true,
  ['jsonpath-as-json'] = true, ['custom-columns'] = true, ['custom-columns-file'] = true,
}

--- Reads the value of `--output`: a format and what stands after its equals sign.
---@param text? string
---@return { name?: string, text?: string }
function M.format(text)
  if not text then return {} end
  local name, rest = text:match('^([^=]+)=(.*)$')
  name = name or text
  if not FORMATS[name] then
    target_module.refuse(('unable to match a printer suitable for the output format "%s", allowed '
      .. 'formats are: custom-columns,custom-columns-file,json,jsonpath,jsonpath-as-json,'
      .. 'jsonpath-file,name,wide,yaml'):format(text))
  end
  if name:find('^jsonpath') and (rest or '') == '' then
    target_module.refuse('template format specified but no template given')
  end
  return { name = name, text = rest }
end

--- Reads the value of `--output` of a command that prints single objects, and no tables.
---@param text? string
---@return { name?: string, text?: string }
function M.single_format(text)
  local format = M.format(text)
  local name = format.name or 'name'
  if name == 'wide' or name:find('^custom%-columns') then
    target_module.refuse(('unable to match a printer suitable for the output format "%s", allowed '
      .. 'formats are: json,jsonpath,jsonpath-as-json,jsonpath-file,name,yaml'):format(name))
  end
  if name:find('^jsonpath') then M.template(format) end
  return format
end

--- The template of a format, from the command line or from a file.
---@param format { name: string, text: string }
---@return table template
function M.template(format)
  if format.name ~= 'jsonpath-file' then return jsonpath.compile(format.text) end
  local file = io.open(format.text, 'rb') or target_module.refuse(
    ('error reading --template %s, open %s: no such file or directory'):format(
      format.text, format.text))
  local text = file:read(65536) or ''
  file:close()
  return jsonpath.compile((text:gsub('\n$', '')))
end

return M
