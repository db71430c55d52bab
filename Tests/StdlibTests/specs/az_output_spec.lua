local harness = require('harness')
local json = require('json')
local jmespath, output = require('util.jmespath'), require('az.cli.output')
local it, same = harness.it, harness.same

local function text(source, format, how)
  how = how or {}
  local value = json.decode(source)
  if how.query then value, how.is_query = jmespath.search(how.query, value), true end
  how.format = format
  return output.text(value, how)
end

it('prints JSON with two blanks, members by name, nothing escaped that need not be', function()
  same(text('{"b":[],"a":{},"c":[1,-2.5,true,null,"é\\n\\u0007\\"\\u007f"]}', 'json'), [[
{
  "a": {},
  "b": [],
  "c": [
    1,
    -2.5,
    true,
    null,
    "é\n\u0007\"]] .. '\127' .. [["
  ]
}
]])
  same(text('"x"', 'json'), '"x"\n')
  same(text('[]', 'json'), '[]\n')
  same(text('false', 'json'), 'false\n')
end)

it('prints numbers as Python does', function()
  same(text('[1.5,0.1,3,12345678901,2.5e-7,1e100]', 'tsv'),
    '1.5\n0.1\n3\n12345678901\n2.5e-07\n1e+100\n')
end)

it('prints nothing of null, in any format', function()
  for _, format in ipairs{ 'json', 'jsonc', 'yaml', 'table', 'tsv', 'none' } do
    same(text('null', format), '')
  end
  same(text('{"a":1}', 'none'), '')
end)

it('colours JSON on a terminal alone', function()
  same(text('{"a":1}', 'jsonc'), '{\n  "a": 1\n}\n')
  same(text('{"a":[1,true,"x"]}', 'jsonc', { has_colours = true }),
    '{\27[37m\27[39;49;00m\n\27[37m  \27[39;49;00m\27[94m"a"\27[39;49;00m:\27[37m \27[39;49;00m['
    .. '\27[37m\27[39;49;00m\n\27[37m    \27[39;49;00m\27[34m1\27[39;49;00m,\27[37m\27[39;49;00m\n'
    .. '\27[37m    \27[39;49;00m\27[34mtrue\27[39;49;00m,\27[37m\27[39;49;00m\n'
    .. '\27[37m    \27[39;49;00m\27[33m"x"\27[39;49;00m\27[37m\27[39;49;00m\n'
    .. '\27[37m  \27[39;49;00m]\27[37m\27[39;49;00m\n}\27[37m\27[39;49;00m\n')
end)

it('prints plain values between tabs, an object by its names, a query as it is written', function()
  same(text('"a b"', 'tsv'), 'a b\n')
  same(text('true', 'tsv'), 'true\n')
  same(text('[["a",true,null,[1,2],{"x":1}]]', 'tsv'), 'a\tTrue\tNone\t2\t\n')
  same(text('{"b":1,"a":"x"}', 'tsv'), 'x\t1\n')
  same(text('{"b":1,"a":"x"}', 'tsv', { query = '{Second:b, First:a}' }), '1\tx\n')
  same(text('["x","y"]', 'tsv'), 'x\ny\n')
  same(text('[]', 'tsv'), '')
end)

it('prints a table of plain members, with heads, dashes and two blanks between', function()
  same(text('[{"name":"x","enabled":true},{"name":" yy ","b":null,"c":12}]', 'table'), [[
Enabled    Name    C
---------  ------  ---
True       x
           yy      12
]])
  same(text('{"id":"/a","type":"T","etag":"e","name":"n","list":[],"deep":{}}', 'table'), [[
Name
------
n
]])
end)

it('keeps the columns of a query, and leaves cells without a value blank', function()
  same(text('[{"name":"c1","kms":null},{"name":"cluster2","kms":{"enabled":true}}]', 'table',
    { query = '[].{Name:name, KmsEnabled:kms.enabled}' }), [[
Name      KmsEnabled
--------  ------------
c1
cluster2  True
]])
  same(text('[{"a":"x","b":"y"}]', 'table', { query = '[].[a, b]' }), [[
Column1    Column2
---------  ---------
x          y
]])
  same(text('{"a":"x"}', 'table', { query = 'a' }), 'Result\n--------\nx\n')
end)

it('prints a table of what a command chooses, unless a query chooses', function()
  local how = { transform = function(value) return { Only = value.a } end }
  same(text('{"a":"x","b":"y"}', 'table', how), 'Only\n------\nx\n')
  same(text('[]', 'table'), '\n')
end)

it('prints a blank line where nothing of a value fits into a table', function()
  same(text('[{"a":{}}]', 'table'), '\n')
end)

it('prints YAML as PyYAML does', function()
  same(text([=[{"a":[],"b":{},"c":[{"x":1,"y":[1,2]},[1,[2]]],"d":null,"e":"true","f":"12",
    "g":"2026-01-01T00:00:00+00:00","h":"","i":"a: b","j":"#x","k":"x:y","l":1.5,"m":"it's",
    "n":"- x","o":" lead","p":"é","q":"a\tb","r":"yes","s":false}]=], 'yaml'), [[
a: []
b: {}
c:
- x: 1
  y:
  - 1
  - 2
- - 1
  - - 2
d: null
e: 'true'
f: '12'
g: '2026-01-01T00:00:00+00:00'
h: ''
i: 'a: b'
j: '#x'
k: x:y
l: 1.5
m: it's
n: '- x'
o: ' lead'
p: é
q: "a\tb"
r: 'yes'
s: false
]])
  same(text('"x"', 'yaml'), 'x\n...\n')
  same(text('"1"', 'yaml'), "'1'\n")
  same(text('[]', 'yaml'), '[]\n')
end)

it('folds long lines of YAML at a blank', function()
  local long = ('word '):rep(40)
  same(text('{"y":"' .. long .. 'end"}', 'yaml'), [[
y: word word word word word word word word word word word word word word word word
  word word word word word word word word word word word word word word word word
  word word word word word word word word end
]])
end)
