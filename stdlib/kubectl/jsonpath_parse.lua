--- Reads a JSONPath template of kubectl into nodes: `{ path }` for what is printed, and
--- `{ type = 'range', path, nodes }`; a path is a list of steps.

-- Longest template, in bytes.
local LENGTH_MAX = 65536

local Reader = {}
Reader.__index = Reader

function Reader:fail(why)
  self.report(('error parsing jsonpath %s, %s'):format(self.text, why))
end

--- Takes what a pattern matches here; it must begin with `^`.
function Reader:take(pattern)
  local from, to, capture = self.text:find(pattern, self.at)
  if not from then return nil end
  self.at = to + 1
  return capture or self.text:sub(from, to)
end

function Reader:blanks() self:take('^%s+') end

local ESCAPES = { n = '\n', t = '\t', r = '\r' }

--- A text between quotes, its escapes read.
function Reader:quoted()
  local mark = self:take('^["\']')
  if not mark then return nil end
  local out = {}
  while true do
    local plain = self:take('^[^\\"\']+')
    if plain then out[#out + 1] = plain end
    local sign = self:take('^.')
    if not sign then self:fail('unterminated quoted string') end
    if sign == mark then return table.concat(out) end
    if sign == '\\' then
      sign = self:take('^.') or self:fail('unterminated quoted string')
      sign = ESCAPES[sign] or sign
    end
    out[#out + 1] = sign
  end
end

--- A name after a dot: a backslash makes a dot, or anything else, part of it.
function Reader:name()
  local out = {}
  while true do
    local part = self:take('^[^%s%.%[%]%(%){}"\',|=!<>@$*?:;\\]+')
    if part then
      out[#out + 1] = part
    elseif self:take('^\\') then
      out[#out + 1] = self:take('^.') or self:fail('unterminated escape')
    else
      break
    end
  end
  return #out > 0 and table.concat(out) or nil
end

--- A number, true or false, in a filter.
function Reader:literal()
  local number = self:take('^%-?%d+%.?%d*')
  if number then return tonumber(number) end
  local word = self:take('^true') or self:take('^false')
  if word then return word == 'true' end
end

--- The two sides of a comparison, or what must be there.
function Reader:filter()
  local step = { type = 'filter', left = self:operand() }
  self:blanks()
  step.sign = self:take('^[!=<>]=') or self:take('^[<>]')
  if step.sign then
    self:blanks()
    step.right = self:operand()
    self:blanks()
  end
  if not self:take('^%)') then self:fail('unterminated filter') end
  return step
end

function Reader:operand()
  self:blanks()
  local text = self:quoted()
  if text == nil then text = self:literal() end
  if text ~= nil then return { { type = 'text', value = text } } end
  return self:path()
end

function Reader:number()
  return math.tointeger(tonumber(self:take('^%-?%d+') or ''))
end

--- An index, or a slice.
function Reader:slice()
  local from = self:number()
  if self:take('^:') then
    local to = self:number()
    return { type = 'slice', from = from, to = to, step = self:take('^:') and self:number() }
  end
  if not from then self:fail('invalid array index ' .. (self:take('^[^%]]*') or '')) end
  return { type = 'slice', index = from }
end

--- One entry within brackets: an index, a slice, a name in quotes, or a wildcard.
function Reader:entry()
  self:blanks()
  if self:take('^%*') then return { type = 'wildcard' } end
  if self:take('^%?%(') then return self:filter() end
  local inner = self:take("^'([^']*)'") or self:take('^"([^"]*)"')
  if not inner then return self:slice() end
  -- A name in quotes is read as what follows a dot: a dot within it leads further down.
  local reader = setmetatable(
    { text = '.' .. inner, at = 1, depth = self.depth, report = self.report }, Reader)
  local path = reader:path()
  if reader.at <= #reader.text then self:fail('invalid name ' .. inner) end
  return { type = 'union', paths = { path } }
end

function Reader:brackets()
  local entries = {}
  repeat
    entries[#entries + 1] = self:entry()
    self:blanks()
  until not self:take('^,')
  if not self:take('^%]') then self:fail('unterminated array') end
  if #entries == 1 then return entries[1] end
  local paths = {}
  for n, entry in ipairs(entries) do
    paths[n] = entry.type == 'union' and entry.paths[1] or { entry }
  end
  return { type = 'union', paths = paths }
end

--- What stands behind a dot, or two: a name, a wildcard or brackets.
function Reader:member()
  if self:take('^%*') then return { type = 'wildcard' } end
  local name = self:name()
  if name then return { type = 'field', name = name } end
  return self:take('^%[') and self:brackets() or nil
end

--- One step of a path, and the one behind it if that was read with it; nil where it ends.
function Reader:step()
  if self:take('^%.%.') then return { type = 'recursive' }, self:member() end
  if self:take('^%[') then return self:brackets() end
  if self:take('^%.') then return self:member() or { type = 'here' } end
end

--- Steps as far as they go; `@` and `$` stand for the value the path begins with.
function Reader:path()
  local path = {}
  if not self:take('^[@$]') then
    local name = self.text:find('^[%w_]', self.at) and self:name()
    if name then path[1] = { type = 'field', name = name } end
  end
  while true do
    local step, more = self:step()
    if not step then return path end
    if step.type ~= 'here' then path[#path + 1] = step end
    path[#path + 1] = more
  end
end

--- A range up to its `end`, after its word.
function Reader:range()
  self:blanks()
  local node = { type = 'range', path = self:path() }
  self:close()
  node.nodes = self:nodes(true)
  return node
end

--- What stands between braces, as nodes; tells whether it was an `end`.
function Reader:action(nodes)
  self:blanks()
  if self:take('^end%f[%W]') then
    self:close()
    return true
  end
  if self:take('^range%f[%W]') then
    nodes[#nodes + 1] = self:range()
    return false
  end
  while not self:take('^}') do
    local before, text = self.at, self:quoted()
    nodes[#nodes + 1] = { path = text and { { type = 'text', value = text } } or self:path() }
    if self.at == before then self:close() end
    self:blanks()
  end
  return false
end

function Reader:close()
  self:blanks()
  if self:take('^}') then return end
  local sign = self:take('^.')
  self:fail(sign and ('unrecognized character in action: %q'):format(sign) or 'unclosed action')
end

--- Nodes to the end of the text, or to the `end` of a range.
function Reader:nodes(is_inner)
  self.depth = self.depth + 1
  if self.depth > 50 then self:fail('ranges nest too deeply') end
  local nodes = {}
  while self.at <= #self.text do
    local plain = self:take('^[^{]+')
    if plain then nodes[#nodes + 1] = { path = { { type = 'text', value = plain } } } end
    if self:take('^{') and self:action(nodes) then
      if not is_inner then self:fail('not in range, nothing to end') end
      self.depth = self.depth - 1
      return nodes
    end
  end
  if is_inner then self:fail('unterminated range') end
  return nodes
end

---@param text string
---@param report fun(message: string) raises
---@return table[] nodes
return function(text, report)
  if #text > LENGTH_MAX then report('the template is longer than 64 KiB') end
  if not text:find('{', 1, true) and text:find('^[%.%[@$]') then text = '{' .. text .. '}' end
  return setmetatable({ text = text, at = 1, depth = 0, report = report }, Reader):nodes(false)
end
