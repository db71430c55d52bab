--- JMESPath: what queries find, and what is said of those that are wrong.

local t = require('harness')
local jmespath = require('util.jmespath')

--- A world of values that all cases ask.
local DATA = json.decode([=[{
  "a": {"b": {"c": "deep"}, "x y": 1, "é": [true, false, null]},
  "list": [0, 1, 2, 3, 4, 5], "empty": [], "none": null, "no_members": {}, "zero": 0,
  "people": [
    {"name": "Ann", "age": 30, "tags": ["x", "y"], "at": {"city": "Lund"}},
    {"name": "Bo", "age": 20, "tags": [], "at": {"city": "Gävle"}},
    {"name": "Cy", "tags": ["z"]},
    {"name": "Di", "age": 20, "tags": [["nested"]], "at": null}],
  "map": {"one": {"n": 1}, "two": {"n": 2}, "three": {"m": 3}},
  "numbers": [3, -1, 2.5, 10], "words": ["b", "a", "日本", "é"], "text": "日本語"
}]=])

--- Queries by the part of the language, each with what it finds, as JSON.
local FOUND = {
  names = {
    { 'a.b.c', '"deep"' }, { 'a."x y"', '1' }, { '"a"."é"', '[true,false,null]' },
    { 'a.b.c.d', 'null' }, { 'list.a', 'null' }, { 'a. b\n.c', '"deep"' }, { 'none', 'null' },
    { '"\\u0061".b.c', '"deep"' }, { '@.zero', '0' },
  },
  indexes = {
    { 'list[0]', '0' }, { 'list[-1]', '5' }, { 'list[6]', 'null' }, { 'list[-7]', 'null' },
    { 'a[0]', 'null' }, { 'people[1].tags[0]', 'null' }, { '[0]', 'null' },
  },
  slices = {
    { 'list[1:3]', '[1,2]' }, { 'list[:2]', '[0,1]' }, { 'list[4:]', '[4,5]' },
    { 'list[::2]', '[0,2,4]' }, { 'list[::-1]', '[5,4,3,2,1,0]' }, { 'list[-2:]', '[4,5]' },
    { 'list[8:2:-2]', '[5,3]' }, { 'list[10:]', '[]' }, { 'list[-100:2]', '[0,1]' },
    { 'list[:-9223372036854775807:-9223372036854775807]', '[5]' }, { 'a[0:1]', 'null' },
    { 'people[:2].name', '["Ann","Bo"]' }, { 'list[2:1]', '[]' }, { '"a"[::0]', 'null' },
  },
  projections = {
    { 'people[*].age', '[30,20,20]' }, { 'people[*].at.city', '["Lund","Gävle"]' },
    { 'a[*]', 'null' }, { 'people[*].tags[0]', '["x","z",["nested"]]' },
    { 'people[*].tags | [0]', '["x","y"]' }, { 'map.*.n', '[1,2]' }, { '*.b.c', '["deep"]' },
    { 'list.*', 'null' }, { 'people[].tags[]', '["x","y","z",["nested"]]' },
    { 'people[].tags[][]', '["x","y","z","nested"]' }, { 'a[]', 'null' },
    { 'people[*].[name,age][1]', '["Bo",20]' },
    { 'empty[*].a', '[]' }, { 'map.* | length(@)', '3' },
    { 'no_members.*', '[]' }, { 'people[*].tags[*]', '[["x","y"],[],["z"],[["nested"]]]' },
    { '[*]', 'null' }, { 'list[*][0]', '[]' }, { '*[0].name', '["Ann"]' },
  },
  filters = {
    { 'people[?age == `20`].name', '["Bo","Di"]' }, { 'people[?age > `20`].name', '["Ann"]' },
    { 'people[?!age].name', '["Cy"]' }, { 'people[?at].name', '["Ann","Bo"]' },
    { "people[?name == 'Bo' || name == 'Cy'].name", '["Bo","Cy"]' },
    { "people[?age >= `20` && name < 'D'].name | [1]", '"Bo"' },
    { "people[?contains(tags, 'y')].name | [0]", '"Ann"' }, { 'a[?b]', 'null' },
    { 'people[?age][?name]', '[]' }, { 'people[?tags[?@ == `"z"`]].name', '["Cy"]' },
    { 'list[?@ < `2`][]', '[0,1]' }, { 'words[?@ > `1`]', '[]' },
  },
  logic = {
    { 'none || zero', '0' }, { 'zero && text', '"日本語"' }, { 'empty && text', '[]' },
    { 'no_members || empty || `false`', 'false' }, { '!empty', 'true' }, { '!zero', 'false' },
    { '!!list', 'true' }, { 'none || none', 'null' }, { 'zero == `0.0`', 'true' },
    { '`[1,null]` == `[1]`', 'false' }, { '`{"a":null}` == `{}`', 'false' },
    { 'empty == no_members', 'false' }, { '[*."x y"] == empty', 'false' },
    { '`{"a":[1,{"b":2}]}` == `{"a":[1,{"b":2.0}]}`', 'true' }, { '`true` == `1`', 'false' },
    { '`1` < `"a"`', 'null' }, { "'a' < 'b'", 'true' }, { '`1` == `1` == `true`', 'true' },
    { 'zero || none && text', '0' }, { '(none || zero) && text', '"日本語"' },
    { '`false` | !@', 'true' }, { 'none < `1`', 'null' },
  },
  selections = {
    { 'a.[b.c, "x y"]', '["deep",1]' }, { '[zero, none]', '[0,null]' }, { 'none.[a]', 'null' },
    { '{z: zero, "x y": a."x y"}', '{"x y":1,"z":0}' }, { 'none.{a: b}', 'null' },
    { 'people[:1].{n: name, c: at.city}', '[{"c":"Lund","n":"Ann"}]' },
    { '{a: zero, a: text}', '{"a":"日本語"}' },
    { 'people[*].[name][]', '["Ann","Bo","Cy","Di"]' },
  },
  literals = {
    { '`{"a": [1, null]}`', '{"a":[1,null]}' }, { '`foo`', '"foo"' }, { '` foo bar`', '"foo bar"' },
    { '`"a\\`b"`', '"a`b"' }, { "'it\\'s'", '"it\'s"' }, { [['\\']], [["\\\\"]] },
    { [['\z']], [["\\z"]] }, { "''", '""' }, { "'`'", '"`"' }, { '`-1.5e1`', '-15' },
    { '`"\\u00e9"`', '"é"' }, { "'a\nb'", '"a\\nb"' }, { '` null `', 'null' }, { '`[]`', '[]' },
    { '`{}`', '{}' }, { '`1` | @', '1' },
  },
  functions = {
    { 'abs(`-24`)', '24' }, { 'abs(`-9223372036854775808`) > `0`', 'true' },
    { 'avg(numbers)', '3.625' }, { 'avg(empty)', 'null' }, { 'ceil(`1.2`)', '2' },
    { 'ceil(`-1.2`)', '-1' }, { 'floor(`-1.2`)', '-2' }, { "contains(text, '本')", 'true' },
    { 'contains(text, `1`)', 'false' }, { 'contains(`[[1]]`, `[1]`)', 'true' },
    { "ends_with(text, '語')", 'true' }, { "ends_with(text, '')", 'true' },
    { "starts_with(text, '日')", 'true' }, { "join(', ', words)", '"b, a, 日本, é"' },
    { "join('x', empty)", '""' }, { 'keys(map)', '["one","three","two"]' },
    { 'keys(no_members)', '[]' }, { 'length(text)', '3' }, { 'length(map)', '3' },
    { 'length(empty)', '0' }, { 'map(&age, people)', '[30,20,null,20]' },
    { 'map(&n, values(map))', '[1,null,2]' }, { 'max(numbers)', '10' }, { 'min(numbers)', '-1' },
    { 'max(words)', '"日本"' }, { 'max(empty)', 'null' }, { 'min(empty)', 'null' },
    { 'max_by(people[?age], &age).name', '"Ann"' }, { 'min_by(people[?age], &age).name', '"Bo"' },
    { 'max_by(empty, &a)', 'null' }, { 'merge(map.one, `{"n":5,"k":6}`)', '{"k":6,"n":5}' },
    { 'not_null(none, a.q, zero)', '0' }, { 'not_null(none)', 'null' },
    { 'reverse(text)', '"語本日"' }, { 'reverse(list[:2])', '[1,0]' },
    { 'reverse(empty)', '[]' },
    { 'sort(numbers)', '[-1,2.5,3,10]' }, { 'sort(words)', '["a","b","é","日本"]' },
    { 'sort_by(people[?age], &age)[*].name', '["Bo","Di","Ann"]' },
    { 'sort_by(people, &name)[-1].name', '"Di"' }, { 'sum(numbers)', '14.5' },
    { 'sum(empty)', '0' },
    { 'sum(`[9223372036854775807, 1]`) > `0`', 'true' }, { 'to_array(zero)', '[0]' },
    { 'to_array(list[:1])', '[0]' },
    { "to_number('-1.5e1')", '-15' }, { "to_number('0x1F')", 'null' },
    { "to_number(' 1')", 'null' }, { 'to_number(`7`)', '7' }, { 'to_number(empty)', 'null' },
    { 'to_string(text)', '"日本語"' }, { 'to_string(list[:2])', '"[0,1]"' },
    { 'to_string(none)', '"null"' }, { 'type(none)', '"null"' }, { 'type(empty)', '"array"' },
    { 'type(no_members)', '"object"' }, { 'type(`1.5`)', '"number"' }, { "type('')", '"string"' },
    { 'type(`false`)', '"boolean"' }, { 'values(map.one)', '[1]' },
    { 'people[*].length(name)', '[3,2,2,2]' }, { 'length(people[*].tags[])', '4' },
    { 'sort_by(people[?age], &to_string(age))[0].name', '"Bo"' },
  },
}

