--- `az role`: definitions of roles, and who has which.

local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')
local values = require('util.jmespath.values')

local function subscription_scope()
  for _, one in ipairs(require('workspace').subscriptions()) do
    if one.is_default then return '/subscriptions/' .. one.id end
  end
end

local function scope_of(given)
  if given.scope then return given.scope end
  local scope = subscription_scope()
  return given.resource_group and ('%s/resourceGroups/%s'):format(scope, given.resource_group)
    or scope
end

local function has_id(one, field, wanted)
  local id = one[field]
  return type(id) == 'string' and id:lower() == wanted
end

--- The object id behind a sign-in name, an application id or an object id.
local function object_id(assignee)
  local identity, wanted = require('identity'), assignee:lower()
  for _, one in ipairs(identity.principals()) do
    if one.name:lower() == wanted or has_id(one, 'id', wanted)
      or one.type ~= 'User' and has_id(one, 'app_id', wanted) then
      return one.id
    end
  end
  for _, one in ipairs(identity.list{}) do
    if has_id(one, 'client_id', wanted) or has_id(one, 'principal_id', wanted) then
      return one.principal_id
    end
  end
  failures.client(("Cannot find user or service principal in graph database for '%s'. If the "
    .. 'assignee is an appId, make sure the corresponding service principal is created with '
    .. "'az ad sp create --id %s'."):format(assignee, assignee))
end

local function assignee_of(given)
  return given.assignee_object_id or given.assignee and object_id(given.assignee)
end

local function assignee_flags(is_creating)
  return {
    flags.text('--assignee', { is_local = true, help = 'A user, group, or service principal: '
      .. 'object id, user sign-in name, or service principal name.' }),
    flags.text('--assignee-object-id', { is_local = true, help = 'The object id of the assignee'
      .. (is_creating and ', to bypass Graph permission issues.' or '.') }),
  }
end

local function role_flag(required)
  return flags.text('--role', { help = 'Role name or id.', required = required })
end

local function scope_flag(required)
  return flags.text('--scope', { help = 'Scope at which the role assignment applies to.',
    required = required, is_local = not required })
end

local ASSIGNMENT_COLUMNS, DEFINITION_COLUMNS = { 'Principal', 'Role', 'Scope' },
  { 'Name', 'Type', 'Description' }

local function columns(heads, members)
  return function(items)
    local rows = values.array()
    for n, one in ipairs(items) do
      local row = {}
      for place, head in ipairs(heads) do row[head] = one[members[place]] end
      rows[n] = values.written(row, heads)
    end
    return rows
  end
end

local function check_create(given)
  if (given.assignee ~= nil) == (given.assignee_object_id ~= nil) then
    failures.client('usage error: --assignee STRING | --assignee-object-id GUID')
  end
  if given.assignee_principal_type and not given.assignee_object_id then
    failures.client('usage error: --assignee-object-id GUID --assignee-principal-type TYPE')
  end
end

local function check_one_assignee(given)
  if given.assignee and given.assignee_object_id then
    failures.client('Usage error: Provide only one of --assignee or --assignee-object-id.')
  end
end

local function check_delete(given)
  if not (given.ids or given.assignee or given.assignee_object_id or given.role
    or given.resource_group or given.scope) then
    failures.client('Please provide at least one of these arguments: --ids, --assignee, '
      .. '--assignee-object-id, --role, --resource-group, --scope')
  end
  check_one_assignee(given)
end

--- What `role.revoke` takes to take one assignment away.
local function revocation(id)
  for _, one in ipairs(require('role').list{}) do
    if one.id:lower() == id:lower() then
      return { role = one.roleDefinitionId:match('[^/]+$'), assignee = one.principalId,
        scope = one.scope }
    end
  end
  failures.client(("The role assignment '%s' is not found."):format(id))
end

--- The calls that take assignments away.
local function revocations(given)
  local made = {}
  for n, id in ipairs(given.ids or {}) do made[n] = calls.to('role.revoke', revocation(id)) end
  if given.ids then return made end
  local options = { role = given.role, assignee = assignee_of(given), scope = scope_of(given) }
  if options.role or options.assignee then return { calls.to('role.revoke', options) } end
  local seen = {}
  for _, one in ipairs(require('role').list{ scope = options.scope }) do
    if not seen[one.principalId] then
      seen[one.principalId] = true
      made[#made + 1] = calls.to('role.revoke', { assignee = one.principalId,
        scope = options.scope })
    end
  end
  return made
end

local assignment = {
  help = 'Manage role assignments.',
  commands = {
    create = {
      help = 'Create a new role assignment for a user, group, or service principal.',
      flags = flags.all(role_flag(true), scope_flag(true), assignee_flags(true),
        flags.text('--assignee-principal-type', {
          help = 'Use with --assignee-object-id to avoid errors caused by propagation latency.',
          choices = { 'User', 'Group', 'ServicePrincipal', 'ForeignGroup' },
        }),
        flags.ignored('text', 'description condition condition-version name/n')),
      check = check_create,
      call = function(given, options)
        options.assignee = assignee_of(given)
        return calls.to('role.assign', options)
      end,
    },
    list = {
      help = 'List role assignments.',
      flags = flags.all(role_flag(), scope_flag(), assignee_flags(),
        flags.group{ is_local = true },
        flags.flag('--all', { help = 'Show all assignments under the current subscription.',
          is_local = true }),
        flags.flag('--include-inherited', {
          help = 'Include assignments applied on parent scopes.',
        }),
        flags.ignored('flag', 'include-groups'),
        flags.ignored('text', 'fill-principal-name fill-role-definition-name')),
      check = function(given)
        check_one_assignee(given)
        if given.all and (given.scope or given.resource_group) then
          failures.client('group or scope are not required when --all is used')
        end
      end,
      call = function(given, options)
        options.assignee = assignee_of(given)
        if not given.all then options.scope = scope_of(given) end
        return calls.to('role.list', options)
      end,
      columns = columns(ASSIGNMENT_COLUMNS, { 'principalName', 'roleDefinitionName', 'scope' }),
    },
    delete = {
      help = 'Delete role assignments.',
      flags = flags.all(role_flag(), scope_flag(), assignee_flags(), flags.yes(),
        flags.group{ is_local = true },
        flags.words('--ids', { help = 'Space-separated role assignment ids.', many = '+',
          is_local = true }),
        flags.ignored('flag', 'include-inherited')),
      check = check_delete,
      calls = revocations,
      run = function(given)
        for _, call in ipairs(revocations(given)) do call:make() end
      end,
    },
  },
}

local definition = {
  help = 'Manage role definitions.',
  commands = {
    list = {
      help = 'List role definitions.',
      flags = flags.all(flags.name('Role name or id.', { required = false }),
        flags.ignored('text', 'scope'), flags.ignored('flag', 'custom-role-only'),
        flags.group{ is_local = true, is_ignored = true }),
      call = function(_, options) return calls.to('role.definitions', options) end,
      columns = columns(DEFINITION_COLUMNS, { 'roleName', 'type', 'description' }),
    },
  },
}

return {
  help = 'Manage Azure role-based access control (Azure RBAC).',
  commands = { assignment = assignment, definition = definition },
}
