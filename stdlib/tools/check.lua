--- Looks for mistakes in Lua without running it: what does not load, names that nobody gives a
--- value, and options, methods and fields that a call of kmsh does not have.
---
--- ```lua
--- local check = require('tools.check')
--- for _, finding in ipairs(check.run('valt.create{}', 'a.lua', api)) do print(finding.message) end
--- ```
---
--- It says nothing where it does not know: of a table that is filled elsewhere, a name that is
--- computed, or an object that came from somewhere unseen.

local nearest = require('util.nearest')
local parser = require('util.lua_parser')
local scopes = require('tools.scopes')

local M = {}

---@class Api what kmsh offers, as the host tells it
---@field functions table<string, ApiFunction> by full name, such as `vault.create` and
---  `vault:update`
---@field modules table<string, table<string, true>> the names in each module
---@field classes table<string, table<string, true>> the names on objects of each class

---@class ApiFunction
---@field options? table<string, boolean> those of its one table, true when it must be given
---@field argument_options? table<string, boolean> those of a table among its arguments
---@field parameters string its arguments, a table of options in braces
---@field returns string

---@class CheckFinding
---@field line integer
---@field column integer
---@field code string
---@field message string
---@field hint? string

local LIBRARIES = 'string table math os io utf8 coroutine debug package'
local TEST_GLOBALS = { 'describe', 'it', 'before_each', 'after_each', 'pending' }

local Checker = {}
Checker.__index = Checker

local function sorted(names)
  local list = {}
  for name in pairs(names) do
    if type(name) == 'string' then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

function Checker:find(node, code, message, given, names)
  local before = self.source:sub(1, node.first - 1)
  local name = given and nearest.name(given, names)
  self.findings[#self.findings + 1] = {
    line = node.line, column = #before:match('[^\n]*$') + 1, code = code, message = message,
    hint = name and ("did you mean '%s'?"):format(name) or nil,
  }
end

--- A member of something whose members are known.
function Checker:check_member(owner, node, names, kind)
  if not node.name or names[node.name] then return end
  self:find(node.key or node, 'member.unknown', ("%s has no %s '%s'"):format(
    owner, kind, node.name), node.name, sorted(names))
end

