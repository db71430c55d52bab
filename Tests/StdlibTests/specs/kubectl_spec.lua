--- The command line of kubectl: lines, columns, conflicts and exit statuses.

local t = require('harness')
local kubectl = require('kubectl_line')

local file, line, run, world = kubectl.file, kubectl.line, kubectl.run, kubectl.world

--- Command lines with what they print.
local PRINTED = {
  ['get secrets'] = 'NAME   TYPE     DATA   AGE\ns1     Opaque   1      24h\n',
  ['get secret -A'] = 'NAMESPACE   NAME   TYPE                DATA   AGE\n'
    .. 'default     s1     Opaque              1      24h\n'
    .. 'web         tls    kubernetes.io/tls   2      24h\n',
  ['get secrets --all-namespaces --no-headers'] =
    'default   s1    Opaque              1     24h\n'
    .. 'web       tls   kubernetes.io/tls   2     24h\n',
  ['get secrets -Ao name'] = 'secret/s1\nsecret/tls\n',
  ['get secrets -A -o=name -l app=web'] = 'secret/tls\n',
  ['get secrets -A -o name -l app!=web'] = 'secret/s1\n',
  ['get secrets -A -oname --field-selector type=Opaque'] = 'secret/s1\n',
  ['get secrets -A -o name --field-selector=type!=Opaque'] = 'secret/tls\n',
  ['get -n web secret/tls -o name'] = 'secret/tls\n',
  ['get secret/s1 secrets/s1'] = 'NAME   TYPE     DATA   AGE\ns1     Opaque   1      24h\n'
    .. 's1     Opaque   1      24h\n',
  ['get secrets -A -o custom-columns=N:.metadata.name,T:type,X:.x'] =
    'N     T                   X\n'
    .. 's1    Opaque              <none>\ntls   kubernetes.io/tls   <none>\n',
  ['get secrets -A -o jsonpath={.items[*].metadata.name}'] = 's1 tls',
  ['get secret s1 -o jsonpath={.data.n}'] = 'MQ==',
  ['get secrets -n web --show-labels'] = 'NAME   TYPE                DATA   AGE   LABELS\n'
    .. 'tls    kubernetes.io/tls   2      24h   app=web\n',
  ['get secrets -A -L app'] = 'NAMESPACE   NAME   TYPE                DATA   AGE   APP\n'
    .. 'default     s1     Opaque              1      24h   \n'
    .. 'web         tls    kubernetes.io/tls   2      24h   web\n',
  ['get secrets -A --sort-by=.type'] = 'NAMESPACE   NAME   TYPE                DATA   AGE\n'
    .. 'default     s1     Opaque              1      24h\n'
    .. 'web         tls    kubernetes.io/tls   2      24h\n',
  ['get ns -o name'] = 'namespace/default\nnamespace/kube-node-lease\nnamespace/kube-public\n'
    .. 'namespace/kube-system\nnamespace/web\n',
  ['get namespaces web'] = 'NAME   STATUS   AGE\nweb    Active   24h\n',
  ['get --raw /readyz/kms-providers'] = 'ok', ['get --raw /livez?verbose'] = 'ok',
  ['describe secret tls -n web'] = 'Name:         tls\nNamespace:    web\nLabels:       app=web\n'
    .. 'Annotations:  <none>\n\nType:  kubernetes.io/tls\n\nData\n====\n'
    .. 'tls.crt:  1 bytes\ntls.key:  2 bytes\n',
  ['version --client'] = 'Client Version: v1.33.0+kmsh\nKustomize Version: v5.6.0\n',
  ['create secret generic d --from-literal=a=b --dry-run=client'] =
    'secret/d created (dry run)\n',
  ['create secret generic d --from-literal=a=b --dry-run=client -oyaml -n web'] =
    'apiVersion: v1\ndata:\n  a: Yg==\nkind: Secret\nmetadata:\n  creationTimestamp: null\n'
    .. '  name: d\n  namespace: web\n',
  ['delete secret s1 --dry-run=client'] = 'secret "s1" deleted (dry run)\n',
}

