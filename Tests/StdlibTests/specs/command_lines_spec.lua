--- The document's command lines in a session: az and kubectl with what a shell does around them.

local t = require('harness')
local it, same = t.it, t.same

--- Runs lines; returns what they print and the status of the last.
local function run(program, text)
  local printed, write = {}, io.write
  rawset(io, 'write', function(piece) printed[#printed + 1] = piece end)
  local ok, status = pcall(prompt[program], text)
  rawset(io, 'write', write)
  if not ok then error(status, 0) end
  return table.concat(printed), status
end

--- A cluster that kubectl speaks to.
local function world()
  local w = t.world(2)
  same(select(2, run('az', 'aks get-credentials -n c1 -g rg --only-show-errors')), 0)
  return w
end

it('a block runs as it is printed, over several lines and with its program named twice', function()
  world()
  for _, text in ipairs{
    'keyvault list --query [].name -o tsv', 'az keyvault list --query [].name -o tsv',
    '$ az keyvault list \\\n    --query "[].name" \\\n    -o tsv\n',
    '\\\nkeyvault list --query [].name -o tsv',
    'kmsh az keyvault list --query "[].{n:name}" -o tsv # all of them',
  } do
    same(run('az', text), 'kv1\n')
  end
end)

it('blocks of several commands run one after the other', function()
  world()
  local text, status = run('az', [[
group create --name rg2 --location eastus --query name -o tsv
az group show --name none --only-show-errors
kubectl get secrets -o name]])
  same(text, 'rg2\nsecret/s1\nsecret/s2\n')
  same(status, 0)
  same(select(2, run('az', 'group show -n none || az group show -n none')), 3)
  same(run('az', 'group show -n none && echo a; echo b && echo c || echo d'), 'b\nc\n')
end)

it('variables are globals, and what commands print', function()
  local w = world()
  run('az', [[export KEY_ID=$(az keyvault key show --vault-name kv1 --name etcd \
    --query 'key.kid' -o tsv) GROUP="rg"]])
  same(_G.KEY_ID, w.k.kid)
  same(run('az', 'echo $KEY_ID "$GROUP" \'$GROUP\' \\$GROUP $NOT_SET.'),
    w.k.kid .. ' rg $GROUP $GROUP .\n')
  _G.words, _G.none = 'one  two', ''
  same(run('az', 'echo $words "$words" a$words.b $none "$none"'), 'one two one  two aone two.b \n')
  _G.number = 3
  same(run('az', 'NUMBER="$number$(kubectl get secrets -o name)"; echo "$NUMBER"'),
    '3secret/s1\nsecret/s2\n')
  same(select(2, run('az', 'X=$(az group show -n none)')), 3)
  same(_G.X, '')
end)

it('what is no text is no variable', function()
  _G.handle = key.get(t.world().k.kid)
  local problem = t.fails('shell.variable', run, 'az', 'echo $handle')
  assert(problem.hint:find('handle.kid', 1, true))
end)

it('the rewrite of the document runs as it is printed', function()
  local w = world()
  w.c:update{
    enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = w.v:create_key{ name = 'etcd' },
    azure_keyvault_kms_key_vault_network_access = 'Public',
  }
  same(w.c:inventory().stale, 2)
  same(run('kubectl', 'get secrets --all-namespaces -o json | kubectl replace -f -'),
    'secret/s1 replaced\nsecret/s2 replaced\n')
  same(w.c:inventory().stale, 0)
end)

it('what ends without an end of line gets one', function()
  world()
  same(run('kubectl', "get secrets -o jsonpath='{.items[*].metadata.name}'"), 's1 s2\n')
end)

it('the last error can be explained', function()
  world()
  same(select(2, run('az', 'keyvault key show --vault-name kv1 -n none')), 3)
  assert(tostring(prompt.why()):find('code: key.not_found', 1, true))
  run('kubectl', 'get secret none')
  assert(tostring(prompt.why()):find('secrets "none" not found', 1, true))
end)

it('nothing runs when one of the commands could not', function()
  world()
  for _, text in ipairs{
    'group create -n rg2 -l eastus; grep x', 'group create -n rg2 -l eastus | jq .',
    'group create -n rg2 -l eastus; X=$(rm x)', 'group create -n rg2 -l eastus; $X',
    'group create -n rg2 -l eastus > file', 'group create -n rg2 -l eastus; export x-y',
  } do
    t.fails('shell.syntax', run, 'az', text)
    same(group.find('rg2'), nil)
  end
end)

return t