--- The names that a table gives values to, and whether that is all that it holds.
local function given_in(table_node)
  local given, is_whole = {}, true
  for _, field in ipairs(table_node and table_node.fields or {}) do
    local name = field.kind == 'named' and field.key.name
      or field.kind == 'keyed' and field.key.tag == 'String' and field.key.value
    if name then
      given[#given + 1], given[name] = { name = name, node = field.key }, true
    else
      is_whole = false
    end
  end
  return given, is_whole
end

local function missing_in(given, options)
  local missing = {}
  for _, option in ipairs(sorted(options)) do
    if options[option] and not given[option] then missing[#missing + 1] = option end
  end
  return missing
end

--- Names that a table gives values to, against those of options; returns what `given_in` does.
function Checker:check_names(table_node, name, options)
  local given, is_whole = given_in(table_node)
  for _, option in ipairs(given) do
    if options[option.name] == nil then
      local message = ("%s has no option '%s'"):format(name, option.name)
      self:find(option.node, 'option.unknown', message, option.name, sorted(options))
    end
  end
  return given, is_whole
end

--- Tables that stand where one of options may.
function Checker:check_arguments(node, name, description)
  local n = 0
  for parameter in description.parameters:gsub('%b{}', '{}'):gmatch('[^,]+') do
    n = n + 1
    local argument = node.arguments[n]
    if argument and argument.tag == 'Table' and parameter:find('{', 1, true) then
      self:check_names(argument, name, description.argument_options)
    end
  end
end

--- The options of a table, against those that the call takes.
function Checker:check_options(node, name, options)
  local table_node = node.arguments[1]
  if #node.arguments > 1 or table_node and table_node.tag ~= 'Table' then return end
  local given, is_whole = self:check_names(table_node, name, options)
  local missing = is_whole and missing_in(given, options) or {}
  if #missing > 0 then
    self:find(node, 'option.missing', name .. ' needs ' .. table.concat(missing, ', '))
  end
end

--- All options of the methods of a name, none required; nil when one takes no options.
function Checker:options_of_any(method)
  local all
  for class in pairs(self.api.classes) do
    local description = self.api.functions[class .. ':' .. method]
    if description then
      if not description.options then return nil end
      all = all or {}
      for option in pairs(description.options) do all[option] = false end
    end
  end
  return all
end

function Checker:check_described(node, name, description)
  if description.options then
    self:check_options(node, name, description.options)
  elseif description.argument_options then
    self:check_arguments(node, name, description)
  end
end

function Checker:check_method(node)
  local name, class = node.method.name, scopes.class_of(self, node.object)
  if not class then
    local options = not self.defined[name] and self:options_of_any(name)
    if options then self:check_options(node, ':' .. name, options) end
    return
  end
  local full = class .. ':' .. name
  local description = self.api.functions[full]
  if description then
    self:check_described(node, full, description)
  else
    self:check_member('a ' .. class, { name = name, key = node.method }, self.api.classes[class],
      'method')
  end
end

--- The full name and description of the function that a call names, if it is one of kmsh.
function Checker:described(node)
  if node.tag == 'Name' then
    local module = scopes.module_of(self, node)
    -- A procedure, or a module that is called itself.
    if module then return module, self.api.functions[module] end
  elseif node.tag == 'Index' and node.name then
    local module = scopes.module_of(self, node.object)
    local full = module and module .. '.' .. node.name
    return full, full and self.api.functions[full]
  end
end

function Checker:check_call(node)
  if node.method then return self:check_method(node) end
  local name, description = self:described(node.object)
  if description then self:check_described(node, name, description) end
end

function Checker:check_index(node)
  local module = scopes.module_of(self, node.object)
  if module then return self:check_member(module, node, self.api.modules[module], 'member') end
  local class = scopes.class_of(self, node.object)
  if class then self:check_member('a ' .. class, node, self.api.classes[class], 'field') end
end

--- Names that are read and given a value nowhere.
function Checker:check_globals()
  local known = {}
  for name in pairs(_G) do known[name] = true end
  for name in pairs(self.assigned) do known[name] = true end
  for _, name in ipairs{ 'arg', '_', '_ENV' } do known[name] = true end
  for names in self.source:gmatch('%-%- kmsh: globals ([^\n]+)') do
    for name in names:gmatch('[%a_][%w_]*') do known[name] = true end
  end
  if self.path:find('_test%.lua$') then
    for _, name in ipairs(TEST_GLOBALS) do known[name] = true end
  end
  local names = sorted(known)
  for _, node in ipairs(self.reads) do
    if not known[node.name] then
      self:find(node, 'global.unknown', ("nothing is called '%s'"):format(node.name), node.name,
        names)
    end
  end
end

local function set_of(library)
  local names = {}
  for name in pairs(library) do names[name] = true end
  return names
end

--- Options as a procedure declares them, by name: whether one must be given.
local function required(declared)
  local options = {}
  for _, option in ipairs(declared) do options[option.name] = option.required == true end
  return options
end

--- Adds what the standard libraries and the documented procedures have, as they are here.
local function completed(api, source)
  for library in LIBRARIES:gmatch('%a+%d*') do
    if type(_G[library]) == 'table' then
      api.modules[library] = set_of(_G[library])
    end
  end
  if not source:find('kms', 1, true) then return api end
  local kms = require('kms')
  api.modules.kms = set_of(getmetatable(kms).names)
  for name in pairs(getmetatable(kms).names) do
    local procedure, full = kms[name], 'kms.' .. name
    local help = type(procedure) == 'table' and procedure.help
    if help and help.options then
      local described = { options = required(help.options), returns = 'table' }
      api.modules[full] = set_of(procedure)
      api.functions[full], api.functions[full .. '.run'] = described, described
      api.functions[full .. '.plan'] = described
    end
  end
  return api
end

--- Names under which a source defines methods of its own.
local function defined_in(source)
  local names = {}
  for name in source:gmatch('function%s+[%w_%.]*[%.:]([%a_][%w_]*)%s*%(') do names[name] = true end
  for name in source:gmatch('([%a_][%w_]*)%s*=%s*function') do names[name] = true end
  return names
end

--- The findings in a source, in the order of their places.
---@param source string
---@param path string
---@param api Api
---@return CheckFinding[]
function M.run(source, path, api)
  local text = source:gsub('^#', '--', 1)
  local chunk, problem = load(text, '@' .. path, 't')
  if not chunk then
    local line, message = problem:match(':(%d+): (.*)$')
    return { {
      line = tonumber(line) or 1, column = 1, code = 'lua.syntax', message = message or problem,
    } }
  end
  local checker = setmetatable({
    source = source, path = path, api = completed(api, source), findings = {}, reads = {},
    assigned = {}, defined = defined_in(source), types = {},
  }, Checker)
  scopes.walk(checker, parser.parse(source))
  checker:check_globals()
  table.sort(checker.findings, function(a, b)
    if a.line ~= b.line then return a.line < b.line end
    return a.column < b.column
  end)
  return checker.findings
end

return M
