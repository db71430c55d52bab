--- JSONPath as kubectl has it: what templates print.

local t = require('harness')
local jsonpath = require('kubectl.jsonpath')

--- The documentation's own list of things, and a little more.
local DATA = json.decode([=[{
  "kind": "List", "empty": [], "nothing": null, "on": true, "ratio": 0.5,
  "items": [
    {"kind": "None", "metadata": {"name": "127.0.0.1", "labels": {"kubernetes.io/hostname": "a"}},
     "status": {"capacity": {"cpu": "4"}, "addresses": [{"type": "LegacyHostIP", "address": "1"}]}},
    {"kind": "None", "metadata": {"name": "127.0.0.2"}, "count": 7,
     "status": {"capacity": {"cpu": "8"},
       "addresses": [{"type": "LegacyHostIP", "address": "2"}, {"type": "x", "address": "3"}]}}],
  "users": [{"name": "myself", "user": {}},
    {"name": "e2e", "user": {"username": "admin", "password": "secret"}}]
}]=])

local PRINTED = {
  { 'kind is {.kind}', 'kind is List' }, { '{.kind}', 'List' }, { '.kind', 'List' },
  { '{.items[0].metadata.name}', '127.0.0.1' }, { "{['kind']}", 'List' }, { '{@.kind}', 'List' },
  { '{$.kind}', 'List' }, { '{.users[0].name} {.users[-1].name}', 'myself e2e' },
  { '{..name}', '127.0.0.1 127.0.0.2 myself e2e' }, { '{.items[*].metadata.name}',
    '127.0.0.1 127.0.0.2' },
  { "{.items[*]['metadata.name', 'status.capacity']}",
    '127.0.0.1 127.0.0.2 {"cpu":"4"} {"cpu":"8"}' },
  { "{.users[*]['name', 'user.username']}", 'myself e2e admin' },
  { '{.users[?(@.name=="e2e")].user.password}', 'secret' },
  { "{.users[?(@.name != 'e2e')].name}", 'myself' }, { '{.items[?(@.count)].metadata.name}',
    '127.0.0.2' },
  { '{.items[?(@.count > 6)].count}', '7' }, { '{.items[?(@.count<=6)].count}', '' },
  { '{.items[?(@.status.capacity.cpu=="8")].metadata.name}', '127.0.0.2' },
  { '{.items[*].status.addresses[?(@.type=="x")].address}', '3' },
  { '{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}',
    '[127.0.0.1, {"cpu":"4"}] [127.0.0.2, {"cpu":"8"}] ' },
  { '{range .items[*]}{.metadata.name}{"\\t"}{.status.capacity.cpu}{"\\n"}{end}',
    '127.0.0.1\t4\n127.0.0.2\t8\n' },
  { '{range .items[*]}{range .status.addresses[*]}{.address},{end};{end}', '1,;2,3,;' },
  { '{.items[0].metadata.labels.kubernetes\\.io/hostname}', 'a' },
  { "{.items[0].metadata.labels['kubernetes\\.io/hostname']}", 'a' },
  { "{.items[0].metadata.labels['kubernetes.io/hostname']}", '' },
  { '{.items[0:1].metadata.name}', '127.0.0.1' }, { '{.items[::2].metadata.name}', '127.0.0.1' },
  { '{.items[1:].metadata.name}', '127.0.0.2' }, { '{.items[-1:].metadata.name}', '127.0.0.2' },
  { '{.items[0,1].kind}', 'None None' }, { '{.users[1].user.*}', 'secret admin' },
  { '{.missing}', '' }, { '{.missing.deeper[*].still}', '' }, { '{.empty[*]}', '' },
  { '{.empty}', '[]' }, { '{.nothing}', '' }, { '{.on} {.ratio}', 'true 0.5' },
  { '{"{}"}{.kind}', '{}List' }, { "{'a'}", 'a' }, { '', '' }, { 'plain', 'plain' },
  { '{.items[?(@.on==true)].kind}', '' }, { '{[?(@.name=="e2e")].name}', '' },
  { '{.items..address}', '1 2 3' }, { '{ .kind }', 'List' }, { '{.kind "\\n"}', 'List\n' },
}

t.it('a template prints what it finds', function()
  for _, case in ipairs(PRINTED) do
    t.same(case[1] .. ' → ' .. jsonpath.compile(case[1]):text(DATA), case[1] .. ' → ' .. case[2])
  end
end)

t.it('a template that is wrong is refused', function()
  for _, text in ipairs{
    '{.a', '{.a[}', '{.a[0}', '{.a[x]}', '{.a[?(@.b==1]}', '{"a}', '{end}', '{range .items[*]}{.a}',
    '{.a)}', '{.a ^}', '{.items[?(@.count>"x")]}', '{.items[9]}', '{.items[-3]}',
    '{.items[::0]}', '{' .. ('x'):rep(70000) .. '}', ('{range .items}'):rep(60),
  } do
    local ok, problem = pcall(function() return jsonpath.compile(text):text(DATA) end)
    if ok then error(text .. ' was not refused') end
    t.same(problem.code, 'jsonpath.invalid')
  end
end)
