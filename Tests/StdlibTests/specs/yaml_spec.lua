--- YAML: what values texts stand for, and that what is written reads the same.

local t = require('harness')
local yaml = require('yaml')

--- Texts with what they stand for, as JSON, and the Lua type of it.
local READ = {
  { '1', '1', 'integer' }, { '1.0', '1', 'float' }, { '"1"', '"1"', 'string' },
  { 'yes', 'true', 'boolean' }, { 'off', 'false', 'boolean' }, { '~', 'null', 'userdata' },
  { '', 'null', 'userdata' }, { '0x1F', '31', 'integer' }, { '0o17', '15', 'integer' },
  { '1e3', '1000', 'float' }, { '1_000', '1000', 'integer' }, { '2001-01-01', '"2001-01-01"' },
  { "'yes'", '"yes"', 'string' }, { '!!str 3', '"3"', 'string' }, { '[]', '[]', 'table' },
  { '{}', '{}', 'table' }, { '|\n  a\n  b\n', '"a\\nb\\n"' }, { '>\n  a\n  b\n', '"a b\\n"' },
  { '- 1\n- [2, {a: b}]\n', '[1,[2,{"a":"b"}]]' }, { 'a: &x [1]\nb: *x\n', '{"a":[1],"b":[1]}' },
  { 'a: &x {b: 1}\nc: {<<: *x, d: 2}\n', '{"a":{"b":1},"c":{"b":1,"d":2}}' },
  { 'null', 'null', 'userdata' }, { '--- 5\n...\n', '5', 'integer' },
  { '9223372036854775807', '9223372036854775807', 'integer' },
}

t.it('a text stands for its values, integers and floats, null and absent apart', function()
  for _, case in ipairs(READ) do
    local value = yaml.decode(case[1])
    t.same(case[1] .. ' → ' .. json.encode(value), case[1] .. ' → ' .. case[2])
    if case[3] then t.same(math.type(value) or type(value), case[3]) end
  end
  t.same(yaml.decode('!!binary AAEC/w=='), '\0\1\2\255')
  t.same(yaml.decode('.inf'), math.huge)
end)

t.it('a text that is no YAML is refused, with its line and without its words', function()
  for _, text in ipairs{
    'a: b: hunter2', '- hunter2\n- [2', '{hunter2: 1, hunter2: 2}', '"\\xhunter2"', '*hunter2',
    '\255\254', 'a: &x b\n? [*x]\n: hunter2', ('['):rep(300),
  } do
    local problem = t.fails('yaml.invalid', yaml.decode, text)
    t.same(problem.message:find('hunter2', 1, true), nil)
  end
  t.same(t.fails('yaml.invalid', yaml.decode, 'a: 1\nb: [').message:find('line 2', 1, true) ~= nil
    or t.fails('yaml.invalid', yaml.decode, 'a: 1\nb: [').message:find('line 3', 1, true) ~= nil,
    true)
end)

t.it('anchors that multiply end at a limit', function()
  local lines = { 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]' }
  for n = 1, 9 do
    lines[#lines + 1] = ('a%d: &a%d [%s]'):format(n, n, ('*a' .. n - 1 .. ', '):rep(10):sub(1, -3))
  end
  t.fails('yaml.invalid', yaml.decode, table.concat(lines, '\n'))
end)

t.it('a stream of documents is read whole', function()
  t.same(json.encode(yaml.decode_all('---\na: 1\n---\n---\n- 2\n')), '[{"a":1},null,[2]]')
  t.same(#yaml.decode_all(''), 0)
  t.fails('yaml.invalid', yaml.decode, '--- 1\n--- 2\n')
end)

local function same(a, b)
  if type(a) ~= 'table' or type(b) ~= 'table' then
    return a == b and math.type(a) == math.type(b)
  end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

t.it('what is written reads the same', function()
  for _, value in ipairs{
    1, 1.0, -0.5, 1e300, 1e20, math.huge, -math.huge, math.maxinteger, math.mininteger, true, false,
    json.null, '', 'a', '1', '1.0', 'yes', 'null', '~', 'a: b', '- a', '# a', 'a\nb\n', 'a\nb',
    '\na', ' a', 'a ', 'x\n  y \nz', 'a\tb\r\n', '日本', '!!binary AA==', '\0\1\255', '\255', "it's",
    '"q"', '<<', '2001-01-01', ('x'):rep(500), { 1, { 2, { 3 } } }, { a = { b = { c = 'd' } } },
    { {}, json.decode('[]') }, { ['1'] = 1, yes = 2, ['a b'] = 3, [''] = 4 }, { { a = 1, b = 2 } },
  } do
    local text = yaml.encode(value)
    if not same(yaml.decode(text), value) then error('does not read the same: ' .. text) end
  end
end)

t.it('block style, members by name, lists at the level of their name', function()
  t.same(yaml.encode{ kind = 'List', items = { { a = 1, b = 'yes' }, { c = { 'x' } } } }, [[
items:
- a: 1
  b: "yes"
- c:
  - x
kind: List
]])
end)

t.it('what YAML cannot hold is refused by its place', function()
  local problem = t.fails('yaml.invalid', yaml.encode, { a = { print } })
  t.same(problem.message, 'yaml.encode: value.a[1] is a function')
end)
