--- `az monitor diagnostic-settings`: whether a vault keeps its audit log.

local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')
local files, values = require('az.cli.files'), require('util.jmespath.values')

local function resource_flags()
  return flags.all(
    flags.text('--resource', { required = true, is_local = true, help =
      'Name or ID of the target resource.' }),
    flags.group{ is_local = true },
    flags.text('--resource-type', { is_local = true, help = 'Target resource type.' }),
    flags.ignored('text', 'resource-namespace resource-parent'))
end

--- The vault that is meant, by its ARM id or its name.
local function vault_of(given)
  local kind, name = given.resource:match('/providers/([^/]+/[^/]+)/([^/]+)$')
  if kind and kind:lower() ~= 'microsoft.keyvault/vaults' then
    failures.client('kmsh models diagnostic settings of key vaults, not of ' .. kind)
  end
  return calls.to('vault.get', kind and given.resource or name or given.resource)
end

local OFF = { days = 0, enabled = false }

local function category(one, member)
  local made = {
    category = one.category or values.null, enabled = one.enabled or false,
    retentionPolicy = one.retentionPolicy or OFF,
  }
  if member == '--logs' then made.categoryGroup = one.categoryGroup or values.null end
  if member == '--metrics' then made.timeGrain = values.null end
  return made
end

--- The categories of logs or metrics that JSON text names.
local function categories(text, member)
  if not text then return values.array() end
  local ok, read = pcall(require('json').decode, files.json_text(text))
  if not ok or values.type_of(read) ~= 'array' then
    failures.client(('Failed to parse %s: it is a JSON array of categories.'):format(member))
  end
  local made = values.array()
  for n, one in ipairs(read) do made[n] = category(one, member) end
  return made
end

local function setting(vault_now, name, parts)
  local null = values.null
  return {
    eventHubAuthorizationRuleId = null, eventHubName = null,
    id = ('%s/providers/microsoft.insights/diagnosticSettings/%s'):format(vault_now.id, name),
    logAnalyticsDestinationType = null, logs = parts.logs, marketplacePartnerId = null,
    metrics = parts.metrics, name = name, resourceGroup = vault_now.resource_group,
    serviceBusRuleId = null, storageAccountId = parts.storage or null,
    type = 'Microsoft.Insights/diagnosticSettings', workspaceId = parts.workspace or null,
  }
end

local function is_logging(logs)
  for _, one in ipairs(logs) do
    if one.enabled then return true end
  end
  return false
end

local function check_create(given)
  if not (given.storage_account or given.workspace or given.event_hub) then
    failures.client('usage error: --storage-account NAME_OR_ID | --workspace NAME_OR_ID | '
      .. '--event-hub NAME_OR_ID')
  end
end

--- The call that switches the setting on, or off when no category is.
local function switching(given, logs)
  if not is_logging(logs) then return vault_of(given):to('diagnostics', false) end
  return vault_of(given):to('diagnostics', true, {
    name = given.name, storage_account = given.storage_account, workspace = given.workspace,
  })
end

local function create(given)
  local parts = {
    logs = categories(given.logs, '--logs'), metrics = categories(given.metrics, '--metrics'),
    storage = given.storage_account, workspace = given.workspace,
  }
  local vault_now = vault_of(given):make()
  switching(given, parts.logs):make()
  return setting(vault_now, given.name, parts)
end

--- The one setting that a vault can have; one that was switched on from Lua need have no name.
local function settings(vault_now)
  local shown = values.array()
  if vault_now:diagnostics() then
    local given = vault_now.diagnostic_setting or {}
    shown[1] = setting(vault_now, given.name or 'service', {
      logs = categories('[{"category":"AuditEvent","enabled":true}]', '--logs'),
      metrics = values.array(), storage = given.storage_account, workspace = given.workspace,
    })
  end
  return shown
end

local function find(vault_now, name)
  local one = settings(vault_now)[1]
  if one and one.name:lower() == name:lower() then return one end
  error({
    code = 'diagnostic_setting.not_found', status = 404, azure_code = 'ResourceNotFound',
    message = ("The diagnostic setting '%s' doesn't exist."):format(name),
  }, 0)
