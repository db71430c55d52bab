--- `kubectl create`: Secrets of literals, files and certificates, and the objects of files.

local api_server, crypto, json = require('api_server'), require('crypto'), require('json')
local output, replace = require('kubectl.output'), require('kubectl.replace')
local send, target_module = require('kubectl.send'), require('kubectl.target')

local M = {}

M.flags = {
  ['from-literal'] = 'list', ['from-file'] = 'list', ['from-env-file'] = 'list', type = 'text',
  cert = 'text', key = 'text', ['append-hash'] = 'flag', ['docker-server'] = 'text',
  ['docker-username'] = 'text', ['docker-password'] = 'text', ['docker-email'] = 'text',
}
for name, kind in pairs(replace.flags) do M.flags[name] = kind end

-- Longest file of one value, in bytes: no Secret holds more.
local LENGTH_MAX = 1 << 20

local function read(path)
  local file = io.open(path, 'rb')
  local text = file and file:read(LENGTH_MAX + 1)
  if file then file:close() end
  if not file then
    target_module.refuse(('error reading %s: no such file or directory'):format(path))
  end
  if not text and not api_server.folder(path) then text = '' end
  if not text then target_module.refuse(('error reading %s: is a directory'):format(path)) end
  if #text > LENGTH_MAX then
    target_module.refuse(('error reading %s: longer than a Secret may be'):format(path))
  end
  return text
end

local function put(data, key, value)
  if not key:find('^[-._%w]+$') then
    target_module.refuse(('"%s" is not valid key name for a Secret a valid config key must consist '
      .. "of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
      .. "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"):format(key))
  end
  if data[key] then
    target_module.refuse(('cannot add key %s, another key by that name already exists'):format(key))
  end
  data[key] = value
end

local function from_literals(data, literals)
  for _, text in ipairs(literals or {}) do
    local key, value = text:match('^([^=]+)=(.*)$')
    if not key then
      target_module.refuse(('invalid literal source %s, expected key=value'):format(
        text:match('^[^=]*')))
    end
    put(data, key, value)
  end
end

local function from_folder(data, path)
  for _, name in ipairs(api_server.folder(path)) do
    if name:find('^[%w%-_.]+$') then put(data, name, read(path .. '/' .. name)) end
  end
end

--- Reads `[KEY=]PATH`.
local function file_source(text)
  if not text:find('=', 1, true) then return nil, text end
  local key, path = text:match('^([^=]*)=(.*)$')
  if path:find('=', 1, true) then
    target_module.refuse("key names or file paths cannot contain '='")
  end
  if key == '' then target_module.refuse(('key name for file path %s missing'):format(path)) end
  if path == '' then target_module.refuse(('file path for key name %s missing'):format(key)) end
  return key, path
end

local function from_files(data, files)
  for _, text in ipairs(files or {}) do
    local key, path = file_source(text)
    if not key and api_server.folder(path) then
      from_folder(data, path)
    else
      put(data, key or path:match('[^/]+$'), read(path))
    end
  end
end

local function from_env_files(data, files)
  for _, path in ipairs(files or {}) do
    for line in read(path):gmatch('[^\r\n]+') do
      line = line:gsub('^%s+', '')
      local key, value = line:match('^([^=#][^=]*)=(.*)$')
      if key then put(data, key, value) end
    end
  end
end

--- The data and type of a kind of Secret, by what its flags say.
local KINDS = {}

function KINDS.generic(flags)
  if flags['from-env-file'] and (flags['from-file'] or flags['from-literal']) then
    target_module.refuse('from-env-file cannot be combined with from-file or from-literal')
  end
  local data = {}
  from_files(data, flags['from-file'])
  from_literals(data, flags['from-literal'])
  from_env_files(data, flags['from-env-file'])
  return data, flags.type
end

local CERTIFICATE = '%-%-%-%-%-BEGIN CERTIFICATE%-%-%-%-%-'
local PRIVATE_KEY = '%-%-%-%-%-BEGIN [%u ]*PRIVATE KEY%-%-%-%-%-'

--- The text of a certificate or of its key.
local function read_part(path)
  local file = io.open(path, 'rb')
  if not file then
    target_module.refuse(('Cannot read file %s, open %s: no such file or directory'):format(
      path, path))
  end
  file:close()
  return read(path)
end

local function check_part(what, text, mark, other, switched)
  if text:find(mark) then return end
  target_module.refuse(text:find(other) and switched
    or ('tls: failed to find any PEM data in %s input'):format(what))
end

