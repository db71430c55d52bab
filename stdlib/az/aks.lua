--- `az aks`: managed clusters, and KMS on them.

local calls, failures, flags = require('az.cli.calls'), require('az.cli.failures'),
  require('az.cli.flags')
local neighbours, prompt = require('az.aks_flags'), require('az.cli.prompt')
local values = require('util.jmespath.values')

local function place(...)
  return flags.all(flags.name('Name of the managed cluster.'), flags.group{ required = true }, ...)
end

local function at(given)
  return calls.to('cluster.get', { name = given.name, resource_group = given.resource_group })
end

local function kms_flags()
  return flags.all(
    flags.flag('--enable-azure-keyvault-kms', { help = 'Enable Azure KeyVault Key Management '
      .. 'Service.' }),
    flags.text('--azure-keyvault-kms-key-id', { help = 'Identifier of Azure Key Vault key.' }),
    flags.text('--azure-keyvault-kms-key-vault-network-access', {
      choices = { 'Public', 'Private' }, help = 'Network Access of Azure Key Vault.',
    }),
    flags.text('--azure-keyvault-kms-key-vault-resource-id', { help = 'Resource ID of Azure Key '
      .. 'Vault.' }))
end

local function tunnel_flags()
  return flags.all(
    flags.flag('--enable-apiserver-vnet-integration', { help = 'Enable integration of user vnet '
      .. 'with control plane apiserver pods.' }),
    flags.text('--apiserver-subnet-id', { help = 'The ID of a subnet in an existing VNet into '
      .. 'which to assign control plane apiserver pods.' }))
end

--- Checks that an identity is named by its ARM id, as the client does before it asks anyone.
local function check_identity(given)
  local id = given.assign_identity
  local form = '^/subscriptions/[^/]+/%a+/[^/]+/providers/[^/]+/[^/]+/[^/]+'
  if not id or id:find(form) then return end
  failures.client('--assign-identity is not a valid Azure resource ID.',
    'az identity show --query id prints it', 'R50')
end

local COLUMNS = {
  'name', 'location', 'resourceGroup', 'kubernetesVersion', 'currentKubernetesVersion',
  'provisioningState', 'fqdn',
}

local function columns(shown)
  local items = values.type_of(shown) == 'array' and shown or { shown }
  local rows = values.array()
  for n, one in ipairs(items) do
    local row = {}
    for _, name in ipairs(COLUMNS) do row[name] = one[name] end
    rows[n] = values.written(row, COLUMNS)
  end
  return rows
end

--- What a call takes of the options of create and update: all but the cluster's place.
local function changes(options)
  local made = {}
  for name, value in pairs(options) do made[name] = value end
  made.name, made.resource_group = nil, nil
  return made
end

local RECONCILE = 'No argument specified to update. Would you like to reconcile to current '
  .. 'settings?'

local KEPT = { name = true, resource_group = true, yes = true, no_wait = true }

--- Whether flags say anything that a cluster would be changed to.
local function has_changes(given, command_flags)
  for _, flag in ipairs(command_flags) do
    if given[flag.key] ~= nil and not KEPT[flag.key] then return true end
  end
  return false
end

local function refuse_nothing(command_flags)
  local names = {}
  for _, flag in ipairs(command_flags) do
    if not KEPT[flag.key] then names[#names + 1] = ('"%s"'):format(flag.names[1]) end
  end
  failures.client(('Please specify one or more of %s.'):format(table.concat(names, ' or ')))
end

local SURE = '\nAre you sure you want to perform this operation?'

local function question_of_identity(cluster_now, wanted)
  local identity = cluster_now:show().identity
  local before = identity.type == 'UserAssigned' and 'userassigned' or 'systemassigned'
  if before == 'systemassigned' then
    return 'Your cluster is already using systemassigned managed identity, and you are going to '
      .. 'update the cluster to use userassigned managed identity.' .. SURE
  end
  local id = next(identity.userAssignedIdentities)
  if id and id:lower() == wanted:lower() then return nil end
  return ('Your cluster is already using userassigned managed identity, current control plane '
    .. 'identity is %s,and you are going to update the cluster identity to %s.'):format(id, wanted)
    .. SURE
end

local update_flags = place(kms_flags(), tunnel_flags(),
  flags.flag('--disable-azure-keyvault-kms', { help = 'Disable Azure KeyVault Key Management '
    .. 'Service.' }),
  flags.flag('--enable-managed-identity', { is_local = true, help = 'Update current cluster to '
    .. 'managed identity to manage cluster resource group.' }),
  flags.text('--assign-identity', { help = 'Specify an existing user assigned identity to manage '
    .. 'cluster resource group.' }),
  flags.yes(), flags.no_wait(), neighbours.update)

local function agrees_to_identity(given, shell)
  if not given.assign_identity then return true end
  local question = question_of_identity(at(given):make(), given.assign_identity)
  return not question or prompt.agrees(shell, given, question)
end

local function update(given, options, shell)
  if not has_changes(given, update_flags)
    and not prompt.agrees(shell, { yes = given.yes }, RECONCILE) then
    refuse_nothing(update_flags)
  end
  if not agrees_to_identity(given, shell) then return nil end
  return at(given):to('update', changes(options)):to('show'):make()
end

local UPGRADE = 'Kubernetes may be unavailable during cluster upgrades.\n'
  .. ' Are you sure you want to perform this operation?'

local function upgrade(given, _, shell)
  if not prompt.agrees(shell, given, UPGRADE) then return nil end
  local target = at(given):make()
  if given.kubernetes_version and given.node_image_only then
    failures.client('Conflicting flags. Upgrading the Kubernetes version will also upgrade node '
      .. 'image version. If you only want to upgrade the node version please use the '
      .. '"--node-image-only" option only.')
  end
  if given.node_image_only then
    shell.warn('kmsh does not model node images: nothing was upgraded.')
    return target:show()
  end
  local wanted = given.kubernetes_version or target.kubernetes_version
  if not given.control_plane_only and not prompt.agrees(shell, given,
    ('Since --control-plane-only parameter is not specified, this will upgrade the control plane '
      .. 'AND all nodepools to version %s. Continue?'):format(wanted)) then
    return nil
  end
  local upgraded, warning = target:upgrade{ kubernetes_version = wanted }
  if warning then shell.warn(warning) end
  return upgraded:show()
end

--- A version as the service tells of it, and what it can be upgraded to.
local function release(one, next_one)
  local full = one.version .. '.0'
  local upgrades = values.array()
  if next_one then upgrades[1] = next_one.version .. '.0' end
  local plans = values.array()
  plans[1] = 'KubernetesOfficial'
  return {
    capabilities = { supportPlan = plans }, isDefault = one.default or values.null,
    isPreview = values.null, patchVersions = { [full] = { upgrades = upgrades } },
    version = one.version,
  }
end

local VERSION_COLUMNS = { 'KubernetesVersion', 'Upgrades', 'SupportPlan' }

local function version_columns(shown)
  local rows = values.array()
  for n = #shown.values, 1, -1 do
    local one = shown.values[n]
    local full, patch = next(one.patchVersions)
    rows[#rows + 1] = values.written({
      KubernetesVersion = full, Upgrades = patch.upgrades[1] or 'None available',
      SupportPlan = one.capabilities.supportPlan[1],
    }, VERSION_COLUMNS)
  end
  return rows
