--- What the command line itself refuses, before or instead of the service.

local M = {}

--- A mistake in the command line: exit status 2.
---@param message string
---@param advice? string a line that the real tool prints below
function M.usage(message, advice)
  error({ code = 'az.usage', message = message, advice = advice, exit = 2 }, 0)
end

--- What the real client checks by itself: exit status 1.
---@param message string
---@param hint? string
---@param rule? string
function M.client(message, hint, rule)
  error({ code = 'az.refused', message = message, hint = hint, rule = rule, exit = 1 }, 0)
end

-- Errors that the real client words itself, without the service's code: exit status 1.
local CLIENT = {
  '^The specified vault: ', "^The Vault '.-' not found within subscription",
  '^No deleted Vault or HSM was found', '^Failed to resolve ', '^Role \'.-\' doesn\'t exist',
  '^Cannot set policies to a vault', '^Cannot delete policies to a vault',
  "^The subscription of '.-' doesn't exist", '^specify exactly one: ', '^specify at least one: ',
}

local function is_of_client(problem)
  if not problem.status or not problem.azure_code then return true end
  for _, pattern in ipairs(CLIENT) do
    if problem.message:find(pattern) then return true end
  end
  return false
end

--- An error in the words of the real tool: its own alone, the service's with their code.
---@param problem table as the host raises it
---@return string text, integer status
function M.words(problem)
  local message = problem.message or tostring(problem)
  if problem.exit then return message, problem.exit end
  if is_of_client(problem) then return message, 1 end
  local lines = {
    ('(%s) %s'):format(problem.azure_code, message), 'Code: ' .. problem.azure_code,
    'Message: ' .. message,
  }
  if problem.inner_code then
    lines[#lines + 1] = ('Inner error: {\n    "code": "%s"\n}'):format(problem.inner_code)
  end
  return table.concat(lines, '\n'), problem.status == 404 and 3 or 1
end

-- Calls that hints of the host name, in the words of this command line.
local CALLS = {
  ["vault%.get(%b())"] = 'az keyvault show --name',
  ["identity%.get(%b())"] = 'az identity show --name',
  ['vault%.list{}'] = 'az keyvault list', ['vault%.list_deleted%(%)'] = 'az keyvault list-deleted',
  ['cluster%.list{}'] = 'az aks list', ['role%.definitions%(%)'] = 'az role definition list',
  ['role%.list{[^}]*}'] = 'az role assignment list',
  ['c:operation_abort%(%)'] = 'az aks operation-abort',
  ['workspace%.subscriptions%(%)'] = 'az account list',
}

--- What kmsh adds below an error: what to do next, and the rule that it rests on.
---@param problem table
---@return string
function M.hint(problem)
  local rule, hint = problem.rule, problem.hint
  if not hint then return rule and ('hint: rule %s\n'):format(rule) or '' end
  for pattern, words in pairs(CALLS) do
    hint = hint:gsub(pattern, function(given)
      local name = given:match("^%('(.*)'%)$")
      return name and words .. ' ' .. name or words
    end)
  end
  return ('hint: %s%s\n'):format(hint, rule and (' (%s)'):format(rule) or '')
end

return M
