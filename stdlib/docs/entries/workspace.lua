--- What help adds to the declarations of `workspace`: types of fields, errors, and examples.

return {
  objects = {
    subscription = "workspace.subscriptions()[1]",
    checkpoint = "workspace.checkpoint 'before'",
    settings = "workspace.settings",
  },
  types = {
    ['workspace.path'] = 'string',
    ['workspace.settings'] = 'settings',
    ['subscription.id'] = 'string',
    ['subscription.name'] = 'string',
    ['subscription.tenant_id'] = 'string',
    ['subscription.user'] = 'principal',
    ['subscription.is_default'] = 'boolean',
    ['checkpoint.name'] = 'string',
    ['checkpoint.created'] = 'string',
    ['checkpoint.records'] = 'integer',
    ['checkpoint.values'] = 'integer',
    ['subscription.konnectivity_grandfathered'] = 'boolean',
  },
  ['workspace.subscription'] = {
    errors = 'argument.value',
    example = [[
local s = workspace.subscription{ konnectivity_grandfathered = true }
print(s.konnectivity_grandfathered) --> true]],
  },
  ['workspace.subscriptions'] = {
    example = [[
print(#workspace.subscriptions()) --> 1]],
  },
  ['workspace.use'] = {
    errors = 'subscription.not_found',
    example = [[
local s = workspace.use(workspace.subscription{})
print(s.is_default, #vault.list{}) --> true  0]],
  },
  ['workspace.transaction'] = {
    example = [[
pcall(workspace.transaction, function()
  vault.create{ name = 'kv2', resource_group = 'rg' }
  error 'changed my mind'
end)
print(vault.find 'kv2') --> nil]],
  },
  ['workspace.undo'] = {
    errors = 'workspace.undo_conflict workspace.undo_nothing workspace.undo_too_large',
    example = [[
workspace.undoable(function() vault.create{ name = 'kv9', resource_group = 'rg' } end)
workspace.undo()
print(vault.find 'kv9') --> nil]],
  },
  ['workspace.redo'] = {
    errors = 'workspace.undo_conflict workspace.undo_nothing workspace.undo_too_large',
    example = [[
workspace.undoable(function() vault.create{ name = 'kv9', resource_group = 'rg' } end)
workspace.undo()
workspace.redo()
print(vault.find 'kv9') --> vault kv9]],
  },
  ['workspace.undo_log'] = {
    example = [[
workspace.undoable(function() vault.create{ name = 'kv9', resource_group = 'rg' } end)
print(workspace.undo_log()[1].undone) --> false]],
  },
  ['workspace.undoable'] = {
    errors = 'argument.type',
    example = [[
print(workspace.undoable(function() return 'done' end)) --> done]],
  },
  ['workspace.what_if'] = {
    example = [[
local report = workspace.what_if(function()
  key.get{ vault_name = 'kv1', name = 'k1' }:update{ enabled = false }
end)
print(report.lost_count, report.lost_secrets[1].name) --> 1  db]],
  },
  ['workspace.checkpoint'] = {
    errors = 'workspace.checkpoint_exists workspace.checkpoint_limit workspace.checkpoint_name '
      .. 'workspace.full',
    example = [[
print(workspace.checkpoint 'before'.name) --> before]],
  },
  ['workspace.checkpoints'] = {
    example = [[
workspace.checkpoint 'before'
for _, c in ipairs(workspace.checkpoints()) do print(c.name) end --> before]],
  },
  ['workspace.restore'] = {
    errors = 'confirm.required workspace.checkpoint_name workspace.checkpoint_not_found '
      .. 'workspace.full',
    example = [[
workspace.checkpoint 'before'
vault.create{ name = 'kv2', resource_group = 'rg' }
workspace.restore('before', { confirm = true })
print(vault.find 'kv2') --> nil]],
  },
  ['workspace.drop'] = {
    errors = 'workspace.checkpoint_name workspace.checkpoint_not_found',
    example = [[
workspace.checkpoint 'before'
workspace.drop 'before'
print(#workspace.checkpoints()) --> 0]],
  },
  ['workspace.seed'] = {
    example = [[
workspace.seed(7)
local first = identity.create{ name = 'id2', resource_group = 'rg' }.principal_id
print(#first) --> 36]],
  },
  ['workspace.reset'] = {
    example = [[
workspace.reset()
print(#vault.list{}) --> 0]],
  },
  ['subscription:show'] = {
    example = [[
print(workspace.subscriptions()[1]:show().isDefault) --> true]],
  },
  ['checkpoint:restore'] = {
    errors = 'confirm.required workspace.checkpoint_name workspace.checkpoint_not_found '
      .. 'workspace.full',
    example = [[
local before = workspace.checkpoint 'before'
vault.create{ name = 'kv2', resource_group = 'rg' }
before:restore{ confirm = true }
print(vault.find 'kv2') --> nil]],
  },
  ['checkpoint:drop'] = {
    errors = 'workspace.checkpoint_name workspace.checkpoint_not_found',
    example = [[
workspace.checkpoint('before'):drop()
print(#workspace.checkpoints()) --> 0]],
  },
  ['settings:list'] = {
    example = [[
for _, setting in ipairs(workspace.settings:list()) do print(setting.name, setting.value) end]],
  },
}
