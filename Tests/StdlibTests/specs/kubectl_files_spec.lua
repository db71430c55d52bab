--- What is wrong in the files that kubectl reads.

local t = require('harness')
local kubectl = require('kubectl_line')
local file, line, run, world = kubectl.file, kubectl.line, kubectl.run, kubectl.world

t.it('what is no object at all is told, and stops nothing', function()
  world()
  local path = file('{"kind":"List","items":[1,{"kind":"Secret"},'
    .. '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"?"}},'
    .. '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"b"}}]}')
  for _, verb in ipairs{ 'create', 'apply', 'replace', 'delete' } do
    local out, err, status = run(verb, '-f', path)
    t.same(out:find('^secret[/ ]"?b"? %a+\n$') ~= nil, true)
    t.same(err:find("Object 'Kind' is missing", 1, true) ~= nil, true)
    t.same(status, 1)
    if verb == 'create' then
      local wanted = 'Error from server (BadRequest): error when creating "' .. path .. '": Secret '
        .. 'in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0\n'
      t.same(err:find(wanted, 1, true) ~= nil, true)
    end
  end
  os.remove(path)
end)

for _, case in ipairs{
  { '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"BAD"}}',
    'The Secret "BAD" is invalid: metadata.name: Invalid value: "BAD": a lowercase RFC 1123 ' },
  { '{"apiVersion":"v1","kind":"Secret"}',
    'The Secret "" is invalid: metadata.name: Required value: name or generateName is required\n' },
  { '{"a":1}', 'error: unable to decode "PATH": Object \'Kind\' is missing\n' },
  { 'a: b\n c: [', 'error: error parsing PATH: error converting YAML to JSON: yaml: line 2: ' },
  { '{"apiVersion":"v1"', 'error: error parsing PATH: unexpected EOF\n' },
  { '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"YWJjZ"}}',
    'Error from server (BadRequest): error when creating "PATH": Secret in version "v1" cannot be '
      .. 'handled as a Secret: illegal base64 data at input byte 4\n' },
} do
  t.it(('a create of %q is refused in the real words'):format(case[1]), function()
    world()
    local path = file(case[1])
    local out, err, status = run('create', '-f', path)
    os.remove(path)
    t.same(out, '')
    local wanted = case[2]:gsub('PATH', function() return path end)
    t.same(err:sub(1, #wanted), wanted)
    t.same(status, 1)
  end)
end

t.it('a text that breaks off is told; what stood before it was asked for', function()
  local w = world()
  local list = line('get secrets -A -o json')
  local path = file(list:sub(1, -60))
  local out, err, status = run('replace', '-f', path)
  t.same(out, 'secret/s1 replaced\nsecret/tls replaced\n')
  t.same(err .. status, ('error: error parsing %s: unexpected EOF\n1'):format(path))
  os.remove(path)
  path = file('')
  t.same(select(2, run('replace', '-f', path)), 'error: no objects passed to replace\n')
  os.remove(path)
  t.same(w.c:inventory{}.stale, 0)
end)
