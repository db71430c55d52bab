--- Runbooks: what a shell and a reader make of them.

local t = require('harness')
local world = require('world')

local PUBLIC = { cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg' }

--- Options of each procedure, in a world made by `t.world`.
local CASES = {
  enable_public = PUBLIC, rotate = { cluster = 'c1' }, rotate_twice = { cluster = 'c1' },
  rewrite = { cluster = 'c1' }, disable = { cluster = 'c1' }, monitor = { cluster = 'c1' },
  verify = { cluster = 'c1' }, recover = { cluster = 'c1' },
  switch_mode = { cluster = 'c1', to = 'Public' },
  migrate_to_v2 = { cluster = 'c1', kubernetes_version = '1.33' },
}

--- The flags of each command, as the document and the program's own help name them.
local FLAGS = {
  ['az keyvault create'] = '--name --resource-group --enable-rbac-authorization '
    .. '--public-network-access',
  ['az keyvault update'] = '--name --resource-group --public-network-access --default-action',
  ['az keyvault show'] = '--name --query -o',
  ['az keyvault recover'] = '--name',
  ['az keyvault set-policy'] = '--name --key-permissions --object-id',
  ['az keyvault key create'] = '--name --vault-name --kty --size --query -o',
  ['az keyvault key show'] = '--name --vault-name --id --query -o',
  ['az keyvault key list'] = '--vault-name --query -o',
  ['az keyvault key recover'] = '--name --vault-name',
  ['az keyvault key set-attributes'] = '--id --enabled --expires --not-before --ops',
  ['az keyvault key rotation-policy update'] = '--vault-name --name --value',
  ['az keyvault key rotation-policy show'] = '--vault-name --name --query -o',
  ['az identity create'] = '--name --resource-group',
  ['az identity show'] = '--name --resource-group --query -o',
  ['az ad signed-in-user show'] = '--query -o',
  ['az role assignment list'] = '--role --assignee --scope --query -o',
  ['az role assignment create'] = '--role --assignee-object-id --assignee-principal-type --scope',
  ['az aks create'] = '--name --resource-group --assign-identity --enable-azure-keyvault-kms '
    .. '--azure-keyvault-kms-key-vault-network-access --azure-keyvault-kms-key-id '
    .. '--azure-keyvault-kms-key-vault-resource-id --enable-apiserver-vnet-integration '
    .. '--generate-ssh-keys',
  ['az aks update'] = '--name --resource-group --enable-managed-identity --assign-identity --yes '
    .. '--enable-azure-keyvault-kms --disable-azure-keyvault-kms '
    .. '--azure-keyvault-kms-key-vault-network-access --azure-keyvault-kms-key-id '
    .. '--azure-keyvault-kms-key-vault-resource-id',
  ['az aks upgrade'] = '--resource-group --name --kubernetes-version --yes',
  ['az aks show'] = '--name --resource-group --query -o',
  ['az aks list'] = '--query -o',
  ['az network private-endpoint create'] = '--name --resource-group --vnet-name --subnet '
    .. '--private-connection-resource-id --group-id --connection-name',
  ['az network private-endpoint show'] = '--name --resource-group --query -o',
  ['az monitor diagnostic-settings show'] = '--name --resource --query -o',
  ['az monitor diagnostic-settings create'] = '--name --resource --workspace --logs',
  ['az monitor log-analytics query'] = '--workspace --analytics-query',
  ['kubectl get secrets'] = '--all-namespaces --namespace -o', ['kubectl get'] = '--raw',
  ['kubectl replace'] = '-f',
}

--- Has bash read a script without running it.
local function parses(script)
  local bash = io.popen('bash -n', 'w')
  bash:write(script)
  return bash:close() == true
end

--- Each command with its flags; a text in quotes is one word, and so is what a command prints.
local function each_command(script, body)
  local function each_of(line)
    for command in line:gmatch('[^|]+') do
      local name = command:match('(az [%a -]-) %-') or command:match('(kubectl [%a ]-) %-')
      if name then body(name, command) end
    end
  end
  for line in script:gsub("'[^']*'", 'word'):gmatch('[^\n]+') do
    local is_comment, count = line:find('^%s*#'), 1
    -- The innermost first: what holds another command comes once that one is a word.
    while count > 0 and not is_comment do
      line, count = line:gsub('%$%(([^()]*)%)', function(inner)
        each_of(inner)
        return 'word'
      end)
    end
    if not is_comment then each_of(line) end
  end
end

--- Each variable is given a value, or asked of the operator, before it is used.
local function check_variables(procedure, script)
  local known = { attempt = true, PATH = true }
  for line in script:gmatch('[^\n]+') do
    for name in (line:find('^%s*#') and '' or line):gmatch('%$([%a_][%w_]*)') do
      if not known[name] then error(('%s: %s has no value'):format(procedure, name), 0) end
    end
    local name = line:match('^([%a_]+)=') or line:match('%${([%a_]+):%?')
    if name then known[name] = true end
  end
end

local function check_flags(procedure, script)
  local count = 0
  check_variables(procedure, script)
  each_command(script, function(name, command)
    local known = FLAGS[name] or error(('%s: there is no %s'):format(procedure, name), 0)
    for flag in command:gmatch('%s(%-%-?%a[%w-]*)') do
      count = count + 1
      if not (known .. ' '):find(flag .. ' ', 1, true) then
        error(('%s: %s has no %s'):format(procedure, name, flag), 0)
      end
    end
  end)
  return count
end

local NAMES = {}
for name in pairs(CASES) do NAMES[#NAMES + 1] = name end
table.sort(NAMES)

for _, name in ipairs(NAMES) do
  local procedure, opts = require('kms.' .. name), CASES[name]

  t.it(name .. ': plan and runbook change nothing, and bash reads what it prints', function()
    t.world(1)
    local before = world.dump()
    local plan = procedure.plan(opts)
    t.same(plan.ready, true)
    for n, step in ipairs(plan.steps) do
      t.same(step.n, n)
      t.same(type(step.title) == 'string' and type(step.command) == 'string', true)
      t.same(type(step.effect), 'string')
    end
    local script = procedure.runbook(opts, 'bash')
    t.same(parses(script), true)
    local text = procedure.runbook(opts, 'markdown')
    for _, heading in ipairs{ '# ', '\n## Purpose\n', '\n## Preconditions\n', '\n## Steps\n',
      '\n### 1. ', '\n## Rollback\n', '\n## Rules\n' } do
      t.same(text:find(heading, 1, true) ~= nil, true)
    end
    t.same(world.dump(), before)
    t.fails('argument.value', procedure.runbook, opts, 'html')
  end)

  t.it(name .. ': calling it runs it, with options that it knows', function()
    t.world(1)
    local report = procedure(opts)
    t.same(#report.steps > 0 and type(report.state), 'table')
    for n, step in ipairs(report.steps) do
      t.same(step.n, n)
      t.same(step.duration_s >= 0, true)
    end
    t.fails('argument.missing', procedure.run, {})
    t.fails('argument.type', procedure.run, 'c1')
    local more = { nonsense = 1 }
    for option, value in pairs(opts) do more[option] = value end
    t.same(t.fails('argument.unknown', procedure.run, more).hint:find('cluster') ~= nil, true)
  end)
end

t.it('every flag is one that the program has', function()
  local count = check_flags('enable_public', require('kms.enable_public').runbook(PUBLIC, 'bash'))
  for _, rbac in ipairs{ true, false } do
    count = count + check_flags('enable_private', require('kms.enable_private').runbook({
      cluster = 'c1', vault = 'kv1', identity = 'id1', private_endpoint = 'admin', rbac = rbac,
    }, 'bash'))
  end
  local old = cluster.create{
    name = 'old', resource_group = 'rg', kubernetes_version = '1.25', assign_identity =
      identity.create{ name = 'id0', resource_group = 'rg' },
  }
  require('kms.enable_public').run{ cluster = old, vault = 'kv0', identity = 'id0' }
  count = count + check_flags('migrate_to_v2', require('kms.migrate_to_v2').runbook(
    { cluster = old, kubernetes_version = '1.28' }, 'bash'))
  old:delete()
  local w = t.world(1)
  for name, opts in pairs(CASES) do
    count = count + check_flags(name, require('kms.' .. name).runbook(opts, 'bash'))
  end
  w.k:update{ enabled = false }
  w.i:delete()
  w.v:delete{ confirm = true }
  count = count + check_flags('recover', require('kms.recover').runbook(CASES.recover, 'bash'))
  t.same(count > 100, true)
end)

t.it('a name is never shell code', function()
  local hostile = { cluster = "a'b", vault = '$(reboot)', identity = '`x`', resource_group = '"' }
  local script = require('kms.enable_public').runbook(hostile, 'bash')
  t.same(parses(script), true)
  for _, word in ipairs{ "'a'\\''b'", "'$(reboot)'", "'`x`'", "'\"'" } do
    t.same(script:find(word, 1, true) ~= nil, true)
  end
end)

t.it('a rewrite follows an update that failed, and then the script ends with its status', function()
  t.world(1)
  local script = require('kms.rotate').runbook(CASES.rotate, 'bash')
  local update = script:find('|| failed=$?', 1, true)
  local rewrite = script:find('kubectl replace', update, true)
  t.same(script:find('exit "$failed"', rewrite, true) ~= nil, true)
end)

--- Runs a script with programs in place of az and kubectl that note what they are asked.
local function rehearsed(script, az)
  local folder = os.tmpname()
  os.remove(folder)
  os.execute('mkdir ' .. folder)
  local function write(name, text)
    local file = io.open(folder .. '/' .. name, 'w')
    file:write(text)
    file:close()
  end
  write('az', '#!/bin/sh\n' .. az)
  -- What it is piped must be read, or the writer fails.
  write('kubectl', '#!/bin/sh\n[ "$1" = replace ] && cat >/dev/null\necho ok\n')
  write('script', script)
  local _, _, status = os.execute(
    ('cd %s && chmod +x az kubectl && PATH=%s:$PATH bash script >out 2>err'):format(
      folder, folder))
  local file = io.open(folder .. '/err')
  local said = file:read('a')
  file:close()
  os.execute('rm -r ' .. folder)
  return status, said
end

t.it('a script stops at a check that finds something else', function()
  t.world(1)
  local script = require('kms.rotate').runbook(CASES.rotate, 'bash')
  local answers = [[
case "$*" in
  *attributes.enabled*) echo true;;
  *provisioningState*) echo Succeeded;;
  *keyId*) echo %s;;
  *) echo new;;
esac
]]
  t.same(rehearsed(script, answers:format('new')), 0)
  local status, said = rehearsed(script, answers:format('old'))
  t.same(status, 1)
  t.same(said, 'stop: Check the key in use: expected new, found old\n')
