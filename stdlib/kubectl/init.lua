--- The command line of kubectl over the workspace: what the document's blocks say runs as printed.
---
--- ```lua
--- local status = require('kubectl').main{ 'get', 'secrets', '--all-namespaces' }
--- ```
---
--- Results go to standard output, all else to standard error. Words, columns and exit statuses are
--- those of kubectl; a hint may follow an error on a line of its own.

local flags_module = require('kubectl.flags')

local M = {}

--- Commands by their names, each a module with `flags` and `run`.
local COMMANDS = {
  annotate = true, apply = true, config = true, create = true, delete = true, describe = true,
  get = true, label = true, replace = true, version = true,
}

local USAGE = [[
kmsh kubectl: kubectl over the clusters of the workspace.

  get TYPE [NAME ...]       secrets, pods, nodes, namespaces; get --raw PATH asks the server
  create secret TYPE NAME   a generic, tls or docker-registry Secret
  create|apply|replace -f FILE
                            the objects of a file; - is standard input
  delete secret NAME ...    by name, -l SELECTOR, --all or -f FILE
  describe secret NAME ...  a Secret without its values
  label|annotate secret NAME ... KEY=VALUE|KEY-
                            with --overwrite in place of another value
  config COMMAND            the kubeconfig: current-context, use-context, get-contexts, view ...
  version                   the versions of client and server

Flags: -n NAMESPACE, -A, -o json|yaml|name|wide|jsonpath=...|custom-columns=..., -l SELECTOR,
  --field-selector type=..., --context NAME, --cluster NAME, --kubeconfig FILE
]]

--- An error in kubectl's words: a server's answer names its reason.
local function words(problem)
  local message = problem.message or tostring(problem)
  -- What a server finds invalid is told by itself, whatever was being done.
  local invalid = problem.azure_code == 'Invalid' and message:match('Secret ".-" is invalid: .*')
  if invalid then return 'The ' .. invalid end
  if problem.status and problem.azure_code then
    return ('Error from server (%s): %s'):format(problem.azure_code, message)
  end
  if message:find('^Unable to connect') or message:find('^The connection to the server') then
    return message
  end
  return 'error: ' .. message
end

local function nothing() end

local function shell_of(given)
  local shell = {
    out = given.out or function(text) io.stdout:write(text) end,
    err = given.err or function(text) io.stderr:write(text) end,
    input = given.input, changed = given.changed or nothing,
  }
  function shell.tell(problem)
    if given.failed then given.failed(problem) end
    shell.err(words(problem) .. '\n')
    local rule = problem.rule and (' (%s)'):format(problem.rule) or ''
    if problem.hint then shell.err(('hint: %s%s\n'):format(problem.hint, rule)) end
  end
  return shell
end

local function usage_error(message)
  error({ code = 'kubectl.usage', message = message }, 0)
end

local function run(arguments, shell)
  local before, name, after = flags_module.split(arguments)
  if not name or name == 'help' then
    shell.out(USAGE)
    return 0
  end
  if name == 'options' or name:find('^%-') then usage_error('unknown command "' .. name .. '"') end
  if not COMMANDS[name] then
    usage_error(('unknown command "%s" for "kubectl"\nhint: kmsh models %s'):format(
      name, 'annotate, apply, config, create, delete, describe, get, label, replace and version'))
  end
  local command = require('kubectl.' .. name)
  local words_all = table.move(after, 1, #after, #before + 1, before)
  local flags, rest = flags_module.read(words_all, command.flags, 'kubectl ' .. name)
  if flags.help then
    shell.out(USAGE)
    return 0
  end
  return command.run(flags, rest, shell)
end

--- Whether an error is the whole program's business, such as an interruption or a full disk.
local function is_own(problem)
  if type(problem) ~= 'table' then return false end
  return problem.code ~= 'interrupted' and problem.code ~= 'lua.error'
    and not tostring(problem.code):find('^limit%.')
end

--- Runs a command line.
---@param arguments string[] without the program's name
---@param given? { out?: fun(text: string), err?: fun(text: string), input?: string,
---  failed?: fun(problem: table), changed?: fun(cluster: userdata) } where output goes; what stands
---  for standard input; what is told of each error, and of each change
---@return integer status 0 done, 1 it failed, or part of it
---@raise `interrupted`, and what is an error of kmsh itself
function M.main(arguments, given)
  local shell = shell_of(given or {})
  local ok, status = pcall(run, arguments, shell)
  if ok then return status end
  if not is_own(status) then error(status, 0) end
  shell.tell(status)
  return 1
end

return M