function KINDS.tls(flags)
  if not flags.cert or not flags.key then
    target_module.refuse('key and cert must be specified')
  end
  local cert, key = read_part(flags.cert), read_part(flags.key)
  check_part('certificate', cert, CERTIFICATE, PRIVATE_KEY, 'tls: failed to find certificate PEM '
    .. 'data in certificate input, but did find a private key; PEM inputs may have been switched')
  check_part('key', key, PRIVATE_KEY, CERTIFICATE,
    'tls: found a certificate rather than a key in the PEM for the private key')
  return { ['tls.crt'] = cert, ['tls.key'] = key }, 'kubernetes.io/tls'
end

KINDS['docker-registry'] = function(flags)
  if flags['from-file'] then
    local data = {}
    from_files(data, flags['from-file'])
    return data, 'kubernetes.io/dockerconfigjson'
  end
  local user, password = flags['docker-username'], flags['docker-password']
  if not user or not password then
    target_module.refuse('either --from-file or the combination of --docker-username, '
      .. '--docker-password and --docker-server is required')
  end
  local server = flags['docker-server'] or 'https://index.docker.io/v1/'
  local email = flags['docker-email']
  -- In the order of the real writer, so that the bytes are the same.
  local entry = ('"username":%s,"password":%s,%s"auth":%s'):format(json.encode(user),
    json.encode(password), email and ('"email":%s,'):format(json.encode(email)) or '',
    json.encode(crypto.base64(user .. ':' .. password)))
  return { ['.dockerconfigjson'] = ('{"auths":{%s:{%s}}}'):format(json.encode(server), entry) },
    'kubernetes.io/dockerconfigjson'
end

local LETTERS = { ['0'] = 'g', ['1'] = 'h', ['3'] = 'k', a = 'm', e = 't' }

--- What a name ends in that changes with the data: the real tool's digest, without vowels.
local function digest(name, encoded, kind)
  local text = ('{"data":%s,"kind":"Secret","name":%s,"type":%s}'):format(
    next(encoded) and json.encode(encoded) or 'null', json.encode(name), json.encode(kind or ''))
  return (crypto.hex(crypto.sha256(text)):sub(1, 10):gsub('[013ae]', LETTERS))
end

local function object_of(name, flags, target, data, kind)
  local encoded = {}
  for key, value in pairs(data) do encoded[key] = crypto.base64(value) end
  if flags['append-hash'] then name = name .. '-' .. digest(name, encoded, kind) end
  local object = {
    apiVersion = 'v1', kind = 'Secret', data = next(encoded) and encoded or nil, type = kind,
    metadata = {
      name = name, namespace = target.is_given and target.namespace or nil,
      creationTimestamp = json.null,
    },
  }
  return flags['save-config'] and send.noted(object, send.note(object)) or object
end

--- Shows an object that was not sent, or one that was as the server has it.
local function show(object, target, mode, format, shell)
  local name = object.metadata.name
  if not format.name then
    shell.out(('secret/%s created%s\n'):format(name, send.suffix(mode)))
  elseif format.name == 'name' then
    shell.out(('secret/%s\n'):format(name))
  else
    local sent = mode == 'none' and api_server.get{
      cluster = target.cluster, name = name, namespace = target.namespace,
    }
    output.single(sent or object, format, shell.out)
  end
end

local function create_secret(flags, words, shell)
  local kind = words[2]
  local make = KINDS[kind or '']
  if not make then
    target_module.refuse(kind and ('unknown command "%s"\nSee \'kubectl create secret -h\' for '
      .. 'help and examples'):format(kind)
      or 'kubectl create secret needs a type: generic, tls or docker-registry',
      'kubectl create secret generic NAME --from-literal=key=value')
  end
  if #words ~= 3 then
    target_module.refuse(("exactly one NAME is required, got %d\nSee 'kubectl create secret %s -h' "
      .. 'for help and examples'):format(#words - 2, kind))
  end
  local format = output.single_format(flags.output)
  local data, secret_type = make(flags)
  local target, mode = target_module.of(flags), send.dry_run(flags)
  local object = object_of(words[3], flags, target, data, secret_type)
  if mode ~= 'client' then
    local answer = api_server.send{
      cluster = target.cluster, verb = 'create', objects = { json.encode(object) },
      namespace = target.namespace, dry_run = mode == 'server',
    }[1]
    if answer.error then
      target_module.refuse('failed to create secret ' .. answer.error.message, answer.error.hint)
    end
    if mode == 'none' then shell.changed(target.cluster) end
  end
  show(object, target, mode, format, shell)
  return 0
end

---@param flags table
---@param words string[]
---@param shell table
---@return integer status
function M.run(flags, words, shell)
  if flags.filename and #words == 0 then return replace.send('create', flags, shell) end
  local what = words[1]
  if what == 'secret' or what == 'secrets' then return create_secret(flags, words, shell) end
  target_module.refuse(what
    and ('unknown command "%s" for "kubectl create": kmsh models Secrets only'):format(what)
    or 'must specify one of -f and -k')
end

return M