end)

--- The variables that a script uses and did not set before, and those it sets, in lower case.
local function variables_of(script)
  local unset, set = {}, {}
  for line in script:gmatch('[^\n]+') do
    for name in line:gsub("'[^']*'", ''):gmatch('%$%{?([%a_][%w_]*)') do
      local asks = line:find('${' .. name .. ':?', 1, true)
      if not set[name] and not asks then unset[#unset + 1] = name end
      if asks then set[name] = true end
    end
    local name = line:gsub('^%s*export ', ''):match('^%s*([%a_][%w_]*)=')
      or line:match('^%s*for ([%a_][%w_]*) in ')
    if name then set[name] = true end
  end
  return unset, set
end

t.it('every variable is set before it is used, in one spelling (R116)', function()
  t.world(1)
  local names = 0
  for name, opts in pairs(CASES) do
    local unset, set = variables_of(require('kms.' .. name).runbook(opts, 'bash'))
    t.same(name .. ': ' .. table.concat(unset, ' '), name .. ': ')
    local spellings = {}
    for variable in pairs(set) do
      local same = variable:lower():gsub('_', '')
      t.same(spellings[same], nil)
      spellings[same], names = variable, names + 1
    end
  end
  t.same(names > 10, true)
  t.same(select(2, variables_of('A=1\necho "$a" "$A"')).A, true)
  t.same(variables_of('A=1\necho "$a" "$A"')[1], 'a')
end)
