--- Questions before a command goes on; they are asked on a terminal alone.

local failures = require('az.cli.failures')

local M = {}

--- Asks a question that is answered with y or n.
---@param shell az.Shell
---@param question string
---@param by_default? 'n'
---@return boolean
local function ask(shell, question, by_default)
  while true do
    shell.talk(('%s (y/%s): '):format(question, by_default and 'N' or 'n'))
    local answer = shell.read_line()
    if not answer then failures.client('Operation cancelled.') end
    answer = answer:lower()
    if answer == 'y' or answer == 'n' then return answer == 'y' end
    if answer == '' and by_default then return false end
  end
end

--- Makes sure that the person means it; `--yes` says so.
---@param shell az.Shell
---@param given table the command's flags
---@param question? string
---@raise `az.refused`
function M.confirm(shell, given, question)
  if given.yes then return end
  if not shell.is_interactive then
    shell.warn('Unable to prompt for confirmation as no tty available. Use --yes.')
    failures.client('Operation cancelled.')
  end
  if not ask(shell, question or 'Are you sure you want to perform this operation?') then
    failures.client('Operation cancelled.')
  end
end

--- As `confirm`, where no is the answer of a bare return, and ends the command in silence.
---@param shell az.Shell
---@param given table
---@param question string
---@return boolean
function M.agrees(shell, given, question)
  if given.yes then return true end
  if not shell.is_interactive then
    failures.client('Unable to prompt for confirmation as no tty available. Use --yes.')
  end
  return ask(shell, question, 'n')
end

return M