end

local function powered(method, help)
  return {
    help = help,
    flags = place(flags.no_wait()),
    call = function(given) return at(given):to(method) end,
    shape = function() return nil end,
  }
end

local commands = {
  create = {
    help = 'Create a new managed Kubernetes cluster.',
    flags = place(flags.location(),
      flags.text('--kubernetes-version', '-k', { help = 'Version of Kubernetes to use.' }),
      flags.text('--assign-identity', { help = 'Specify an existing user assigned identity for '
        .. "control plane's usage in order to manage cluster resource group." }),
      flags.integer('--node-count', '-c', { help = 'Number of nodes in the Kubernetes node '
        .. 'pool.' }),
      kms_flags(), tunnel_flags(), flags.yes(), flags.no_wait(), neighbours.create),
    check = check_identity,
    call = function(_, options) return calls.to('cluster.create', options):to('show') end,
    columns = columns,
  },
  update = {
    help = 'Update a managed Kubernetes cluster.',
    flags = update_flags,
    check = function(given)
      if given.assign_identity and not given.enable_managed_identity then
        failures.client('--assign-identity can only be specified when --enable-managed-identity is '
          .. 'specified')
      end
      check_identity(given)
    end,
    calls = function(given, options)
      return { at(given):to('update', changes(options)):to('show') }
    end,
    run = update,
    columns = columns,
  },
  show = {
    help = 'Show the details for a managed Kubernetes cluster.',
    flags = place(),
    call = function(given) return at(given):to('show') end,
    columns = columns,
  },
  list = {
    help = 'List managed Kubernetes clusters.',
    flags = { flags.group() },
    call = function(_, options) return calls.to('cluster.list', options):each('show') end,
    shape = function(shown) return table.move(shown, 1, #shown, 1, values.array()) end,
    columns = columns,
  },
  upgrade = {
    help = 'Upgrade a managed Kubernetes cluster to a newer version.',
    flags = place(
      flags.text('--kubernetes-version', '-k', { help = 'Version of Kubernetes to upgrade the '
        .. 'cluster to.' }),
      flags.flag('--control-plane-only', { help = 'Upgrade the cluster control plane only.' }),
      flags.flag('--node-image-only', { help = 'Only upgrade node image for agent pools.' }),
      flags.yes(), flags.no_wait(),
      flags.ignored('flag', 'enable-force-upgrade disable-force-upgrade'),
      flags.ignored('text', 'upgrade-override-until tier k8s-support-plan if-match if-none-match')),
    calls = function(given)
      return { at(given):to('upgrade', { kubernetes_version = given.kubernetes_version }) }
    end,
    run = upgrade,
    columns = columns,
  },
  scale = {
    help = 'Scale the node pool in a managed Kubernetes cluster.',
    flags = place(
      flags.integer('--node-count', '-c', { required = true, help = 'Number of nodes in the '
        .. 'Kubernetes node pool.' }),
      flags.text('--nodepool-name', { help = 'Node pool name.' }), flags.no_wait()),
    call = function(given)
      return at(given):to('scale', { nodepool_name = given.nodepool_name,
        node_count = given.node_count }):to('show')
    end,
    columns = columns,
  },
  stop = powered('stop', 'Stop a managed cluster.'),
  start = powered('start', 'Starts a previously stopped Managed Cluster.'),
  ['operation-abort'] = powered('operation_abort',
    'Abort last running operation on managed cluster.'),
  delete = {
    help = 'Delete a managed Kubernetes cluster.',
    flags = place(flags.no_wait()),
    confirm = true,
    call = function(given) return at(given):to('delete', { confirm = true }) end,
  },
  ['get-versions'] = {
    help = 'Get the versions available for creating a managed Kubernetes cluster.',
    flags = { flags.location{ required = true, is_local = true } },
    call = function() return calls.to('cluster.versions') end,
    shape = function(known)
      local shown = values.array()
      for n, one in ipairs(known) do shown[n] = release(one, known[n + 1]) end
      return { values = shown }
    end,
    columns = version_columns,
  },
  ['get-credentials'] = 'az.aks_credentials',
}

return { help = 'Manage Azure Kubernetes Services.', commands = commands }
