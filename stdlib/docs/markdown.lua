--- The reference as Markdown.

local reference, text = require('docs.reference'), require('docs.text')

local M = {}

--- A text that stands in a cell of a table.
local function cell(value) return (value:gsub('|', '\\|')) end

local function option_rows(options)
  local lines = {
    '| Option | Type | Default | az flag | Meaning |', '| --- | --- | --- | --- | --- |',
  }
  for _, option in ipairs(options) do
    lines[#lines + 1] = ('| `%s`%s | %s | %s | %s | %s |'):format(
      option.name, option.required and ' (required)' or '', cell(text.kind(option)),
      cell(option.default_value ~= nil and '`' .. option.default .. '`' or option.default or ''),
      option.az and '`' .. option.az .. '`' or '', cell(option.summary))
  end
  return table.concat(lines, '\n')
end

local function of_function(entry)
  local result = entry.returns ~= '' and ' → `' .. entry.returns .. '`' or ''
  local paragraphs = { ('### `%s`'):format(text.signature(entry)), entry.summary .. result }
  if #entry.all_options > 0 then
    paragraphs[#paragraphs + 1] = option_rows(entry.all_options)
  end
  if #entry.rules > 0 then
    paragraphs[#paragraphs + 1] = 'Rules: ' .. table.concat(entry.rules, ', ')
  end
  local errors = text.errors(entry)
  if #errors > 0 then
    paragraphs[#paragraphs + 1] = 'Errors: `' .. table.concat(errors, '`, `') .. '`'
  end
  if entry.example then
    paragraphs[#paragraphs + 1] = '```lua\n' .. entry.example .. '\n```'
  end
  return table.concat(paragraphs, '\n\n')
end

local function field_rows(part)
  local lines = { '| Field | Type | Meaning |', '| --- | --- | --- |' }
  for _, entry in ipairs(part.entries) do
    if entry.is_field then
      lines[#lines + 1] = ('| `%s` | `%s` | %s |'):format(
        entry.name, cell(entry.type), cell(entry.summary))
    end
  end
  return #lines > 2 and table.concat(lines, '\n') or nil
end

local function of_part(part)
  local title = (part.kind == 'class' and '## Object `' or '## Module `') .. part.name .. '`'
  local paragraphs = { title, part.summary }
  paragraphs[#paragraphs + 1] = field_rows(part)
  for _, entry in ipairs(part.entries) do
    if not entry.is_field then paragraphs[#paragraphs + 1] = of_function(entry) end
  end
  return table.concat(paragraphs, '\n\n')
end

--- The whole reference, or what there is on a name.
---@param name string
---@return string
---@raise `help.unknown`
function M.text(name)
  local paragraphs = {}
  local entry = name ~= '' and reference.entry(name)
  if entry then paragraphs[1] = of_function(entry) end
  for _, part in ipairs(name == '' and reference.all().parts or reference.parts(name)) do
    paragraphs[#paragraphs + 1] = of_part(part)
  end
  if #paragraphs == 0 then paragraphs[1] = '```\n' .. text.page(name) .. '\n```' end
  if name == '' then table.insert(paragraphs, 1, '# kmsh reference') end
  return table.concat(paragraphs, '\n\n') .. '\n'
end

return M
