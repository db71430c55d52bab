--- How values are shown.

local t = require('harness')
local printer, columns, times = require('util.printer'), require('util.columns'),
  require('util.times')
local show = require('util.show')

local function text(value, options) return printer.text(value, options or {}) end

--- The value that a literal stands for.
local function loaded(literal) return assert(load('return ' .. literal))() end

local function equal(a, b)
  if type(a) ~= 'table' or type(b) ~= 'table' then
    return a == b and math.type(a) == math.type(b)
  end
  for key, value in pairs(a) do if not equal(value, b[key]) then return false end end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end

t.it('what is shown loads back as what it was', function()
  local values = {
    1, 1.0, -0.5, 2 ^ 53, 1e300, math.maxinteger, math.mininteger, 1 / 0, -1 / 0, 0.1, 'text', '',
    "it's", 'a\\b', 'a\nb\t"c"', '日本', 'e\204\129', true, false,
    { 1, 2.0, { 'x', y = false } }, { ['end'] = 1, ['a b'] = 2, [1.5] = 3, [true] = 4, [-1] = 5 },
    { json.null, a = json.null }, { 'binary \0\255', ('\1'):rep(60) }, { [3] = 1 }, {},
  }
  for _, value in ipairs(values) do
    for _, width in ipairs{ 20, 80 } do
      local literal = text(value, { width = width })
      if not equal(loaded(literal), value) then
        error(('%s does not load back'):format(literal))
      end
    end
  end
end)

t.it('integers and floats are told apart', function()
  t.same(text({ 1, 1.0, 1e20 }), '{ 1, 1.0, 1e+20 }')
end)

t.it('bytes are told with their number', function()
  t.same(text('\0\1\255'), '"\\x00\\x01\\xff" (3 bytes)')
  t.same(text{ '\255' }, '{ "\\xff" --[[1 byte]] }')
  t.same(text(('\255'):rep(100)), '"' .. ('\\xff'):rep(64) .. '…" (100 bytes)')
end)

t.it('a long text is cut where a character ends', function()
  t.same(text(('x'):rep(5), { limit = 3 }), "'xxx…' (the first 3 of 5 bytes)")
  t.same(text('日本語', { limit = 4 }), "'日…' (the first 4 of 9 bytes)")
end)

t.it('keys are sorted, numbers before texts', function()
  t.same(text{ b = 1, a = 2, [10] = 3, [5] = 4 }, '{ [5] = 4, [10] = 3, a = 2, b = 1 }')
end)

t.it('arrays are compact, as wide as there is room', function()
  local list = {}
  for n = 1, 30 do list[n] = n end
  local lines = {}
  for line in text(list, { width = 40 }):gmatch('[^\n]+') do
    lines[#lines + 1] = line
    t.same(#line <= 40, true)
  end
  t.same(#lines, 5)
end)

t.it('a hundred entries are shown, and how many more there are', function()
  local list = {}
  for n = 1, 412 do list[n] = n end
  local shown = text(list)
  t.same(shown:find('100,\n  --[[… 312 more (show all: p(_, {depth=9}))]]', 1, true) ~= nil, true)
  t.same(#loaded(shown), 100)
  t.same(#loaded(text(list, { entries = math.huge })), 412)
end)

t.it('four levels are shown', function()
  t.same(text{ { { { { 1 } } } } }, '{ { { { { --[[…]] } } } } }')
  t.same(text({ { { { { 1 } } } } }, { depth = 9 }), '{ { { { { 1 } } } } }')
end)

t.it('cycles are named by their path', function()
  local loop = { a = { b = {} }, list = { {} } }
  loop.a.b[1], loop.list[1].up = loop.a, loop
  t.same(text(loop, { width = 200 }),
    '{ a = { b = { --[[cycle: a]] nil } }, list = { { up = --[[cycle: the whole]] nil } } }')
  loop.list[1].up = loop.list[1]
  t.same(text(loop.list, { width = 200 }), '{ { up = --[[cycle: [1]]] nil } }')
end)

t.it('a value that says how it is worded is', function()
  local value = setmetatable({}, { __tostring = function() return 'fine\n! not so fine' end })
  t.same(text(value), 'fine\n! not so fine')
  t.same(text(value, { paint = function(meaning, line) return meaning .. ':' .. line end }),
    'fine\nbad:! not so fine')
end)

t.it('columns are as wide as what a terminal shows', function()
  t.same(columns.cells('abc'), 3)
  t.same(columns.cells('日本'), 4)
  t.same(columns.cells('e\204\129'), 1)
  t.same(table.concat(columns.aligned{ { 'a', 'b' }, { '鍵', 'c' } }, '|'), 'a   b|鍵  c')
end)

t.it('times are told from now in the largest unit that says enough', function()
  local function now() return '2026-01-01T00:00:00Z' end
  local cases = {
    ['2026-01-01T00:00:00Z'] = 'now', ['2026-01-01T00:00:01Z'] = 'in 1 second',
    ['2026-01-01T00:02:59Z'] = 'in 2 minutes', ['2025-12-31T22:59:00Z'] = '1 hour ago',
    ['2026-01-07T12:00:00Z'] = 'in 6 days', ['2027-06-01T00:00:00Z'] = 'in 516 days',
    ['2029-01-01T00:00:00Z'] = 'in 3 years', ['2024-02-29T00:00:00Z'] = '672 days ago',
  }
  for time, words in pairs(cases) do t.same(times.distance(time, now), words) end
  t.same(times.distance('not a time', now), nil)
end)

t.it('an object is a card, a list of them a table', function()
  clock.freeze('2026-01-01T00:00:00Z')
  local w = t.world(2)
  w.k:update{ expires = '2026-01-07T00:00:00Z' }
  local card = text(w.k, show.options{})
  t.same(card:find('expires  2026-01-07T00:00:00Z (in 6 days)', 1, true) ~= nil, true)
  local rows = text(vault.list{}, show.options{})
  t.same(rows:match('^name +resource_group'), 'name  resource_group')
end)

t.it('a list of very many objects ends with how many more there are', function()
  local w = t.world()
  local list = {}
  for n = 1, 150 do list[n] = w.k end
  local shown = text(list, show.options{})
  t.same(select(2, shown:gsub('\n', '')), 101)
  t.same(shown:match('[^\n]+$'), '… 50 more (show all: p(_, {depth=9}))')
end)

t.it('an iterator is shown without a step of it', function()
  local w = t.world(30)
  local it = secret.each{ cluster = w.c }
  t.same(text(it, show.options{}), 'iterator (secret.each): use for, or take(it, 20)')
  local names = {}
  for n, s in ipairs(take(it, 3)) do names[n] = s.name end
  t.same(table.concat(names, ' '), 's1 s10 s11')
  t.same(#take(it, 100), 27)
  t.same(#take(it, 0), 0)
  t.fails('argument.type', take, it, -1)
  t.fails('argument.type', take, it)
end)

t.it('p prints in full, with options that it knows', function()
  local printed
  local kept = print
  rawset(_G, 'print', function(line) printed = line end)
  p({ { { { { 1 } } } } })
  local deep = printed
  p({ { 1 } }, { depth = 1 })
  rawset(_G, 'print', kept)
  t.same(deep, '{ { { { { 1 } } } } }')
  t.same(printed, '{ { --[[…]] } }')
  t.fails('argument.unknown', p, 1, { dept = 3 })
end)
