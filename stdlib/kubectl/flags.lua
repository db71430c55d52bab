--- Reads the flags of a command line as kubectl does: long and short, anywhere among the words.
---
--- A command's flags are `{ name = kind }`; a kind is `text`, `flag` or `list`, and `text=WORD` is
--- a text that may stand without a value and then is WORD.

local M = {}

--- Flags that every command takes.
local GLOBAL = {
  namespace = 'text', context = 'text', cluster = 'text', kubeconfig = 'text', user = 'text',
  server = 'text', token = 'text', ['request-timeout'] = 'text', v = 'text', as = 'text',
  ['as-group'] = 'list', ['as-uid'] = 'text', ['cache-dir'] = 'text',
  ['certificate-authority'] = 'text', ['client-certificate'] = 'text', ['client-key'] = 'text',
  ['insecure-skip-tls-verify'] = 'flag', ['tls-server-name'] = 'text',
  ['match-server-version'] = 'flag', ['warnings-as-errors'] = 'flag',
  ['disable-compression'] = 'flag', help = 'flag',
}

local SHORT = {
  n = 'namespace', s = 'server', v = 'v', h = 'help', o = 'output', f = 'filename',
  l = 'selector', A = 'all-namespaces', L = 'label-columns', w = 'watch', R = 'recursive',
}

local function fail(message, command)
  error({
    code = 'kubectl.usage',
    message = ("%s\nSee '%s --help' for usage."):format(message, command),
  }, 0)
end

local Reader = {}
Reader.__index = Reader

function Reader:kind(name) return self.known[name] or GLOBAL[name] end

local TRUTH = {
  ['true'] = true, ['1'] = true, t = true, ['false'] = false, ['0'] = false, f = false,
}

function Reader:set(name, text, shown)
  local kind = self:kind(name)
  if kind == 'flag' then
    if TRUTH[text] == nil then
      fail(('invalid argument "%s" for "%s" flag: strconv.ParseBool: parsing "%s": invalid syntax')
        :format(text, shown, text), self.command)
    end
    self.flags[name] = TRUTH[text]
  elseif kind == 'list' then
    self.flags[name] = self.flags[name] or {}
    table.insert(self.flags[name], text)
  else
    self.flags[name] = text
  end
end

--- The value of a flag: after its equals sign, the next word, or what it is without one.
function Reader:value(name, given, shown)
  if given then return given end
  local kind = self:kind(name)
  if kind == 'flag' then return 'true' end
  local bare = kind:match('^text=(.*)$')
  if bare then return bare end
  self.place = self.place + 1
  return self.words[self.place] or fail('flag needs an argument: ' .. shown, self.command)
end

function Reader:long(word)
  local name, given = word:match('^%-%-([^=]+)=(.*)$')
  name = name or word:sub(3)
  if not self:kind(name) then fail('unknown flag: --' .. name, self.command) end
  self:set(name, self:value(name, given, '--' .. name), '--' .. name)
end

--- One word of short flags: flags may follow one another, and a text is the rest of the word.
function Reader:short(word)
  local letters = word:sub(2)
  while letters ~= '' do
    local letter, rest = letters:sub(1, 1), letters:sub(2)
    local name = SHORT[letter]
    local kind = name and self:kind(name)
    if not kind then
      fail(("unknown shorthand flag: '%s' in %s"):format(letter, word), self.command)
    end
    local shown = ("'%s' in %s"):format(letter, word)
    if kind == 'flag' and rest:sub(1, 1) ~= '=' then
      self.flags[name] = true
      letters = rest
    else
      local given = rest ~= '' and rest:gsub('^=', '') or nil
      self:set(name, self:value(name, given, shown), '-' .. letter)
      letters = ''
    end
  end
end

--- Splits words into flags and the rest.
---@param words string[]
---@param known table<string, string>
---@param command string for what is said of wrong ones
---@return table<string, any> flags, string[] rest
---@raise `kubectl.usage`
function M.read(words, known, command)
  local reader = setmetatable(
    { words = words, known = known, command = command, place = 1, flags = {} }, Reader)
  local rest = {}
  while reader.place <= #words do
    local word = words[reader.place]
    if word == '--' then
      table.move(words, reader.place + 1, #words, #rest + 1, rest)
      break
    elseif word:find('^%-%-') then
      reader:long(word)
    elseif word:find('^%-.') then
      reader:short(word)
    else
      rest[#rest + 1] = word
    end
    reader.place = reader.place + 1
  end
  return reader.flags, rest
end

--- Splits off what stands before a command: global flags.
---@param words string[]
---@return string[] before, string? command, string[] after
function M.split(words)
  local place = 1
  while words[place] and words[place]:find('^%-.') do
    local word = words[place]
    local name = word:match('^%-%-([^=]+)$') or SHORT[word:match('^%-(%a)$') or '']
    local kind = name and GLOBAL[name]
    place = place + (kind and kind ~= 'flag' and 2 or 1)
  end
  return table.move(words, 1, place - 1, 1, {}), words[place],
    table.move(words, place + 1, #words, 1, {})
end

return M