end

local diagnostic_settings = {
  help = 'Manage service diagnostic settings.',
  commands = {
    create = {
      help = 'Create diagnostic settings for the specified resource.',
      flags = flags.all(flags.name('The name of the diagnostic setting.'), resource_flags(),
        flags.text('--logs', { help = 'JSON encoded list of logs settings.', is_local = true }),
        flags.text('--metrics', { help = 'JSON encoded list of metric settings.',
          is_local = true }),
        flags.text('--storage-account', { help = 'Name or ID of the storage account.',
          is_local = true }),
        flags.text('--workspace', { help = 'Name or ID of the Log Analytics workspace.',
          is_local = true }),
        flags.text('--event-hub', { help = 'Name or ID of an event hub.', is_local = true }),
        flags.ignored('text', 'event-hub-rule export-to-resource-specific marketplace-partner-id')),
      check = check_create,
      calls = function(given)
        return { switching(given, categories(given.logs, '--logs')) }
      end,
      run = create,
    },
    list = {
      help = 'Gets the active diagnostic settings list for the specified resource.',
      flags = resource_flags(),
      calls = function(given) return { vault_of(given):to('diagnostics') } end,
      run = function(given) return settings(vault_of(given):make()) end,
    },
    show = {
      help = 'Gets the active diagnostic settings for the specified resource.',
      flags = flags.all(flags.name('The name of the diagnostic setting.'), resource_flags()),
      calls = function(given) return { vault_of(given):to('diagnostics') } end,
      run = function(given) return find(vault_of(given):make(), given.name) end,
    },
    delete = {
      help = 'Deletes existing diagnostic settings for the specified resource.',
      flags = flags.all(flags.name('The name of the diagnostic setting.'), resource_flags()),
      call = function(given) return vault_of(given):to('diagnostics', false) end,
      shape = function() return nil end,
    },
  },
}

--- The rows of an answer, all values as texts.
local function answered(rows)
  local made = values.array()
  for n, row in ipairs(rows) do
    made[n] = { TableName = 'PrimaryResult' }
    for name, value in pairs(row) do made[n][name] = tostring(value) end
  end
  return made
end

--- Seconds of a duration of days, hours and minutes; nil of another text.
local function seconds_of(duration)
  local days, rest = duration:match('^P(%d*)D?(.*)$')
  local hours, minutes = (rest or ''):match('^T?(%d*)H?(%d*)M?$')
  if not days or not hours then return nil end
  return (tonumber(days) or 0) * 86400 + (tonumber(hours) or 0) * 3600
    + (tonumber(minutes) or 0) * 60
end

--- Where a time span begins: `P1D`, `TIME/TIME` or `TIME/P1D`.
local function start_of(timespan)
  if not timespan then return nil end
  local start = timespan:match('^(.-)/') or timespan
  local length = seconds_of(start)
  if not length then return start end
  local now = require('util.times').seconds(require('clock').now())
  return os.date('!%Y-%m-%dT%H:%M:%SZ', now - length)
end

local log_analytics = {
  help = 'Manage Azure log analytics.',
  commands = {
    query = {
      help = 'Query a Log Analytics workspace: the log of every vault that keeps one.',
      flags = flags.all(
        flags.text('--workspace', '-w', { required = true, is_local = true, help =
          'GUID of the Log Analytics Workspace.' }),
        flags.text('--analytics-query', { required = true, is_local = true, help =
          'Query to execute over Log Analytics data.' }),
        flags.text('--timespan', '-t', { is_local = true, help =
          'Timespan over which to query. Defaults to querying all available data.' }),
        flags.ignored('text', 'workspaces')),
      calls = function() return { calls.to('audit.each', {}) } end,
      run = function(given)
        local rows = require('az.log_query').run(given.analytics_query, start_of(given.timespan))
        return answered(rows)
      end,
    },
  },
}

return {
  help = 'Manage the Azure Monitor Service.',
  commands = {
    ['diagnostic-settings'] = diagnostic_settings, ['log-analytics'] = log_analytics,
  },
}
