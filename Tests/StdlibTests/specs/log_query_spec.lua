--- `az monitor log-analytics query`: the audit log as a table that is asked for.

local t = require('harness')
local it, same = t.it, t.same
local az, json = require('az'), require('json')

local function ask(query, ...)
  local out, err = {}, {}
  local status = az.main({ 'monitor', 'log-analytics', 'query', '--workspace', 'guid',
    '--analytics-query', query, ... }, {
    out = function(text) out[#out + 1] = text end, err = function(text) err[#err + 1] = text end,
  })
  return table.concat(out), status, table.concat(err)
end

--- The values of an answer's rows in the order of some columns.
local function values(query, columns, ...)
  local text, status, problem = ask(query, ...)
  if status ~= 0 then error(problem, 2) end
  local lines = {}
  for n, row in ipairs(json.decode(text)) do
    local parts = {}
    for name in columns:gmatch('%S+') do parts[#parts + 1] = row[name] or 'none' end
    lines[n] = table.concat(parts, ' ')
  end
  return table.concat(lines, '; ')
end

--- Two days of a log: a key made, used, asked for in vain, and used again.
local function world()
  clock.freeze('2025-01-01T00:00:00Z')
  local v = vault.create{ name = 'kv1', resource_group = 'rg' }
  v:diagnostics(true)
  local k = v:create_key{ name = 'a' }
  k:encrypt{ algorithm = 'RSA-OAEP', value = 'x' }
  pcall(key.get, { vault_name = 'kv1', name = 'zz' })
  clock.advance('P1D')
  k:encrypt{ algorithm = 'RSA-OAEP', value = 'x' }
  vault.create{ name = 'kv2', resource_group = 'rg' }:create_key{ name = 'unseen' }
end

for _, case in ipairs{
  { 'where Category == "AuditEvent" | where OperationName in ("KeyEncrypt", "KeyDecrypt") '
    .. '| summarize count() by OperationName, ResultSignature', 'KeyEncrypt OK 2' },
  { 'where (httpStatusCode_d >= 400 or OperationName has "KeyCreate") and not(Category == "x") '
    .. '| summarize count_ = count() by OperationName', 'KeyCreate none 1; KeyGet none 1' },
  { "where OperationName =~ 'keyget' or OperationName !in ('KeyGet', 'KeyEncrypt') "
    .. '| project OperationName', 'KeyCreate none none; KeyGet none none' },
  { 'where OperationName startswith "key" and OperationName !contains "crypt" and '
    .. 'OperationName endswith "E" | distinct OperationName', 'KeyCreate none none' },
  { 'where Resource !~ "kv1"', '' },
  { 'where id_s has "zz" | project OperationName', 'KeyGet none none' },
  { 'where httpStatusCode_d != 200 | project OperationName', 'KeyGet none none' },
  { 'distinct OperationName | order by OperationName desc | take 2',
    'KeyGet none none; KeyEncrypt none none' },
  { 'summarize count() by OperationName | sort by count_ asc // and so on\n| limit 1',
    'KeyCreate none 1' },
  { 'where TimeGenerated > datetime("2025-01-01T12:00:00Z") | summarize count()', 'none none 1' },
  { 'where TimeGenerated >= datetime(2025-01-02) | project ResultSignature', 'none OK none' },
} do
  it(case[1], function()
    world()
    same(values('AzureDiagnostics | ' .. case[1], 'OperationName ResultSignature count_'), case[2])
  end)
end

it('a row has the columns of the table, its values as texts', function()
  world()
  local row = json.decode((ask('AzureDiagnostics | where OperationName == "KeyGet"')))[1]
  same(row.TimeGenerated, '2025-01-01T00:00:00Z')
  same(row.Resource .. row.ResourceGroup .. row.ResourceProvider, 'KV1RGMICROSOFT.KEYVAULT')
  same(row.httpStatusCode_d, '404')
  same(row.identity_claim_oid_g, identity.signed_in().id)
  same(row.TableName, 'PrimaryResult')
end)

it('a time span leaves out what was before it', function()
  world()
  for span, count in pairs{
    P1D = '4', PT23H = '1', PT1H30M = '1', ['2025-01-01T12:00:00Z/2025-01-03T00:00:00Z'] = '1',
    ['P3D/2025-01-03T00:00:00Z'] = '4',
  } do
    same(values('AzureDiagnostics | count', 'Count', '--timespan', span), count)
  end
end)

for _, query in ipairs{
  '', 'Heartbeat | count', 'AzureDiagnostics count', 'AzureDiagnostics | join x',
  'AzureDiagnostics | where', 'AzureDiagnostics | where a', 'AzureDiagnostics | where a == b',
  'AzureDiagnostics | where (a == "b"', 'AzureDiagnostics | where a ?? "b"',
  'AzureDiagnostics | where a like "b"', 'AzureDiagnostics | where a in "b"',
  'AzureDiagnostics | where a == "b', 'AzureDiagnostics | summarize max(a)',
  'AzureDiagnostics | take many', 'AzureDiagnostics | order a', 'AzureDiagnostics | project',
  'AzureDiagnostics |', 'AzureDiagnostics | count | where a == datetime(', ('x'):rep(65537),
} do
  it(('%q is refused'):format(query:sub(1, 50)), function()
    world()
    local out, status, problem = ask(query)
    same(status, 1)
    same(out, '')
    assert(problem:find('BadArgumentError', 1, true), problem)
  end)
end

return t
