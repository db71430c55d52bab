--- The command line of az over the workspace: what the document's blocks say runs as printed.
---
--- ```lua
--- local status = require('az').main{ 'keyvault', 'list', '--output', 'table' }
--- ```
---
--- Every command is a table of data: its flags, the Lua call that it is, and what is printed of
--- the call's result. Help, `--explain`, abbreviations and messages all come from that table.
--- Results go to standard output, all else to standard error; a hint may follow an error on a line
--- of its own.

local failures, parse = require('az.cli.failures'), require('az.cli.parse')
local tree = require('az.tree')

local M = {}

---@class az.Command
---@field help string
---@field flags? az.Flag[]
---@field call? fun(given: table, options: table): az.Call the Lua call that the command is; in
---  `options` is what was given, by the names of Lua
---@field calls? fun(given: table, options: table): az.Call[] those that `run` makes, to explain it
---@field run? fun(given: table, options: table, shell: az.Shell): any what it does when it is more
---  than one call
---@field shape? fun(result: any, given: table): any what is printed of the call's result
---@field check? fun(given: table) what the client checks by itself
---@field confirm? string|true a question that comes first
---@field columns? fun(value: any): any what `--output table` shows

---@class az.Shell
---@field out fun(text: string) where results go
---@field talk fun(text: string) where all else goes
---@field warn fun(text: string)
---@field read_line fun(): string?
---@field is_interactive boolean whether there is a person to ask
---@field has_colours boolean
---@field version string

local REFERENCE = 'To learn more about --query, please visit: '
  .. "'https://learn.microsoft.com/cli/azure/query-azure-cli'"

local function shell_of(host)
  host = host or {}
  local shell = {
    out = host.out or function(text) io.stdout:write(text) end,
    talk = host.err or function(text) io.stderr:write(text) end,
    read_line = host.read_line or function() return io.stdin:read('l') end,
    is_interactive = host.input_is_terminal or false,
    has_colours = host.output_is_terminal and not os.getenv('NO_COLOR') or false,
    version = host.version or '0', failed = host.failed,
  }
  function shell.warn(text)
    if not shell.is_quiet then shell.talk('WARNING: ' .. text .. '\n') end
  end
  return shell
end

--- What the real tool would print, and what kmsh adds.
local function tell(shell, problem)
  local text, status = failures.words(problem)
  if shell.failed then shell.failed(problem) end
  shell.talk('ERROR: ' .. text .. '\n')
  if problem.advice then shell.talk(problem.advice .. '\n') end
  if not shell.is_quiet then shell.talk(failures.hint(problem)) end
  return status
end

local function compiled(query)
  local ok, found = pcall(require('util.jmespath').compile, query)
  if ok then return found end
  failures.usage(("argument --query: invalid jmespath_type value: '%s'"):format(query), REFERENCE)
end

local function queried(query, value)
  local ok, found = pcall(query.search, query, value)
  if ok then return found end
  error({
    code = 'az.query', advice = REFERENCE, exit = 1,
    message = 'Invalid jmespath query supplied for `--query`: ' .. found.message,
  }, 0)
end

--- Runs a function with another subscription in use.
local function under(subscription, body)
  if not subscription then return body() end
  local workspace = require('workspace')
  local before
  for _, one in ipairs(workspace.subscriptions()) do
    if one.is_default then before = one end
  end
  workspace.use(subscription)
  local ok, problem = pcall(body)
  workspace.use(before)
  if not ok then error(problem, 0) end
end

--- Runs a function from where `KMSH_CALL_FROM` says that its calls come: the ARM id of a private
--- endpoint or a subnet, or an IPv4 address. Without it they come from the internet.
local function from_there(body)
  local place = os.getenv('KMSH_CALL_FROM')
  if not place or place == '' then return body() end
  local kind = place:find('/privateEndpoints/', 1, true) and 'private_endpoint'
    or place:find('/subnets/', 1, true) and 'subnet' or 'ip_address'
  return require('vault').call_from({ [kind] = place }, body)
end

local function warn_of_ignored(shell, command_flags, given)
  local names = {}
  for _, flag in ipairs(command_flags) do
    if flag.is_ignored and given[flag.key] ~= nil then names[#names + 1] = flag.names[1] end
  end
  if #names > 0 then
    shell.warn(('kmsh does not model %s: accepted and ignored.'):format(table.concat(names, ', ')))
  end
end

local function explain(shell, command, given)
  local options = tree.options(given, command.flags or {})
  local calls = command.calls and command.calls(given, options)
    or { command.call(given, options) }
  for _, call in ipairs(calls) do shell.out(tostring(call) .. '\n') end
end

local function result_of(command, given, shell)
  if command.confirm then
    local question = command.confirm ~= true and command.confirm or nil
    require('az.cli.prompt').confirm(shell, given, question)
  end
  local options = tree.options(given, command.flags or {})
  if command.run then return command.run(given, options, shell) end
  local result = command.call(given, options):make()
  if command.shape then return command.shape(result, given) end
  return result
end

local function run(command, words, prog, shell)
  local all = tree.flags(command)
  local given = parse.read(words, all, prog)
  shell.is_quiet = given.only_show_errors or false
  local query = given.query and compiled(given.query)
  if command.check then command.check(given) end
  if given.explain then return explain(shell, command, given) end
  warn_of_ignored(shell, all, given)
  local value
  under(given.subscription, function()
    from_there(function() value = result_of(command, given, shell) end)
  end)
  if query and value ~= nil then value = queried(query, value) end
  shell.out(require('az.cli.output').text(value, {
    format = given.output or 'json', has_colours = shell.has_colours, is_query = query ~= nil,
    transform = command.columns,
  }))
end

local function version_text(shell)
  return ('azure-cli%31s\n\ncore%36s\nkmsh%36s\n\n'):format('2.91.0', '2.91.0', shell.version)
    .. 'This is kmsh: it speaks as az 2.91.0 does, over the workspace\n'
    .. require('workspace').path .. ', without an account and without a network.\n'
end

local function start(arguments, shell)
  local first = arguments[1]
  if first == '--version' or first == '-v' then return shell.out(version_text(shell)) end
  local words = table.move(arguments, 1, #arguments, 1, {})
  if words[1] and words[1]:lower() == 'help' then
    table.remove(words, 1)
    words[#words + 1] = '--help'
  end
  local command, path, rest = tree.find(words)
  if #arguments == 0 or parse.asks_for_help(rest) then
    return shell.out(require('az.cli.help').text(command, path))
  end
  if command.commands then tree.refuse(command, path, rest) end
  return run(command, rest, table.concat(path, ' '), shell)
end

--- Whether an error is the whole program's business, such as an interruption or a full disk.
local function is_own(problem)
  if type(problem) ~= 'table' then return false end
  return problem.code ~= 'interrupted' and problem.code ~= 'lua.error'
    and not tostring(problem.code):find('^limit%.')
end

--- Runs a command line.
---@param arguments string[] without the program's name
---@param host? table what the program stands on: `out`, `err`, `read_line`, `input_is_terminal`,
---  `output_is_terminal`, `version`; `failed` is told of the error
---@return integer status 0 done, 1 it failed, 2 wrong usage, 3 something is not there
---@raise `interrupted`, and what is an error of kmsh itself
function M.main(arguments, host)
  local shell = shell_of(host)
  for _, word in ipairs(arguments) do
    if word == '--only-show-errors' then shell.is_quiet = true end
  end
  local ok, problem = pcall(start, arguments, shell)
  if ok then return 0 end
  if not is_own(problem) then error(problem, 0) end
  return tell(shell, problem)
end

return M
