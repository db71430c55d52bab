--- Queries over a vault's audit log, in the part of the Kusto query language that such logs are
--- looked through with: `where`, `project`, `distinct`, `summarize`, `count`, `order by`, `take`.
---
--- ```lua
--- local rows = require('az.log_query').run('AzureDiagnostics | distinct OperationName')
--- ```
---
--- Source: Kusto query language, tabular operators and string operators; table AzureDiagnostics.

local failures = require('az.cli.failures')

local M = {}

-- Longest query, in bytes, and most rows of an answer.
local LENGTH_MAX, ROW_COUNT_MAX = 65536, 30000

local function refuse(message)
  failures.client('(BadArgumentError) The request had some invalid properties\n'
    .. 'Code: BadArgumentError\nMessage: The request had some invalid properties\n'
    .. 'Inner error: {\n    "code": "SyntaxError",\n    "message": "' .. message .. '"\n}',
    'kmsh reads where, project, distinct, summarize, count, order by and take')
end

-- MARK: Words

local PATTERNS = {
  { 'blank', '^%s+' }, { 'blank', '^//[^\n]*' }, { 'text', '^"[^"\n]*"' }, { 'text', "^'[^'\n]*'" },
  { 'number', '^%d+%.?%d*' }, { 'name', '^[%a_][%w_-]*' },
  { 'mark', '^[=!<>]=' }, { 'mark', '^[=!]~' }, { 'mark', '^!%a+' }, { 'mark', '^[=<>|(),.:-]' },
}

local function token(query, at)
  for _, pattern in ipairs(PATTERNS) do
    local found = query:match(pattern[2], at)
    if found then return { kind = pattern[1], text = found }, at + #found end
  end
  refuse(("Query could not be parsed at '%s'"):format(query:sub(at, at)))
end

local Query = {}
Query.__index = Query

