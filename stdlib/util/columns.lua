--- Lays text out in columns, by how wide a terminal shows it.
---
--- ```lua
--- local columns = require('util.columns')
--- print(table.concat(columns.aligned{ { 'a', 'b' }, { '鍵', 'c' } }, '|')) --> a   b|鍵  c
--- ```

local M = {}

-- First and last of the characters that take two cells, in order.
-- Source: Unicode, EastAsianWidth.txt, values W and F, whole blocks.
local WIDE = {
  { 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0xA4CF }, { 0xA960, 0xA97C },
  { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 },
  { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F }, { 0x1F680, 0x1F6FF }, { 0x1F900, 0x1FAFF },
  { 0x20000, 0x3FFFD },
}

local function width_of(code)
  if code < 0x300 then return 1 end
  -- Marks that are drawn over the character before.
  if code <= 0x36F or code == 0x200D or (code >= 0xFE00 and code <= 0xFE0F) then return 0 end
  for _, range in ipairs(WIDE) do
    if code < range[1] then return 1 end
    if code <= range[2] then return 2 end
  end
  return 1
end

--- How many cells of a terminal a text takes.
---@param text string
---@return integer
function M.cells(text)
  if not text:find('[\128-\255]') then return #text end
  if not utf8.len(text) then return #text end
  local width = 0
  for _, code in utf8.codes(text) do width = width + width_of(code) end
  return width
end

--- A text with blanks after it, up to a number of cells.
---@param text string
---@param width integer
---@return string
function M.pad(text, width) return text .. (' '):rep(width - M.cells(text)) end

local function widest(rows, column)
  local width = 0
  for _, row in ipairs(rows) do
    if row[column] then width = math.max(width, M.cells(row[column])) end
  end
  return width
end

--- Lines in which the cells of each column begin below one another.
---@param rows string[][]
---@param paint? fun(cell: string, padded: string): string makes what is shown of a padded cell
---@return string[]
function M.aligned(rows, paint)
  local widths, lines = {}, {}
  for _, row in ipairs(rows) do
    for column = #widths + 1, #row do widths[column] = widest(rows, column) end
  end
  for index, row in ipairs(rows) do
    local shown = {}
    for column, cell in ipairs(row) do
      local padded = column < #row and M.pad(cell, widths[column]) or cell
      shown[column] = paint and index > 1 and paint(cell, padded) or padded
    end
    lines[index] = (table.concat(shown, '  '):gsub(' +$', ''))
  end
  return lines
end

return M
