--- Secrets that kubectl makes of words and files, and their labels, in the words of kubectl 1.32.

local t = require('harness')
local kubectl = require('kubectl_line')
local file, line, run, world = kubectl.file, kubectl.line, kubectl.run, kubectl.world

local DRY = ' --dry-run=client'

--- Command lines that make a Secret, with what they print.
local MADE = {
  { 'create secret generic b --from-literal=y=1 --from-literal=on=2 -o yaml' .. DRY,
    'apiVersion: v1\ndata:\n  "on": Mg==\n  "y": MQ==\nkind: Secret\nmetadata:\n'
      .. '  creationTimestamp: null\n  name: b\n' },
  -- Quotes that reach the program are part of the value.
  { "create secret generic b --from-literal=a='b' -o jsonpath={.data.a}" .. DRY, 'J2In' },
  { 'create secret generic b --append-hash --from-literal=a=b -o name' .. DRY,
    'secret/b-5879h49d8k\n' },
  { 'create secret generic b -o name' .. DRY, 'secret/b\n' },
  { 'create secret docker-registry r --docker-username=u --docker-password=p --docker-email=e '
    .. '-o jsonpath={.data}' .. DRY, '{".dockerconfigjson":"eyJhdXRocyI6eyJodHRwczovL2luZGV4LmRvY2t'
    .. 'lci5pby92MS8iOnsidXNlcm5hbWUiOiJ1IiwicGFzc3dvcmQiOiJwIiwiZW1haWwiOiJlIiwiYXV0aCI6ImRUcHcif'
    .. 'X19"}' },
}

for _, case in ipairs(MADE) do
  t.it(case[1], function()
    world()
    local out, err, status = line(case[1])
    t.same(out .. err, case[2])
    t.same(status, 0)
  end)
end

--- Command lines that fail, with the first words of what they say.
local REFUSED = {
  { 'create', 'must specify one of -f and -k\n' }, { 'apply', 'must specify one of -f and -k\n' },
  { 'delete', 'You must provide one or more resources by argument or filename.\nExample resource '
    .. "specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> "
    .. "<name>'\n   '<resource>'\n" },
  { 'describe', 'You must specify the type of resource to describe. Use "kubectl api-resources"' },
  { 'create secret foo', 'unknown command "foo"\nSee \'kubectl create secret -h\' for help and '
    .. 'examples\n' },
  { 'create secret generic b --from-literal=bad/key=x', '"bad/key" is not valid key name for a '
    .. 'Secret a valid config key must consist of alphanumeric characters' },
  { 'create secret generic b --from-file=a=b=c', "key names or file paths cannot contain '='\n" },
  { 'create secret tls t --cert=no --key=no',
    'Cannot read file no, open no: no such file or directory\n' },
  { 'replace -f nofile', 'the path "nofile" does not exist\n' },
  { 'label',
    'one or more resources must be specified as <resource> <name> or <resource>/<name>\n' },
  { 'create secret generic b -o wide', 'unable to match a printer suitable for the output format '
    .. '"wide", allowed formats are: json,jsonpath,' },
  { 'create secret generic b -o jsonpath={.a', 'error parsing jsonpath {.a' },
  { 'label secret s1', 'at least one label update is required\n' },
  { 'annotate secret s1', 'at least one annotation update is required\n' },
  { 'label secret a=b', 'resource(s) were provided, but no name was specified\n' },
  { 'label pod x a=b', 'kmsh changes secrets, no pods\n' },
  { 'label secret s1 a=b c', 'unknown change: "c"\n' },
  { 'label secret tls app=x -n web',
    "'app' already has a value (web), and --overwrite is false\n" },
}

for _, case in ipairs(REFUSED) do
  t.it(case[1] .. ' is refused', function()
    world()
    local out, err, status = line(case[1])
    local wanted = 'error: ' .. case[2]
    t.same(err:sub(1, #wanted), wanted)
    t.same(out .. status, '1')
  end)
end

t.it('a certificate and its key are told from one another', function()
  world()
  local certificate = file('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n')
  local private_key = file('-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n')
  local function make(cert, key)
    local out, err = run('create', 'secret', 'tls', 't', '--cert', cert, '--key', key)
    return out .. err
  end
  t.same(make(certificate, private_key), 'secret/t created\n')
  t.same(make(private_key, private_key), 'error: tls: failed to find certificate PEM data in '
    .. 'certificate input, but did find a private key; PEM inputs may have been switched\n')
  t.same(make(certificate, certificate),
    'error: tls: found a certificate rather than a key in the PEM for the private key\n')
  os.remove(certificate)
  os.remove(private_key)
end)

t.it('labels and annotations are set, changed, taken off and kept', function()
  local w = world()
  local function told(text, wanted)
    local out, err = line(text)
    t.same(text .. ': ' .. out .. err, text .. ': ' .. wanted)
  end
  told('label secret s1 a=b', 'secret/s1 labeled\n')
  told('label secret s1 a=b', 'secret/s1 not labeled\n')
  told('label secret s1 a=c --overwrite', 'secret/s1 labeled\n')
  told('label secret/s1 a- x=y', 'secret/s1 labeled\n')
  told('label secret s1 x-', 'secret/s1 unlabeled\n')
  told('label secrets --all -A team=one', 'secret/s1 labeled\nsecret/tls labeled\n')
  told('label secrets -l app=web -A team=two --overwrite -o name', 'secret/tls\n')
  told('label secret s1 more=x' .. DRY, 'secret/s1 labeled (dry run)\n')
  told('label secret s1 more=x --dry-run=server', 'secret/s1 labeled (server dry run)\n')
  told('annotate secret s1 note=first', 'secret/s1 annotated\n')
  told('annotate secret s1 note=other', 'error: --overwrite is false but found the following '
    .. "declared annotation(s): 'note' already has a value (first)\n")
  told('label secret none a=b', 'Error from server (NotFound): secrets "none" not found\n')
  local s = secret.get{ cluster = w.c, name = 's1' }
  t.same(s.labels.team .. tostring(s.labels.more) .. tostring(s.labels.x), 'onenilnil')
  t.same(s.data.n, '1')
  t.same(secret.get{ cluster = w.c, name = 'tls', namespace = 'web' }.labels.team, 'two')
  t.same(select(2, line('label secret s1 b@d=x')):sub(1, 53),
    'The Secret "s1" is invalid: metadata.labels: Invalid ')
end)
