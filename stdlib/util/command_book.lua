--- A script in the making: its lines, and variables for what only the cloud gives out, ids of
--- principals and versions of keys.

local shell = require('util.shell')

local Book = {}
Book.__index = Book

--- An empty book.
---@return table
function Book.new()
  return setmetatable({ lines = {}, known = {}, taken = {}, needs = {}, needed = {} }, Book)
end

--- A name for a variable that no other one has.
function Book:variable(text)
  local base = text:gsub('[^%w]', '_'):gsub('^(%d)', '_%1')
  local name, n = base, 1
  while self.taken[name] do
    n = n + 1
    name = base .. '_' .. n
  end
  self.taken[name] = true
  return name
end

function Book:add(line) self.lines[#self.lines + 1] = line end

--- Lets a variable stand for a text from now on.
function Book:know(text, variable) self.known[#self.known + 1] = { text, variable } end

function Book:is_known(text)
  for _, pair in ipairs(self.known) do
    if pair[1] == text then return true end
  end
  return false
end

--- A variable whose value whoever runs the script brings along.
function Book:need(name, what)
  if not self.needed[name] then
    self.needs[#self.needs + 1] = (': "${%s:?%s}"'):format(name, what)
    self.needed[name] = true
  end
  return shell.var(name)
end

local function escaped(text) return (text:gsub('[\\$"`]', '\\%0')) end

local function first_of(text, known, from)
  local best
  for _, pair in ipairs(known) do
    local start, stop = text:find(pair[1], from, true)
    if start and (not best or start < best.start
      or start == best.start and stop > best.stop) then
      best = { start = start, stop = stop, variable = pair[2] }
    end
  end
  return best
end

--- A text as a word, with variables for the parts that the cloud gives out.
function Book:word(text)
  local parts, from = {}, 1
  while true do
    local found = first_of(text, self.known, from)
    if not found then break end
    parts[#parts + 1] = escaped(text:sub(from, found.start - 1)) .. '${' .. found.variable .. '}'
    from = found.stop + 1
  end
  if #parts == 0 then return text end
  return shell.text('"' .. table.concat(parts) .. escaped(text:sub(from)) .. '"')
end

--- Looks up what is not known yet: the subscription, and keys and principals of before.
function Book:look_up(text)
  local subscription = text:match('^/subscriptions/([%x-]+)')
  if subscription and not self:is_known(subscription) and not self.subscription then
    self.subscription = self:variable('subscription')
    self:know(subscription, self.subscription)
    self:add(shell.capture(self.subscription, {
      'az account show', '--query', 'id', '--output', 'tsv' }))
  end
  local vault, key = text:match('^https://([%w-]+)%.vault%.azure%.net/keys/([%w-]+)/%x+$')
  if vault and not self:is_known(text) then
    local variable = self:variable(key .. '_kid')
    self:know(text, variable)
    self:add(shell.capture(variable, { 'az keyvault key show', '--vault-name', vault, '--name', key,
      '--query', 'key.kid', '--output', 'tsv' }))
  end
end

function Book:principal(handle)
  if not self:is_known(handle.principal_id) and handle.kind == 'identity' then
    local variable = self:variable(handle.name .. '_principal_id')
    self:know(handle.principal_id, variable)
    self:add(shell.capture(variable, { 'az identity show', '--name', handle.name,
      '--resource-group', handle.resource_group, '--query', 'principalId', '--output', 'tsv' }))
  end
  return handle.principal_id
end

--- Shell text that looks up the id of a vault.
---@param name string
---@return string
function Book.vault_id(name)
  return ('$(az keyvault show --name %s --query id --output tsv)'):format(shell.quoted(name))
end

--- What of a handle a flag wants.
function Book:named(handle, flag)
  if flag == '--vault-name' then return handle.name end
  if flag:find('object%-id') or flag:find('assignee') then return self:principal(handle) end
  if handle.kind == 'key' and flag == '--scope' then
    return shell.text('"' .. Book.vault_id(handle.vault) .. '/keys/' .. handle.name .. '"')
  end
  return handle.kid or handle.id or handle.name
end

--- Whether a value names what a handle stands for.
function Book.is_handle(value) return type(value) == 'table' and value.kind ~= nil end

--- Members as `name=value`, in order.
function Book.pairs_of(members)
  local list = {}
  for name, text in pairs(members) do list[#list + 1] = ('%s=%s'):format(name, text) end
  table.sort(list)
  return list
end

--- Puts the words of one option's value after those of a command.
function Book:append(words, flag, value)
  if Book.is_handle(value) then value = self:named(value, flag) end
  local values = { value }
  if type(value) == 'table' and getmetatable(value) == nil then
    values = #value > 0 and value or Book.pairs_of(value)
  end
  words[#words + 1] = flag
  for _, item in ipairs(values) do
    if type(item) == 'string' then
      self:look_up(item)
      item = self:word(item)
    elseif type(item) ~= 'table' then
      item = tostring(item)
    end
    words[#words + 1] = item
  end
end

--- The words for the options of a call. Flags of `az aks` that switch something take no value.
function Book:flags(words, call, skipped)
  local is_aks = words[1]:find('^az aks') ~= nil
  for _, option in ipairs(call.options) do
    local flag, value = option.flag, option.value
    if flag and flag:find('^%-%-') and flag ~= '--yes' and not (skipped or {})[option.name] then
      if is_aks and type(value) == 'boolean' then
        if value then words[#words + 1] = flag end
      else
        self:append(words, flag, value)
      end
    end
  end
  return words
end

--- The words that name what a method is called on.
function Book:receiver(words, handle, flag)
  if handle.kind == 'key' then
    self:append(words, '--vault-name', handle.vault)
    self:append(words, '--name', handle.name)
  else
    self:append(words, flag or '--name', handle.name)
    if handle.resource_group and handle.kind ~= 'vault' then
      self:append(words, '--resource-group', handle.resource_group)
    end
  end
  return words
end

--- Runs a command and keeps the version of the key that it makes.
function Book:key_made(words, call)
  local key = call.result
  if not (Book.is_handle(key) and key.kid) then return self:add(shell.line(words)) end
  local variable = self:variable(key.name .. '_kid')
  for _, word in ipairs{ '--query', 'key.kid', '--output', 'tsv' } do words[#words + 1] = word end
  self:add(shell.capture(variable, words))
  self:know(key.kid, variable)
end

--- The name of the Secret that a line of kubectl makes; nil of another line.
local function name_of_secret(words)
  for n, known in ipairs(words) do
    if known == 'secret' and type(words[n + 2]) == 'string' then return words[n + 2] end
  end
end

--- A word of a line that was typed; of a secret value there is only what it is called.
function Book:typed(word, words)
  if type(word) == 'string' then
    self:look_up(word)
    return self:word(word)
  end
  local name = name_of_secret(words)
  local variable = ((name and name .. '_' or '') .. word.key):gsub('[^%w]', '_')
    :gsub('^([%d_])', '_%1')
  self:need(variable, 'value of ' .. word.key .. (name and ' of Secret ' .. name or ''))
  local key = word.has_key and shell.quoted(word.key) .. '=' or ''
  return shell.text(('%s%s"$%s"'):format(word.flag and word.flag .. '=' or '', key, variable))
end

return Book