local function tokens(query)
  local list, at = {}, 1
  while at <= #query do
    local found
    found, at = token(query, at)
    if found.kind ~= 'blank' then list[#list + 1] = found end
  end
  return list
end

function Query:peek() return (self.list[self.at] or {}).text end

function Query:next(kind)
  local found = self.list[self.at]
  if not found or kind and found.kind ~= kind then
    refuse(("Query could not be parsed at '%s'"):format(found and found.text or 'the end'))
  end
  self.at = self.at + 1
  return found.text, found.kind
end

function Query:take(text)
  if self:peek() ~= text then return false end
  self.at = self.at + 1
  return true
end

function Query:need(text)
  if not self:take(text) then
    refuse(("Query could not be parsed at '%s'"):format(self:peek() or 'the end'))
  end
end

--- Names, with commas between them.
function Query:names()
  local names = {}
  repeat names[#names + 1] = self:next('name') until not self:take(',')
  return names
end

-- MARK: Conditions

local function text_of(value) return value == nil and '' or tostring(value) end

local function has_word(text, word)
  return (' ' .. text:gsub('[^%w]+', ' ') .. ' '):find(' ' .. word .. ' ', 1, true) ~= nil
end

local COMPARE = {
  ['=='] = function(a, b) return a == b end, ['!='] = function(a, b) return a ~= b end,
  ['=~'] = function(a, b) return a:lower() == b:lower() end,
  ['!~'] = function(a, b) return a:lower() ~= b:lower() end,
  ['<'] = function(a, b) return a < b end, ['<='] = function(a, b) return a <= b end,
  ['>'] = function(a, b) return a > b end, ['>='] = function(a, b) return a >= b end,
  contains = function(a, b) return a:lower():find(b:lower(), 1, true) ~= nil end,
  startswith = function(a, b) return a:lower():sub(1, #b) == b:lower() end,
  endswith = function(a, b) return b == '' or a:lower():sub(-#b) == b:lower() end,
  has = function(a, b) return has_word(a:lower(), b:lower()) end,
}
for _, name in ipairs{ 'contains', 'startswith', 'endswith', 'has' } do
  local compare = COMPARE[name]
  COMPARE['!' .. name] = function(a, b) return not compare(a, b) end
end

--- A literal, such as `"text"`, `403` or `datetime(2025-01-01)`.
function Query:literal()
  local text, kind = self:next()
  if kind == 'text' then return text:sub(2, -2) end
  if kind == 'number' then return tonumber(text) end
  if text ~= 'datetime' then refuse(("Query could not be parsed at '%s'"):format(text)) end
  self:need('(')
  local parts = {}
  while self:peek() ~= ')' do parts[#parts + 1] = self:next() end
  self:need(')')
  return (table.concat(parts):gsub('["\']', ''))
end

--- Two values of one kind: numbers if both are, else texts.
local function fitting(a, b)
  local first, second = tonumber(a), type(b) == 'number' and b
  if first and second then return first, second end
  return text_of(a), text_of(b)
end

function Query:one_of(column)
  local wanted = {}
  self:need('(')
  repeat wanted[text_of(self:literal())] = true until not self:take(',')
  self:need(')')
  return function(row) return wanted[text_of(row[column])] == true end
end

function Query:comparison()
  if self:take('not') or self:peek() == '(' then
    local is_negated = self.list[self.at - 1].text == 'not'
    self:need('(')
    local inner = self:either()
    self:need(')')
    return is_negated and function(row) return not inner(row) end or inner
  end
  local column, operator = self:next('name'), self:next()
  if operator == 'in' then return self:one_of(column) end
  if operator == '!in' then
    local inner = self:one_of(column)
    return function(row) return not inner(row) end
  end
  local compare = COMPARE[operator]
    or refuse(("Query could not be parsed at '%s'"):format(operator))
  local value = self:literal()
  return function(row) return compare(fitting(row[column], value)) end
end

function Query:both()
  local condition = self:comparison()
  while self:take('and') do
    local first, second = condition, self:comparison()
    condition = function(row) return first(row) and second(row) end
  end
  return condition
end

function Query:either()
  local condition = self:both()
  while self:take('or') do
    local first, second = condition, self:both()
    condition = function(row) return first(row) or second(row) end
  end
  return condition
end

-- MARK: Operators

local function picked(rows, names)
  local made = {}
  for n, row in ipairs(rows) do
    made[n] = {}
    for _, name in ipairs(names) do made[n][name] = row[name] or '' end
  end
  return made
end

--- Rows by what they have in some columns, in the order of the first of each.
local function grouped(rows, names)
  local groups, by_key = {}, {}
  for _, row in ipairs(rows) do
    local parts = {}
    for n, name in ipairs(names) do parts[n] = text_of(row[name]) end
    local key = table.concat(parts, '\0')
    if not by_key[key] then
      by_key[key] = { row = picked({ row }, names)[1], count = 0 }
      groups[#groups + 1] = by_key[key]
    end
    by_key[key].count = by_key[key].count + 1
  end
  return groups
end

local OPERATORS = {}

function OPERATORS.where(query, rows)
  local condition, kept = query:either(), {}
  for _, row in ipairs(rows) do
    if condition(row) then kept[#kept + 1] = row end
  end
  return kept
end

function OPERATORS.project(query, rows) return picked(rows, query:names()) end

function OPERATORS.distinct(query, rows)
  local made = {}
  for n, group in ipairs(grouped(rows, query:names())) do made[n] = group.row end
  return made
end

function OPERATORS.summarize(query, rows)
  local name = query:next('name')
  if query:take('=') then query:need('count') else name = name == 'count' and 'count_' end
  if not name then refuse('Only count() is summarized') end
  query:need('(')
  query:need(')')
  if not query:take('by') then return { { [name] = #rows } } end
  local made = {}
  for n, group in ipairs(grouped(rows, query:names())) do
    made[n] = group.row
    made[n][name] = group.count
  end
  return made
end

function OPERATORS.count(_, rows) return { { Count = #rows } } end

function OPERATORS.take(query, rows)
  local count = math.tointeger(tonumber((query:next('number')))) or 0
  return table.move(rows, 1, math.min(count, #rows), 1, {})
end
OPERATORS.limit = OPERATORS.take

function OPERATORS.order(query, rows)
  query:need('by')
  local name, sorted = query:next('name'), table.move(rows, 1, #rows, 1, {})
  local is_ascending = query:take('asc') or not query:take('desc') and false
  local places = {}
  for n, row in ipairs(rows) do places[row] = n end
  table.sort(sorted, function(one, other)
    local a, b = one[name] or '', other[name] or ''
    if type(a) ~= type(b) then a, b = text_of(a), text_of(b) end
    if a == b then return places[one] < places[other] end
    if is_ascending then return a < b end
    return a > b
  end)
  return sorted
end
OPERATORS.sort = OPERATORS.order

-- MARK: The table

local CLAIMS = 'http://schemas.microsoft.com/identity/claims/'

--- A row of the audit log as the table has it.
local function logged(row)
  local subscription, group, name = row.resourceId:match(
    '^/SUBSCRIPTIONS/([^/]+)/RESOURCEGROUPS/([^/]+)/.*/([^/]+)$')
  local claim = row.identity and row.identity.claim or {}
  return {
    TimeGenerated = row.time:gsub('%.0+Z$', 'Z'), ResourceId = row.resourceId,
    Category = row.category,
    ResourceGroup = group, SubscriptionId = subscription and subscription:lower(),
    ResourceProvider = 'MICROSOFT.KEYVAULT', Resource = name, ResourceType = 'VAULTS',
    OperationName = row.operationName, OperationVersion = row.operationVersion,
    ResultType = row.resultType, ResultSignature = row.resultSignature,
    ResultDescription = row.resultDescription, DurationMs = row.durationMs,
    CallerIPAddress = row.callerIpAddress, CorrelationId = row.correlationId,
    id_s = row.properties.id, requestUri_s = row.properties.requestUri,
    clientInfo_s = row.properties.clientInfo, httpStatusCode_d = row.properties.httpStatusCode,
    identity_claim_appid_g = claim.appid,
    identity_claim_oid_g = claim[CLAIMS .. 'objectidentifier'], Type = 'AzureDiagnostics',
  }
end

local function each_row(since)
  local rows = {}
  for row in require('audit').each{ since = since } do
    rows[#rows + 1] = logged(row)
    if #rows > ROW_COUNT_MAX * 10 then refuse('The log is too long for one query') end
  end
  return rows
end

--- Runs a query.
---@param text string
---@param since? string RFC 3339; rows before are left out
---@return table[] rows each with its columns
---@raise `az.refused`
function M.run(text, since)
  if #text > LENGTH_MAX then refuse('The query is too long') end
  local query = setmetatable({ list = tokens(text), at = 1 }, Query)
  local name = query:next('name')
  if name ~= 'AzureDiagnostics' then
    refuse(("'where' operator: Failed to resolve table or column expression named '%s'"):format(
      name))
  end
  local rows = each_row(since)
  while query:peek() do
    query:need('|')
    local operator = query:next('name')
    local run = OPERATORS[operator]
      or refuse(("Query could not be parsed at '%s'"):format(operator))
    rows = run(query, rows)
  end
  return table.move(rows, 1, math.min(#rows, ROW_COUNT_MAX), 1, {})
end

return M
