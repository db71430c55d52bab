--- What a spec needs: `it(title, fn)`, and expectations that tell what they saw.

local M = { tests = {} }

function M.it(title, body) M.tests[#M.tests + 1] = { title = title, body = body } end

function M.same(got, wanted)
  if got ~= wanted then
    error(('%s is not %s'):format(tostring(got), tostring(wanted)), 2)
  end
end

--- Runs a function that must fail with a code, and returns its error.
function M.fails(code, body, ...)
  local ok, problem = pcall(body, ...)
  if ok then error('nothing failed, wanted ' .. code, 2) end
  local got = type(problem) == 'table' and problem.code or tostring(problem)
  if got ~= code then error(('failed with %s, not %s'):format(got, code), 2) end
  return problem
end

--- A public vault with a key, granted to the identity of a cluster under KMS, with Secrets.
function M.world(secret_count)
  local w = {}
  w.v = vault.create{ name = 'kv1', resource_group = 'rg' }
  w.k = key.create{ vault_name = w.v, name = 'etcd' }
  w.i = identity.create{ name = 'id1', resource_group = 'rg' }
  w.v:set_policy{ object_id = w.i, key_permissions = { 'encrypt', 'decrypt' } }
  w.c = cluster.create{
    name = 'c1', resource_group = 'rg', assign_identity = w.i, enable_azure_keyvault_kms = true,
    azure_keyvault_kms_key_id = w.k, azure_keyvault_kms_key_vault_network_access = 'Public',
  }
  for n = 1, secret_count or 0 do
    secret.create{ cluster = w.c, name = 's' .. n, string_data = { n = tostring(n) } }
  end
  return w
end

return M
