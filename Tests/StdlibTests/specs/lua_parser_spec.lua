--- Lua read as data: tokens with their places, statements, what is in scope, what is secret.

local t = require('harness')
local lexer = require('util.lua_lexer')
local nearest = require('util.nearest')
local parser = require('util.lua_parser')
local transcript = require('tools.transcript')

--- Sources, and the texts of their tokens with a bar in between.
local TOKENS = {
  ['a.b:c"d"'] = 'a|.|b|:|c|"d"',
  ['x=1e-3+0x1p+4-.5..3.'] = 'x|=|1e-3|+|0x1p+4|-|.5..3.',
  ["'it\\'s' \"\\\\\" 'x\\z\n  y'"] = "'it\\'s'|\"\\\\\"|'x\\z\n  y'",
  ['[[a]]..[==[b]]]==]'] = '[[a]]|..|[==[b]]]==]',
  ['a//b>>c~=d...'] = 'a|//|b|>>|c|~=|d|...',
  ['a--c\nb--[[d\n]]c--[==[e]]\n]==]'] = 'a|b|c',
  ['goto x ::x::'] = 'goto|x|::|x|::',
  ['#!/bin/sh\nx'] = 'x',
  ["'open"] = "'open",
  ['[[open'] = '[[open',
}

t.it('tokens are those of Lua, and comments stand apart', function()
  for source, wanted in pairs(TOKENS) do
    local texts = {}
    local tokens = lexer.tokens(source)
    for n = 1, #tokens - 1 do
      texts[n] = tokens[n].text
      t.same(source:sub(tokens[n].first, tokens[n].last), tokens[n].text)
    end
    t.same(table.concat(texts, '|'), wanted)
    t.same(tokens[#tokens].kind, 'end')
  end
  local tokens, comments = lexer.tokens('a --[[b\nc]] d\n\n-- e\nf')
  t.same(tokens[2].line .. ' ' .. tokens[3].line, '2 5')
  t.same(comments[1].line .. ' ' .. comments[2].line .. comments[2].text, '1 4-- e')
end)

--- A statement, and the tag that it is read as.
local STATEMENTS = {
  ['local a <const>, b <close> = 1'] = 'Local', ['local function f() end'] = 'LocalFunction',
  ['a, b.c, d[1] = f()'] = 'Assign', ['f{ 1; 2, [3] = 4, e = 5 }:g"x"'] = 'Call',
  ['do local x end'] = 'Do', ['while x do break end'] = 'While',
  ['repeat local x until x'] = 'Repeat',
  ['if a then elseif b then else end'] = 'If', ['for n = 1, 2, 3 do end'] = 'For',
  ['for a, b in pairs(c) do end'] = 'For', ['function a.b.c:d(x, ...) return ... end'] = 'Function',
  ['return'] = 'Return', ['return 1, (f())'] = 'Return', ['goto x'] = 'Goto', ['::x::'] = 'Label',
  ['x = not -#a .. -b ^ ~c // d and function() end or nil'] = 'Assign',
  ['(a or b).c = [[x]]'] = 'Assign',
}

t.it('each statement is read whole, by its kind', function()
  for source, tag in pairs(STATEMENTS) do
    local block = parser.parse(source)
    t.same(#block, 1)
    t.same(block[1].tag, tag)
    t.same(source:sub(block[1].first, block[1].last), source)
  end
end)

t.it('statements have their lines, and a blank line or a comment is none', function()
  local block = parser.parse('a = 1\n\n-- b\nc(\n) d = 2;;\nreturn e;')
  local lines = {}
  for n, node in ipairs(block) do lines[n] = node.tag .. node.line end
  t.same(table.concat(lines, ' '), 'Assign1 Call4 Assign5 Return6')
end)

t.it('what is no Lua is refused with its line', function()
  for source, line in pairs{ ['x = ('] = 1, ['\nif a then'] = 2, ['end'] = 1, ['f(1'] = 1 } do
    t.same(t.fails('lua.syntax', parser.parse, source).line, line)
  end
end)

t.it('the nearest name is near, and no longer name wins by chance', function()
  for given, wanted in pairs{
    nmae = 'name', nam = 'name', tag = 'tags', location = 'location', xyz = false,
    [('a'):rep(1000)] = false,
  } do
    t.same(nearest.name(given, { 'location', 'name', 'tags' }) or false, wanted)
  end
end)

t.it('output is taken out of a transcript and woven in again', function()
  local source = '-- kmsh transcript 1  seed=1\nprint(1) --> 1\n-- note\nfor n = 1, 2 do\n'
    .. '  print(n) --> x\nend\n--> 1\n--> 2\nf()\n--! a.b\n'
  local bare = 'print(1)\n-- note\nfor n = 1, 2 do\n  print(n)\nend\nf()\n'
  t.same(transcript.bare(source), bare)
  local notes = {
    { line = 1, text = '1\n' }, { line = 4, text = '1\n' }, { line = 4, text = '2\n' },
  }
  t.same(
    transcript.woven(bare, notes, { line = 6, code = 'a.b' }),
    'print(1)\n--> 1\n-- note\nfor n = 1, 2 do\n  print(n)\nend\n--> 1\n--> 2\nf()\n--! a.b\n'
  )
  t.same(transcript.woven('f()\n-- g\n', { { line = math.maxinteger, text = 'x' } }),
    'f()\n--> x\n-- g\n')
  t.same(transcript.header(source).seed, 1)
  t.fails('transcript.unknown', transcript.header, '-- kmsh transcript 2')
end)