t.it('command lines print what kubectl prints', function()
  world()
  for text, wanted in pairs(PRINTED) do
    local out, err, status = line(text)
    t.same(text .. '\n' .. out, text .. '\n' .. wanted)
    t.same(text .. err .. status, text .. '0')
  end
end)

t.it('pods and nodes are listed, the KMS plugin among none of them', function()
  world()
  local pods = line('get po -n kube-system')
  t.same(pods:find('^NAME +READY   STATUS    RESTARTS   AGE\n') ~= nil, true)
  t.same(pods:find('konnectivity%-agent%-%S+ +1/1     Running   0          24h\n') ~= nil, true)
  t.same(pods:find('kms', 1, true), nil)
  local nodes = line('get nodes')
  t.same(nodes:find('\naks%-nodepool1%-%w+%-vmss000002   Ready    <none>   24h   v1%.%d+%.%d+\n')
    ~= nil, true)
  t.same(line('get pods -A --field-selector metadata.namespace=x'), '')
  t.same(json.decode((line('get nodes -o json'))).items[1].kind, 'Node')
end)

t.it('an object and a list are the API server\'s, members by name', function()
  world()
  local one = line('get secret s1 -o json')
  local uid = json.decode(one).metadata.uid
  local wanted = [[
{
    "apiVersion": "v1",
    "data": {
        "n": "MQ=="
    },
    "kind": "Secret",
    "metadata": {
        "creationTimestamp": "2025-01-01T00:00:00Z",
        "name": "s1",
        "namespace": "default",
        "resourceVersion": "1",
        "uid": "UID"
    },
    "type": "Opaque"
}
]]
  t.same(one, (wanted:gsub('UID', uid)))
  local list = line('get secrets -A -o json')
  local beginning = '{\n    "apiVersion": "v1",\n    "items": [\n        {\n            "apiV'
  t.same(list:sub(1, #beginning), beginning)
  local ending = '\n    ],\n    "kind": "List",\n    "metadata": {\n        '
    .. '"resourceVersion": ""\n    }\n}\n'
  t.same(list:sub(-#ending), ending)
  t.same(#json.decode(list).items, 2)
  t.same(json.encode(yaml.decode((line('get secrets -A -o yaml')))),
    json.encode(json.decode(list)))
  t.same(line('get secrets -n none -o json'), '{\n    "apiVersion": "v1",\n    "items": [],\n    '
    .. '"kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n')
end)

--- Command lines that fail, with what is said first.
local REFUSED = {
  ['get secret nope'] = 'Error from server (NotFound): secrets "nope" not found\n',
  ['get node nope'] = 'Error from server (NotFound): nodes "nope" not found\n',
  ['get foo'] = 'error: the server doesn\'t have a resource type "foo"\n',
  ['get secret s1 -A'] = 'error: a resource cannot be retrieved by name across all namespaces\n',
  ['get secret s1 -l a=b'] = 'error: name cannot be provided when a selector is specified\n',
  ['get secrets -l a=b=c'] = 'error: unable to parse requirement',
  ['get secrets --field-selector x=y'] = 'Error from server (BadRequest): Unable to find',
  ['get secrets -o foo'] = 'error: unable to match a printer suitable for the output format "foo"',
  ['get secrets --foo'] = "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n",
  ['get secrets -x'] = "error: unknown shorthand flag: 'x' in -x\n",
  ['get secrets -o'] = "error: flag needs an argument: 'o' in -o\n",
  ['get'] = 'error: Required resource not specified.\n',
  ['get --raw /nothing'] = 'Error from server (NotFound): the server could not find the requested '
    .. 'resource\n',
  ['frob'] = 'error: unknown command "frob" for "kubectl"\n',
  ['delete secret nope'] = 'Error from server (NotFound): secrets "nope" not found\n',
  ['delete secret'] = 'error: resource(s) were provided, but no name was specified\n',
  ['describe secret nope'] = 'Error from server (NotFound): secrets "nope" not found\n',
  ['create secret generic s1 --from-literal=a=b'] =
    'error: failed to create secret secrets "s1" already exists\n',
  ['create secret generic x --from-literal=ab'] =
    'error: invalid literal source ab, expected key=value\n',
  ['create secret generic x --from-literal=a=1 --from-literal=a=2'] =
    'error: cannot add key a, another key by that name already exists\n',
  ['create secret generic x --from-file=/nonexistent'] =
    'error: error reading /nonexistent: no such file or directory\n',
  ['create secret generic'] = 'error: exactly one NAME is required, got 0\n',
  ['create secret tls x'] = 'error: key and cert must be specified\n',
  ['create secret generic UP --from-literal=a=b'] =
    'error: failed to create secret Secret "UP" is invalid: metadata.name: Invalid value: "UP": ',
  ['create -f /nonexistent'] = 'error: the path "/nonexistent" does not exist\n',
  ['replace'] = 'error: must specify one of -f and -k\n',
  ['config use-context nope'] = 'error: no context exists with the name: "nope"\n',
  ['--context nope get ns'] = 'error: context "nope" does not exist\n',
}

t.it('command lines that fail say what kubectl says, and end with 1', function()
  world()
  for text, wanted in pairs(REFUSED) do
    local out, err, status = line(text)
    t.same(text .. '\n' .. err:sub(1, #wanted), text .. '\n' .. wanted)
    t.same(text .. out .. status, text .. '1')
  end
  t.same(secret.find{ cluster = 'c1', name = 'x' }, nil)
end)

t.it('what is found is printed although something else is not', function()
  world()
  local out, err, status = line('get secret nope s1 -o name')
  t.same(out .. err .. status,
    'secret/s1\nError from server (NotFound): secrets "nope" not found\n1')
  t.same(select(3, line('get secret nope --ignore-not-found')), 0)
  t.same(select(2, line('get secrets -n none')), 'No resources found in none namespace.\n')
end)

t.it('a Secret is made of literals and files', function()
  local w = world()
  local path = file('file\n\0\255')
  local out = run('create', 'secret', 'generic', 'db', '--from-literal=user=it=me',
    '--from-file=key=' .. path, '--from-file', path, '--type', 'custom', '-n', 'web')
  t.same(out, 'secret/db created\n')
  local s = secret.get{ cluster = w.c, name = 'db', namespace = 'web' }
  t.same(s.data.user, 'it=me')
  t.same(s.data.key, 'file\n\0\255')
  t.same(s.data[path:match('[^/]+$')], 'file\n\0\255')
  t.same(s.type, 'custom')
  local cert = file('-----BEGIN CERTIFICATE-----\n')
  local key = file('-----BEGIN PRIVATE KEY-----\n')
  t.same(run('create', 'secret', 'tls', 'pair', '--cert', cert, '--key', key),
    'secret/pair created\n')
  t.same(secret.get{ cluster = w.c, name = 'pair' }.type, 'kubernetes.io/tls')
  t.same(select(2, run('create', 'secret', 'tls', 'p', '--cert', path, '--key', key)),
    'error: tls: failed to find any PEM data in certificate input\n')
  for _, name in ipairs{ path, cert, key } do os.remove(name) end
end)

t.it('a list is replaced Secret by Secret: a conflict hides no other (R126)', function()
  local w = world()
  local list = line('get secrets -A -o json')
  secret.get{ cluster = w.c, name = 's1' }:update{ data = { n = 'new' } }
  local path = file(list)
  local out, err, status = run('replace', '-f', path)
  t.same(out, 'secret/tls replaced\n')
  t.same(err, ('Error from server (Conflict): error when replacing "%s": Operation cannot be '
    .. 'fulfilled on secrets "s1": the object has been modified; please apply your changes to the '
    .. 'latest version and try again\n'):format(path))
  t.same(status, 1)
  t.same(secret.get{ cluster = w.c, name = 's1' }.data.n, 'new')
  secret.get{ cluster = w.c, name = 's1' }:delete()
  t.same(select(2, run('replace', '-f', path)), ('Error from server (NotFound): error when '
    .. 'replacing "%s": secrets "s1" not found\n'):format(path))
  os.remove(path)
end)

t.it('the document\'s rewrite moves every Secret to the current key (R52, R74)', function()
  local w = world()
  w.c:update{
    enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = w.v:create_key{ name = 'etcd' },
    azure_keyvault_kms_key_vault_network_access = 'Public',
  }
  t.same(w.c:inventory{}.stale, 2)
  local path = file((line('get secrets --all-namespaces -o json')))
  local out, err, status = run('replace', '-f', path)
  t.same(out .. err .. status, 'secret/s1 replaced\nsecret/tls replaced\n0')
  t.same(w.c:inventory{}.stale, 0)
  t.same(secret.get{ cluster = w.c, name = 's1' }.data.n, '1')
  os.remove(path)
end)

t.it('a list that cannot be read whole prints none of it (R75)', function()
  local w = world()
  for _ = 1, 2 do
    w.c:update{
      enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = w.v:create_key{ name = 'etcd' },
      azure_keyvault_kms_key_vault_network_access = 'Public',
    }
    secret.create{ cluster = w.c, name = 'a' .. #w.k:versions(), string_data = { a = 'b' } }
  end
  t.same(line('get secrets -A -o yaml') .. line('get secrets -A'), '')
  local out, err, status = line('get secrets -A -o json')
  t.same(status .. out, '1')
  t.same(err:find('^Error from server %(InternalError%): Internal error occurred: unable to '
    .. 'transform key "/registry/secrets/%w+/%w+": ') ~= nil, true)
end)

t.it('files may hold YAML, many documents and what is no Secret', function()
  local w = world()
  local path = file([[
apiVersion: v1
kind: Secret
metadata: {name: one}
stringData: {a: text}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: two}
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: three, namespace: web}
  data: {b: eA==}
- apiVersion: v1
  kind: Secret
  metadata: {name: four}
  wrong: 1
]])
  local out, err, status = run('create', '-f', path)
  t.same(out, 'secret/one created\nsecret/three created\n')
  t.same(err:find('no matches for kind "Deployment" in version "apps/v1"', 1, true) ~= nil, true)
  t.same(err:find('Error from server (BadRequest): error when creating "' .. path
    .. '": Secret in version "v1" cannot be handled as a Secret: strict decoding error: unknown '
    .. 'field "wrong"\n', 1, true) ~= nil, true)
  t.same(status, 1)
  t.same(secret.get{ cluster = w.c, name = 'one' }.data.a, 'text')
  t.same(secret.get{ cluster = w.c, name = 'three', namespace = 'web' }.data.b, 'x')
  t.same(select(2, run('create', '-f', path, '-n', 'web')):find('the namespace from the provided '
    .. 'object', 1, true), nil)
  t.same(run('replace', '--force', '-f', path):find('secret "one" deleted\n.*secret/one replaced\n')
    ~= nil, true)
  local lenient = run('replace', '-f', path, '--validate=false')
  t.same(lenient, 'secret/one replaced\nsecret/three replaced\n')
  t.same(select(2, run('replace', '-f', path, '--validate=false')):find('unknown field', 1, true),
    nil)
  t.same(run('delete', '-f', path), 'secret "one" deleted\nsecret "three" deleted\n')
  os.remove(path)
end)

t.it('an apply makes, leaves and changes, and drops what it set before', function()
  local w = world()
  local function apply(text)
    local path = file(text)
    local out, err = run('apply', '-f', path)
    os.remove(path)
    return out, err
  end
  local head = 'apiVersion: v1\nkind: Secret\nmetadata: {name: a, labels: {x: y}}\n'
  t.same(apply(head .. 'stringData: {a: one, b: two}\n'), 'secret/a created\n')
  t.same(line('get secret a -o yaml'):find('    kubectl.kubernetes.io/last-applied-configuration: |'
    .. '\n      {"apiVersion":"v1","kind":"Secret","metadata":{"annotations":{},"labels":{"x":"y"},'
    .. '"name":"a","namespace":"default"},"stringData":{"a":"one","b":"two"}}\n', 1, true) ~= nil,
    true)
  t.same(apply(head .. 'stringData: {a: one, b: two}\n'), 'secret/a unchanged\n')
  local s = secret.get{ cluster = w.c, name = 'a' }
  s:update{ data = { a = 'one', b = 'two', other = 'kept' } }
  t.same(apply(head .. 'stringData: {a: new}\n'), 'secret/a configured\n')
  t.same(s.data.a .. s.data.other .. tostring(s.data.b), 'newkeptnil')
  for _, text in ipairs{ 'foo: x\n', 'data: {a: "!"}\n' } do
    local applied, problem = apply(head .. text)
    t.same(applied, '')
    assert(problem:find('error when applying patch to "', 1, true), problem)
  end
  t.same(s.data.a, 'new')
  local out, err = apply('apiVersion: v1\nkind: Secret\nmetadata: {name: s1}\ndata: {n: Mg==}\n')
  t.same(out, 'secret/s1 configured\n')
  local warning = 'Warning: resource secrets/s1 is missing the kubectl.kubernetes.io/last-applied'
  t.same(err:sub(1, #warning), warning)
end)

t.it('Secrets are deleted by name, by selector and all', function()
  local w = world()
  t.same(line('delete secret s1'), 'secret "s1" deleted\n')
  t.same(line('delete secrets -A -l app=web'), 'secret "tls" deleted\n')
  t.same(select(3, line('delete secret s1 --ignore-not-found')), 0)
  secret.create{ cluster = w.c, name = 'b', data = {} }
  t.same(line('delete secrets --all'), 'secret "b" deleted\n')
end)

t.it('a stopped cluster and an unhealthy plugin are what the server says', function()
  local w = world()
  w.k:update{ enabled = false }
  clock.advance('PT2M')
  local _, err, status = line('get --raw /readyz/kms-providers')
  t.same(err:find('^Error from server %(InternalError%): an error on the server %("internal server '
    .. 'error: ') ~= nil, true)
  t.same(status, 1)
  w.c:stop()
  t.same(select(2, line('get secrets')):find('^Unable to connect to the server: dial tcp: lookup ')
    ~= nil, true)
end)

t.it('the current context of the kubeconfig tells the cluster and the namespace', function()
  world()
  local path = file('')
  local function config(...)
    local out, err = {}, {}
    local status = require('kubectl').main({ '--kubeconfig', path, ... }, {
      out = function(text) out[#out + 1] = text end, err = function(text) err[#err + 1] = text end,
    })
    return table.concat(out) .. table.concat(err), status
  end
  t.same(config('config', 'current-context'), 'error: current-context is not set\n')
  t.same(config('get', 'secrets'):find('^The connection to the server localhost:8080 was refused')
    ~= nil, true)
  t.same(config('config', 'set-context', 'c1', '--cluster=c1', '--user=me', '--namespace=web'),
    'Context "c1" created.\n')
  t.same(config('config', 'use-context', 'c1'), 'Switched to context "c1".\n')
  t.same(config('get', 'secrets', '-o', 'name'), 'secret/tls\n')
  t.same(config('get', 'secrets', '-o', 'name', '-n', 'default'), 'secret/s1\n')
  t.same(config('config', 'get-contexts'), 'CURRENT   NAME   CLUSTER   AUTHINFO   NAMESPACE\n'
    .. '*         c1     c1        me         web\n')
  t.same(config('config', 'set-context', '--current', '--namespace=default'),
    'Context "c1" modified.\n')
  t.same(config('config', 'view', '-o', 'jsonpath={.contexts[0].context.namespace}'), 'default')
  t.same(config('config', 'rename-context', 'c1', 'x'), 'Context "c1" renamed to "x".\n')
  t.same(config('config', 'current-context'), 'x\n')
  os.remove(path)
end)
