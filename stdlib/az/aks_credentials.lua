--- `az aks get-credentials`: puts a cluster into a kubeconfig, as its current context.

local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')
local prompt = require('az.cli.prompt')

local function same(a, b)
  if type(a) ~= 'table' or type(b) ~= 'table' then return a == b end
  for name, value in pairs(a) do
    if not same(value, b[name]) then return false end
  end
  for name in pairs(b) do
    if a[name] == nil then return false end
  end
  return true
end

--- Puts an entry in, with the person's leave in the place of another one of its name.
local function put(kubeconfig, config, list, entry, given, shell)
  local before = kubeconfig.find(config[list], entry.name)
  if before and not same(before, entry) and not given.overwrite_existing then
    local question = ('A different object named %s already exists in your kubeconfig file.\n'
      .. 'Overwrite?'):format(entry.name)
    local is_wanted = shell.is_interactive and prompt.agrees(shell, {}, question)
    if not is_wanted then
      failures.client(('A different object named %s already exists in %s in your kubeconfig file.')
        :format(entry.name, list))
    end
  end
  kubeconfig.put(config[list], entry)
end

--- The entries of a cluster: what it is reached at, as whom, and both together.
local function entries(cluster_now, given)
  local name = given.context or cluster_now.name
  local role = given.admin and 'clusterAdmin' or 'clusterUser'
  local user = ('%s_%s_%s'):format(role, cluster_now.resource_group, cluster_now.name)
  local context = given.admin and name .. '-admin' or name
  return {
    clusters = { name = cluster_now.name,
      cluster = { server = ('https://%s:443'):format(cluster_now.fqdn) } },
    users = { name = user, user = {} },
    contexts = { name = context, context = { cluster = cluster_now.name, user = user } },
  }
end

local function merge(given, _, shell)
  local kubeconfig = require('kubectl.kubeconfig')
  local cluster_now = calls.to('cluster.get', {
    name = given.name, resource_group = given.resource_group,
  }):make()
  local made = entries(cluster_now, given)
  local where = { kubeconfig = given.file }
  if given.file == '-' then
    shell.out(require('yaml').encode{
      apiVersion = 'v1', kind = 'Config', clusters = { made.clusters }, users = { made.users },
      contexts = { made.contexts }, ['current-context'] = made.contexts.name,
    })
    return nil
  end
  local config = kubeconfig.read(where)
  for _, list in ipairs{ 'clusters', 'users', 'contexts' } do
    put(kubeconfig, config, list, made[list], given, shell)
  end
  config['current-context'] = made.contexts.name
  kubeconfig.write(config, where)
  shell.warn(('Merged "%s" as current context in %s'):format(
    made.contexts.name, kubeconfig.place(where)))
end

return {
  help = 'Get access credentials for a managed Kubernetes cluster.',
  flags = flags.all(flags.name('Name of the managed cluster.'), flags.group{ required = true },
    flags.flag('--admin', '-a', { help = 'Get cluster administrator credentials.' }),
    flags.flag('--overwrite-existing', { help = 'Overwrite any existing cluster entry with the '
      .. 'same name.' }),
    flags.text('--file', '-f', { help = 'Kubernetes configuration file to update. Use "-" to print '
      .. 'YAML to stdout instead.' }),
    flags.text('--context', { help = 'If specified, overwrite the default context name.' }),
    flags.flag('--public-fqdn', { help = 'Get private cluster credential with server address to be '
      .. 'public fqdn.' }),
    flags.ignored('text', 'format')),
  calls = function(given)
    return { calls.to('cluster.get', { name = given.name, resource_group = given.resource_group }) }
  end,
  run = merge,
}
