--- Command lines as a shell reads them.

local t = require('harness')
local reader = require('util.shell_reader')

local text_of

--- A word as text: quoted parts in brackets, variables and lists of commands by their marks.
local function word_text(word)
  local parts = {}
  for n, part in ipairs(word) do
    local text = part.text or part.variable and '$' .. part.variable
      or '$(' .. text_of(part.list) .. ')'
    parts[n] = part.is_quoted and '[' .. text .. ']' or text
  end
  return table.concat(parts)
end

function text_of(list)
  local lines = {}
  for n, pipeline in ipairs(list) do
    local commands = {}
    for m, command in ipairs(pipeline.commands) do
      local words = {}
      for place, word in ipairs(command) do words[place] = word_text(word) end
      commands[m] = table.concat(words, '_')
    end
    lines[n] = (pipeline.after or '') .. table.concat(commands, ' | ')
  end
  return table.concat(lines, '; ')
end

for _, case in ipairs{
  { 'az keyvault  list', 'az_keyvault_list' },
  { "a 'b c'd \"e f\" g\\ h", 'a_[b c]d_[e f]_g[ ]h' },
  { 'a \\\n  b\\\nc', 'a_bc' },
  { 'a \\\r\n  b', 'a_b' },
  { 'a \\', 'a' },
  { 'a\\ b', 'a[ ]b' },
  { '"" \'\' x', '[]_[]_x' },
  { '"a\\"\\$\\q"', '[a"$\\q]' },
  { 'a $B "${C}d" $ $(e "f g")', 'a_$B_[][$C][d]_$_$(e_[f g])' },
  { 'a "$(b | c; d)"', 'a_[][$(b | c; d)]' },
  { "a '$B' '`' ';|'", 'a_[$B]_[`]_[;|]' },
  { 'a | b |\n c', 'a | b | c' },
  { 'a && b || c; d\n\ne', 'a; &&b; ||c; d; e' },
  { 'a # b | c\nd#e', 'a; d#e' },
  { '', '' },
  { ' \n\t# only', '' },
  { 'a;;b', 'a; b' },
  { "--query '[].{Name:name, Id:id}' --x=y", '--query_[[].{Name:name, Id:id}]_--x=y' },
} do
  t.it(('%q is %s'):format(case[1], case[2]), function()
    t.same(text_of(reader.read(case[1])), case[2])
  end)
end

for _, text in ipairs{
  "a 'b", 'a "b', 'a "b\\', 'a > b', 'a 2>b', 'a < b', 'a <<EOF', 'a & b', 'a |', '| a', 'a | | b',
  '&& a', 'a &&', 'a && ; b', 'a || ', '$(a', 'a)', '(a)', 'a $((1))', '`a`', 'a ${B:-c}', 'a $1',
  'a $?', 'a\0b', ('x'):rep((1 << 20) + 1), ('$('):rep(17) .. 'a' .. (')'):rep(17),
} do
  t.it(('%q is refused'):format(text:sub(1, 40)), function()
    local problem = t.fails('shell.syntax', reader.read, text)
    assert(problem.hint and #problem.message < 80)
  end)
end

t.it('a word of text alone is told from others', function()
  local words = reader.read('a"b" $c')[1].commands[1]
  t.same(reader.literal(words[1]), 'ab')
  t.same(reader.literal(words[2]), nil)
end)

return t
