--- Runs the document's command lines in this session: `az` and `kubectl` as they are printed, with
--- what a shell does around them.
---
--- A variable is a global of Lua, or else one of the environment; `export NAME=…` and `NAME=…` set
--- the global. What one command hands to another through a pipe is held in memory.

local reader = require('util.shell_reader')

local M = {}

-- Most bytes that one command hands to another, or to a variable.
local LENGTH_MAX = 256 << 20

---@class command_lines.Shell
---@field host { version: string, is_interactive: boolean, has_colours: boolean }
---@field out fun(text: string)
---@field err fun(text: string)
---@field input? string what standard input holds; nil: the program's own
---@field failed fun(problem: table) told of each error
---@field changed fun(cluster: userdata, lines: table) told of a pipeline that changed a cluster

--- The same shell but for some members.
local function with(shell, members) return setmetatable(members, { __index = shell }) end

--- What takes texts, and what returns all that it took.
local function collector()
  local parts, length = {}, 0
  return function(text)
    parts[#parts + 1], length = text, length + #text
    if length > LENGTH_MAX then reader.refuse('a command prints more than 256 MiB to another') end
  end, function() return table.concat(parts) end
end

local run_list

--- What commands print, without the ends of line behind it, and the status of the last.
local function captured(list, shell)
  local out, text = collector()
  local status = run_list(list, with(shell, { out = out }))
  return (text():gsub('\n+$', '')), status
end

local function variable(name)
  local value = rawget(_G, name)
  if type(value) == 'string' or math.type(value) == 'integer' then return tostring(value) end
  if value ~= nil then
    error({
      code = 'shell.variable', message = ('$%s is no text but a %s'):format(name, type(value)),
      hint = ('its text may be %s.kid, %s.id or %s.principal_id'):format(name, name, name),
    }, 0)
  end
  return os.getenv(name) or ''
end

--- The text of one part of a word, and the status of the commands that made it.
local function text_of(part, shell)
  if part.text then return part.text end
  if part.variable then return variable(part.variable) end
  return captured(part.list, shell)
end

--- The words that one makes: a variable or an output that stands bare falls apart at its blanks.
local function fields(word, shell)
  local made, current = {}, nil
  for _, part in ipairs(word) do
    local text = text_of(part, shell)
    if part.text or part.is_quoted then
      current = (current or '') .. text
    else
      for blank, bare in text:gmatch('(%s*)(%S*)') do
        if blank ~= '' then made[#made + 1], current = current, nil end
        if bare ~= '' then current = (current or '') .. bare end
      end
    end
  end
  made[#made + 1] = current
  return made
end

--- The name and the value, as a word, of `NAME=…`.
local function assignment(word)
  local first = word[1] or {}
  local name, rest = (not first.is_quoted and first.text or ''):match('^([%a_][%w_]*)=(.*)$')
  if not name then return nil end
  return name, table.move(word, 2, #word, 2, { { text = rest, is_quoted = true } })
end

--- The words of a command that sets variables, by the first that does; nil of another.
local function assignments(command)
  if assignment(command[1]) then return command end
  if reader.literal(command[1]) ~= 'export' then return nil end
  return table.move(command, 2, #command, 1, {})
end

local function set(name, value, shell)
  local texts, status = {}, 0
  for n, part in ipairs(value) do
    local text, made = text_of(part, shell)
    texts[n], status = text, made or status
  end
  rawset(_G, name, table.concat(texts))
  return status
end

--- Sets variables; the status is that of the last command that made a value.
local function assign(words, shell)
  local status = 0
  for _, word in ipairs(words) do
    local name, value = assignment(word)
    if name then status = set(name, value, shell) end
  end
  return status
end

local PROGRAMS = {}

function PROGRAMS.az(words, shell)
  return require('az').main(words, {
    out = shell.out, err = shell.err, failed = shell.failed, version = shell.host.version,
    input_is_terminal = shell.host.is_interactive and not shell.input,
    output_is_terminal = shell.host.has_colours,
  })
end

function PROGRAMS.kubectl(words, shell)
  return require('kubectl').main(words, {
    out = shell.out, err = shell.err, failed = shell.failed, input = shell.input,
    changed = function(cluster) shell.trail.cluster = cluster end,
  })
end

function PROGRAMS.echo(words, shell)
  shell.out(table.concat(words, ' ') .. '\n')
  return 0
end

local function run_command(command, shell)
  local settings = assignments(command)
  if settings then return assign(settings, shell) end
  local words = {}
  for _, word in ipairs(command) do
    for _, field in ipairs(fields(word, shell)) do words[#words + 1] = field end
  end
  table.insert(shell.trail, table.move(words, 1, #words, 1, {}))
  return PROGRAMS[table.remove(words, 1)](words, shell)
end

local function run_pipeline(commands, shell)
  local trail, input, status = {}, shell.input, 0
  for n, command in ipairs(commands) do
    local out, text
    if n < #commands then out, text = collector() end
    status = run_command(command, with(shell, { out = out, input = input, trail = trail }))
    input = text and text()
  end
  if trail.cluster then shell.changed(trail.cluster, trail) end
  return status
end

function run_list(list, shell)
  local status = 0
  for _, pipeline in ipairs(list) do
    local is_due = not pipeline.after or (pipeline.after == '&&') == (status == 0)
    if is_due then status = run_pipeline(pipeline.commands, shell) end
  end
  return status
end

-- What a line that was copied may have before the program's name.
local MARKS = { ['$'] = true, kmsh = true }

--- Leaves out what stands before a program's name in what is copied.
local function unmark(command)
  while #command > 1 and MARKS[reader.literal(command[1]) or ''] do table.remove(command, 1) end
end

local function is_known(command)
  return PROGRAMS[reader.literal(command[1]) or ''] or assignments(command)
end

--- Refuses a command that does not run here.
local function check_command(command)
  if not is_known(command) then
    reader.refuse(('%s does not run here; az, kubectl, echo and export do'):format(
      reader.literal(command[1]) or 'what a variable names'))
  end
  for _, word in ipairs(assignments(command) or {}) do
    -- A name alone only marks what a real shell hands to its programs.
    if not assignment(word) and not (reader.literal(word) or ''):find('^[%a_][%w_]*$') then
      reader.refuse('what is set is written as NAME=VALUE, and runs no program')
    end
  end
end

--- Makes sure that every command is one that runs here, before the first one does.
local function check(list)
  for _, pipeline in ipairs(list) do
    for _, command in ipairs(pipeline.commands) do
      unmark(command)
      check_command(command)
      for _, word in ipairs(command) do
        for _, part in ipairs(word) do check(part.list or {}) end
      end
    end
  end
end

--- Reads a text whose first command need not name its program.
local function read(program, text)
  local list = reader.read(text)
  if #list == 0 then list[1] = { commands = { {} } } end
  local first = list[1].commands[1]
  unmark(first)
  if not (first[1] and is_known(first)) then
    table.insert(first, 1, { { text = program, is_quoted = false } })
  end
  check(list)
  return list
end

-- Flags of kubectl whose values are secret.
local SECRET_FLAGS = { ['--from-literal'] = true, ['--docker-password'] = true }

--- The words of a command that is kept; of a secret value there is only what it is called.
local function kept(words)
  local line, before = {}, nil
  for n, word in ipairs(words) do
    local flag, value = word:match('^(%-%-[%w-]+)=(.*)$')
    if SECRET_FLAGS[before or ''] then flag, value = nil, word end
    if SECRET_FLAGS[flag or before or ''] then
      local key = value:match('^([^=]*)=')
      line[n] = { flag = flag, key = key or 'password', has_key = key ~= nil }
    elseif word:find('kind"?%s*:%s*"?Secret') then
      line[n] = { key = 'manifest', has_key = false }
    else
      line[n] = word
    end
    before = word
  end
  return line
end

--- Runs command lines; results are printed, all else is told.
---@param program 'az'|'kubectl' what the first command is, if it does not say so
---@param text string
---@param host table `version`, `is_interactive`, `has_colours`
---@return integer status of the last command
---@return table? problem the last error that a command told of
---@raise `shell.syntax`, `shell.variable`, `interrupted`
function M.run(program, text, host)
  if not io then
    error({ code = 'prompt.absent', message = 'no command line runs in a sandbox' }, 0)
  end
  local list, desk = read(program, text), require('kmsh.desk')
  local last, problem = '\n', nil
  local status = run_list(list, {
    host = host, err = desk.talk,
    out = function(piece)
      if piece == '' then return end
      last = piece:sub(-1)
      io.write(piece)
    end,
    failed = function(found) problem = found end,
    changed = function(cluster, lines)
      local pipeline = {}
      for n, words in ipairs(lines) do pipeline[n] = kept(words) end
      desk.command_line(cluster, pipeline)
    end,
  })
  -- The prompt begins a line.
  if last ~= '\n' then io.write('\n') end
  return status, problem
end

return M
