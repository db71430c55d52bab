--- Each procedure, killed at any call into the host and run again, ends as if it had not been.
---
--- A run that is not cut tells at which calls the world changes. Between two changes every cut
--- leaves the same world, so one cut stands for all of them; before and after each change there
--- is one. A run that is cut keeps nothing but what is in the workspace.

local host = require('host.faults')
local t = require('harness')
local world = require('world')

local function unreadable(dump)
  return dump:match('[^\n]*secret%.unreadable[^\n]*')
end

--- Runs a case whole, and returns how it ends and at which calls to cut it.
local function whole(case)
  workspace.reset()
  clock.freeze('2026-03-01T00:00:00Z')
  case.setup()
  local before = world.dump()
  local cuts, last, count = { 1 }, before, 0
  host.watch(case.run, function(name, number)
    count = number
    local dump = world.dump()
    if dump == last then return end
    if not case.may_be_unreadable and unreadable(dump) then
      error(('before %s: %s'):format(name, unreadable(dump)), 0)
    end
    cuts[#cuts + 1], last = number, dump
  end)
  cuts[#cuts + 1] = count
  return world.dump(), cuts, before
end

local function again(case, n)
  workspace.reset()
  clock.freeze('2026-03-01T00:00:00Z')
  case.setup()
  if host.cut(n, case.run) ~= 'cut' then error(('call %d was not made'):format(n), 0) end
  case.run()
  return world.dump()
end

--- A case: `changes` is how many states of the world the procedure leads through, at least.
local function survives(title, case)
  t.it(title .. ', cut at any call, ends the same', function()
    local wanted, cuts, before = whole(case)
    if #cuts < case.changes + 2 then
      error(('only %d cuts: the world was not seen to change'):format(#cuts), 0)
    end
    t.same(wanted ~= before, true)
    for _, n in ipairs(cuts) do
      local got = again(case, n)
      if got ~= wanted then
        error(('cut at call %d:\n%s'):format(n, world.difference(wanted, got)), 0)
      end
    end
  end)
end

local function run(name, opts)
  return function() require('kms.' .. name).run(opts) end
end

local PUBLIC = { cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg' }

survives('enable_public from nothing', {
  setup = function() end, changes = 5, run = run('enable_public', PUBLIC),
})

survives('enable_public on a cluster with Secrets', {
  setup = function()
    local c = cluster.create{ name = 'c1', resource_group = 'rg' }
    secret.create{ cluster = c, name = 's1', string_data = { n = '1' } }
  end,
  changes = 6, run = run('enable_public', PUBLIC),
})

survives('enable_public under Azure RBAC', {
  setup = function() cluster.create{ name = 'c1', resource_group = 'rg' } end, changes = 6,
  run = run('enable_public', {
    cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg', rbac = true,
  }),
})

survives('rotate', {
  setup = function() t.world(2) end, changes = 3, run = run('rotate', { cluster = 'c1' }),
})

survives('rotate to a version that waits', {
  setup = function() key.create{ vault_name = t.world(1).v, name = 'etcd' } end, changes = 3,
  run = run('rotate', { cluster = 'c1' }),
})

survives('rotate to another key', {
  setup = function() key.create{ vault_name = t.world(1).v, name = 'other' } end, changes = 2,
  run = function()
    require('kms.rotate').run{
      cluster = 'c1', key = key.get{ vault_name = 'kv1', name = 'other' },
    }
  end,
})

survives('rotate_twice', {
  setup = function() t.world(2) end, changes = 6, run = run('rotate_twice', { cluster = 'c1' }),
})

survives('disable', {
  setup = function() t.world(2) end, changes = 2, run = run('disable', { cluster = 'c1' }),
})

survives('monitor', {
  setup = function() t.world(0) end, changes = 1, run = run('monitor', { cluster = 'c1' }),
})

local PRIVATE = {
  cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg',
  private_endpoint = 'admin',
}

local function private_world(mode)
  return function()
    local c = cluster.create{
      name = 'c1', resource_group = 'rg', enable_apiserver_vnet_integration = true,
    }
    secret.create{ cluster = c, name = 's1', string_data = { n = '1' } }
    local opts = mode == 'Private' and PRIVATE or PUBLIC
    require(mode == 'Private' and 'kms.enable_private' or 'kms.enable_public').run(opts)
  end
end

survives('enable_private from nothing', {
  setup = function() end, changes = 7, run = run('enable_private', PRIVATE),
})

survives('enable_private under Azure RBAC', {
  setup = function()
    cluster.create{ name = 'c1', resource_group = 'rg', enable_apiserver_vnet_integration = true }
  end,
  changes = 8,
  run = function()
    local opts = { rbac = true }
    for name, value in pairs(PRIVATE) do opts[name] = value end
    require('kms.enable_private').run(opts)
  end,
})

survives('rotate with a private vault', {
  setup = private_world('Private'), changes = 3,
  run = run('rotate', { cluster = 'c1', private_endpoint = 'admin' }),
})

survives('switch_mode to Private', {
  setup = private_world('Public'), changes = 5,
  run = run('switch_mode', { cluster = 'c1', to = 'Private' }),
})

survives('switch_mode to Public', {
  setup = private_world('Private'), changes = 5,
  run = run('switch_mode', { cluster = 'c1', to = 'Public' }),
})

survives('migrate_to_v2', {
  setup = function()
    local i = identity.create{ name = 'id1', resource_group = 'rg' }
    local c = cluster.create{
      name = 'c1', resource_group = 'rg', kubernetes_version = '1.25', assign_identity = i,
    }
    require('kms.enable_public').run(PUBLIC)
    secret.create{ cluster = c, name = 's1', string_data = { n = '1' } }
  end,
  changes = 6, run = run('migrate_to_v2', { cluster = 'c1', kubernetes_version = '1.27.1' }),
})

local function recovers(title, changes, setup)
  survives('recover from ' .. title, {
    setup = function() setup(t.world(2)) end, changes = changes, may_be_unreadable = true,
    run = run('recover', { cluster = 'c1' }),
  })
end

recovers('a deleted vault', 1, function(w) w.v:delete{ confirm = true } end)
recovers('a deleted key', 1, function(w) w.k:delete{ confirm = true } end)
recovers('a disabled key', 1, function(w) w.k:update{ enabled = false } end)
recovers('a lost grant', 1, function(w) w.v:delete_policy{ object_id = w.i } end)
recovers('a closed vault', 1, function(w)
  w.v:update{ public_network_access = 'Disabled' }
end)
recovers('a deleted identity', 2, function(w) w.i:delete() end)
recovers('an expired key', 5, function(w)
  w.k:update{ expires = '2026-03-02T00:00:00Z' }
  clock.freeze('2026-03-03T00:00:00Z')
end)
recovers('two rotations without a rewrite', 5, function(w)
  for _ = 1, 2 do
    w.c:update{
      enable_azure_keyvault_kms = true, azure_keyvault_kms_key_vault_network_access = 'Public',
      azure_keyvault_kms_key_id = key.create{ vault_name = w.v, name = 'etcd' },
    }
  end
end)
recovers('a deleted vault with an expired key', 6, function(w)
  w.k:update{ expires = '2026-03-02T00:00:00Z' }
  w.v:delete{ confirm = true }
  clock.freeze('2026-03-03T00:00:00Z')
end)