for part, cases in pairs(FOUND) do
  t.it(part .. ' are found', function()
    for _, case in ipairs(cases) do
      t.same(case[1] .. ' → ' .. json.encode(jmespath.search(case[1], DATA)),
        case[1] .. ' → ' .. case[2])
    end
  end)
end

--- Queries that are wrong, by code; each with the character at which.
local REFUSED = {
  syntax = {
    { '', 1 }, { ' ', 2 }, { 'a.', 3 }, { '.a', 1 }, { 'a..b', 3 }, { 'a b', 3 }, { 'a.[', 4 },
    { 'a[', 3 }, { 'a[b]', 3 }, { 'a[0', 4 }, { 'a[0 1]', 5 }, { 'a[1:2:3:4]', 8 }, { 'a[?b', 5 },
    { 'a[*', 3 }, { 'a =', 3 }, { 'a ==', 5 }, { '日', 1 }, { '"日" b', 5 }, { 'a &&', 5 },
    { '{a}', 3 }, { '{a: b', 6 }, { '{a: b,}', 7 }, { '{1: b}', 2 }, { '[a,]', 4 }, { "'a", 1 },
    { '`a', 1 }, { '"a', 1 }, { '`foo"x`', 1 }, { '"\\z"', 1 }, { 'a[99999999999999999999]', 3 },
    { '"f"(a)', 4 }, { '@(a)', 2 }, { 'a.b(c)(d)', 7 }, { 'f(a,)', 5 }, { 'f(a b)', 5 },
    { 'f(a', 4 }, { '&a', 1 }, { 'a || &b', 6 }, { '-1', 1 }, { 'a.*b', 4 }, { 'a:b', 2 },
    { '(a', 3 }, { 'a)', 2 }, { '#', 1 }, { 'a.-b', 3 }, { '**', 2 }, { 'a{b:c}', 2 },
  },
  unknown_function = { { 'nope(a)', 1 }, { 'none || nope(@)', 9 } },
  invalid_arity = {
    { 'abs()', 1 }, { 'abs(a, b)', 1 }, { 'merge()', 1 }, { 'not_null()', 1 }, { 'join(a)', 1 },
  },
  invalid_type = {
    { 'abs(text)', 1 }, { 'avg(words)', 1 }, { 'sum(`[1,"a"]`)', 1 }, { 'join(text, numbers)', 1 },
    { 'keys(list)', 1 }, { 'length(zero)', 1 }, { 'max(`[1,"a"]`)', 1 }, { 'sort(people)', 1 },
    { 'sort_by(people, &age)', 1 }, { 'sort_by(people, name)', 1 }, { 'max_by(people, &age)', 1 },
    { 'min_by(people, &tags)', 1 }, { 'map(age, people)', 1 }, { 'type(&a)', 1 },
    { 'merge(map, list)', 1 }, { 'reverse(zero)', 1 }, { 'abs(&a)', 1 },
    { 'contains(zero, zero)', 1 },
  },
  invalid_value = { { 'list[::0]', 6 } },
}

