-- Opens the KMS v2 values of an etcd with the RSA private keys of their key service, and tells
-- for all others which provider they are under.
--
--   kmsh scripts/read_etcd_values.lua FILE KEY.pem…
--
-- FILE is JSON: `entries` with `etcd_key` and `value_b64` (or `value_file`, a path beside FILE);
-- where an entry has `plaintext_sha256`, the plaintext must have that hash. The keys are imported
-- into the vault `etcd-reader`, once each; --workspace :memory: keeps nothing of them.

local VAULT = 'etcd-reader'

local function fail_usage(message)
  io.stderr:write('error: ', message, '\nusage: read_etcd_values.lua FILE KEY.pem…\n')
  os.exit(2)
end

local function read_file(path)
  local file, problem = io.open(path, 'rb')
  if not file then error({ code = 'file.unreadable', message = problem }) end
  local bytes = file:read('a')
  file:close()
  return bytes
end

-- A key's name comes of its file's content, so that running again imports nothing anew.
local function import_key(vault_handle, path)
  local pem = read_file(path)
  local stem = path:match('([^/]+)$'):gsub('%.pem$', ''):gsub('[^%w-]', '-'):sub(1, 100)
  local name = stem .. '-' .. crypto.hex(crypto.sha256(pem)):sub(1, 12)
  return key.find{ vault_name = vault_handle, name = name }
    or key.import{ vault_name = vault_handle, name = name, pem = pem }
end

local function value_of(entry, folder)
  if type(entry) ~= 'table' or type(entry.etcd_key) ~= 'string' then
    error({ code = 'entry.invalid', message = 'not an entry with an etcd_key' })
  end
  if entry.value_b64 then return crypto.base64_decode(entry.value_b64) end
  if entry.value_file then return read_file(folder .. entry.value_file) end
  error({ code = 'entry.invalid', message = 'the entry has neither value_b64 nor value_file' })
end

local function sorted_names(data)
  local names = {}
  for name in pairs(data) do names[#names + 1] = name end
  table.sort(names)
  return #names > 0 and table.concat(names, ', ') or '(none)'
end

local function provider_words(format)
  return format.provider .. (format.kms_version and ' ' .. format.kms_version or '')
    .. (format.name and ' ' .. format.name or '')
end

local function check_hash(entry, plaintext)
  local wanted = entry.plaintext_sha256
  if wanted and crypto.hex(crypto.sha256(plaintext)) ~= wanted then
    error({ code = 'plaintext.differs', message = 'the plaintext is not the recorded one' })
  end
end

-- Returns the kind of line counted in the totals, and prints it.
local function show(entry, folder, reader)
  local value = value_of(entry, folder)
  local format = etcd.classify(value)
  if format.kms_version ~= 'v2' then
    print(('%s\n  under %s'):format(entry.etcd_key, provider_words(format)))
    return 'other'
  end
  local opened = reader:open{ etcd_key = entry.etcd_key, value = value }
  check_hash(entry, opened.plaintext)
  print(('%s\n  under %s, %s, key %s'):format(
    entry.etcd_key, provider_words(format), opened.dek_source_type, opened.key_id))
  local s = opened.secret
  if s then
    print(('  Secret %s in %s, type %s, data: %s'):format(
      s.name, s.namespace, s.type, sorted_names(s.data)))
  else
    print(('  %d bytes, no Secret'):format(#opened.plaintext))
  end
  return 'opened'
end

if not arg[1] then fail_usage('no file is named') end
if not arg[2] then fail_usage('no key is named') end

local document = json.decode(read_file(arg[1]))
local entries = type(document) == 'table' and document.entries
if type(entries) ~= 'table' then fail_usage(arg[1] .. ' holds no entries') end

local vault_handle = vault.find(VAULT) or vault.create{ name = VAULT, resource_group = VAULT }
local keys = {}
for n = 2, #arg do keys[#keys + 1] = import_key(vault_handle, arg[n]) end

local reader <close> = etcd.reader{ keys = keys }
local folder = arg[1]:match('^(.*/)') or ''
local totals = { opened = 0, other = 0, failed = 0 }
for n, entry in ipairs(entries) do
  local ok, outcome = pcall(show, entry, folder, reader)
  if not ok then
    if outcome.code == 'interrupted' then error(outcome) end
    io.stderr:write(('error: %s: %s\n'):format(
      type(entry) == 'table' and entry.etcd_key or 'entry ' .. n, outcome.message))
    outcome = 'failed'
  end
  totals[outcome] = totals[outcome] + 1
end
print(('%d opened, %d under other providers, %d failed'):format(
  totals.opened, totals.other, totals.failed))
if totals.failed > 0 then os.exit(1) end
