local harness = require('harness')
local flags, parse = require('az.cli.flags'), require('az.cli.parse')
local it, same = harness.it, harness.same

local FLAGS = flags.all(
  flags.name('name'), flags.group(), flags.switch('--enable-rbac'), flags.flag('--yes', '-y'),
  flags.integer('--node-count', '-c'), flags.words('--key-permissions'),
  flags.words('--subnets', { many = '+' }), flags.tags(), flags.time('--expires'),
  flags.text('--kty', { choices = { 'RSA', 'EC-HSM' } }), flags.global)

local function read(...) return parse.read({ ... }, FLAGS, 'az thing do') end

local function refuses(message, ...)
  local problem = harness.fails('az.usage', read, ...)
  same(problem.message, message)
  same(problem.exit, 2)
end

it('reads a flag by its long form, its short form, and both with the value attached', function()
  same(read('--name', 'v').name, 'v')
  same(read('-n', 'v').name, 'v')
  same(read('--name=v=w').name, 'v=w')
  same(read('-n=v').name, 'v')
  same(read('-nv').name, 'v')
  same(read('--name=').name, '')
end)

it('takes the last of a flag that is given twice', function()
  same(read('-n', 'a', '--name', 'b').name, 'b')
end)

it('lets a flag be shortened while it stays unambiguous', function()
  same(read('--na', 'v').name, 'v')
  same(read('-n', 'v', '--node=4').node_count, 4)
  refuses('ambiguous option: --n could match --name, --node-count', '--n', 'v')
end)

it('takes the exact name of a flag over a longer one', function()
  local some = flags.all(flags.text('--size'), flags.text('--size-max'))
  same(parse.read({ '--size', '1' }, some, 'az').size, '1')
end)

it('names all that is missing, in the order of the table', function()
  refuses('the following arguments are required: --name/-n', '-g', 'rg')
end)

it('refuses what it does not know, after what is missing', function()
  refuses('unrecognized arguments: --disable-it x', '-n', 'v', '--disable-it', 'x')
  refuses('unrecognized arguments: stray', 'stray', '-n', 'v')
  refuses('the following arguments are required: --name/-n', '--bogus')
end)

it('does not take a flag for a value, as an unset variable would have it', function()
  refuses('argument --name/-n: expected one argument', '--name', '--yes')
  refuses('argument --name/-n: expected one argument', '-g', 'rg', '--name')
  refuses('argument --subnets: expected at least one argument', '-n', 'v', '--subnets')
end)

it('takes negative numbers and words with blanks for values', function()
  same(read('-n', '-5').name, '-5')
  same(read('-n', '-x y').name, '-x y')
end)

it('reads a switch with and without its word, in any letter case', function()
  same(read('-n', 'v', '--enable-rbac').enable_rbac, true)
  same(read('-n', 'v', '--enable-rbac', 'False').enable_rbac, false)
  same(read('-n', 'v', '--enable-rbac=true', '-y').yes, true)
  refuses("az thing do: 'maybe' is not a valid value for '--enable-rbac'. Allowed values: true, "
    .. 'false.', '-n', 'v', '--enable-rbac', 'maybe')
end)

it('refuses a word for a flag that takes none', function()
  refuses("argument --yes/-y: ignored explicit argument 'no'", '-n', 'v', '--yes=no')
end)

it('reads whole numbers, times, words and tags', function()
  same(read('-n', 'v', '-c', '3').node_count, 3)
  refuses("argument --node-count/-c: invalid int value: 'x'", '-n', 'v', '-c', 'x')
  same(read('-n', 'v', '--expires', '2027-01-31').expires, '2027-01-31T00:00:00Z')
  same(read('-n', 'v', '--expires', '2027-01-31T08:30Z').expires, '2027-01-31T08:30:00Z')
  refuses("argument --expires: invalid datetime_type value: 'soon'", '-n', 'v', '--expires', 'soon')
  same(table.concat(read('--key-p', 'decrypt', 'encrypt', '-n', 'v').key_permissions, ','),
    'decrypt,encrypt')
  same(#read('-n', 'v', '--key-permissions').key_permissions, 0)
  local tags = read('-n', 'v', '--tags', 'a=b=c', 'd', '').tags
  same(tags.a, 'b=c')
  same(tags.d, '')
end)

it('reads one of a set in any letter case, and names the set', function()
  same(read('-n', 'v', '--kty', 'ec-hsm').kty, 'EC-HSM')
  refuses("az thing do: 'FOO' is not a valid value for '--kty'. Allowed values: RSA, EC-HSM.",
    '-n', 'v', '--kty', 'FOO')
  refuses("az thing do: 'xml' is not a valid value for '--output'. Allowed values: json, jsonc, "
    .. 'yaml, yamlc, table, tsv, none.', '-n', 'v', '-o', 'xml')
end)

it('knows a cry for help among other words', function()
  same(parse.asks_for_help{ '--bogus', '-h' }, true)
  same(parse.asks_for_help{ '--name', 'help' }, false)
end)