for code, cases in pairs(REFUSED) do
  t.it('a query fails with ' .. code .. ' and says where', function()
    for _, case in ipairs(cases) do
      local problem = t.fails('jmespath.' .. code, jmespath.search, case[1], DATA)
      t.same(case[1] .. ' at ' .. problem.position, case[1] .. ' at ' .. case[2])
    end
  end)
end

t.it('a query may be as long as 64 KiB, and nested 200 deep', function()
  t.same(jmespath.search('a' .. ('.a'):rep(30000), DATA), json.null)
  t.same(jmespath.search('@' .. ('[]'):rep(30000), json.decode('[]'))[1], nil)
  t.same(jmespath.search(('!'):rep(198) .. 'a', DATA), true)
  t.fails('jmespath.syntax', jmespath.search, ('!'):rep(300) .. 'a', DATA)
  t.fails('jmespath.syntax', jmespath.search, ('['):rep(300), DATA)
  t.fails('jmespath.syntax', jmespath.search, ('a'):rep(70000), DATA)
end)

t.it('a compiled query serves many values, and a nil counts as null', function()
  local query = jmespath.compile('{b: b, a: a}')
  t.same(json.encode(query:search{ a = 1 }), '{"a":1,"b":null}')
  t.same(query:search(nil), json.null)
  t.same(jmespath.search('type(@)', nil), 'null')
end)

t.it('members are named as the query wrote them, else by their names', function()
  local found = jmespath.search('{Name: text, Id: zero, Name: none}', DATA)
  t.same(table.concat(jmespath.names(found), ' '), 'Name Id')
  t.same(table.concat(jmespath.names(DATA.map), ' '), 'one three two')
end)
