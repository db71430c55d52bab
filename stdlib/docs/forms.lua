--- The reference in each form that `kmsh docs` writes.
---
--- Every function takes a name, empty for everything, the version of kmsh, and the text of
--- `kmsh --help`.

local reference, text = require('docs.reference'), require('docs.text')

local M = {}

--- Plain text, as help prints it.
function M.text(name)
  if name ~= '' then return text.page(name) .. '\n' end
  local pages = { text.page('') }
  for _, part in ipairs(reference.all().parts) do
    pages[#pages + 1] = ('='):rep(78) .. '\n' .. text.of_part(part)
    for _, entry in ipairs(part.entries) do
      if not entry.is_field then pages[#pages + 1] = text.of_entry(entry) end
    end
  end
  return table.concat(pages, '\n\n') .. '\n'
end

function M.markdown(name) return require('docs.markdown').text(name) end

function M.man(_, version, usage) return require('docs.man').text(version, usage) end

--- Stubs for editors, or with a folder no text, but a file in it for each module.
function M.stubs(name, _, _, folder)
  local stubs = require('docs.stubs')
  if not folder then return stubs.text(name) end
  for file, content in pairs(stubs.files()) do
    local out = assert(io.open(('%s/%s.d.lua'):format(folder, file), 'w'))
    out:write(content)
    out:close()
  end
  return ''
end

function M.luacheckrc() return require('docs.luacheckrc').text() end

return M
