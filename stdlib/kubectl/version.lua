--- `kubectl version`: the version that kmsh speaks as, and the cluster's.

local yaml = require('yaml')
local json_lines = require('util.json_lines')
local target_module = require('kubectl.target')

local M = {}

M.flags = { client = 'flag', output = 'text', short = 'flag' }

-- The release whose command lines these are; the mark behind it says that it is not that program.
local CLIENT = { major = '1', minor = '33', gitVersion = 'v1.33.0+kmsh' }
local KUSTOMIZE = 'v5.6.0'

--- What a server says of itself.
---@param target table
---@return table
function M.server(target)
  local full = target.cluster:show().currentKubernetesVersion
  local major, minor = full:match('^(%d+)%.(%d+)')
  return { major = major, minor = minor, gitVersion = 'v' .. full, platform = 'linux/amd64' }
end

---@param flags table
---@param _ string[]
---@param shell table
---@return integer status
function M.run(flags, _, shell)
  local found = { clientVersion = CLIENT, kustomizeVersion = KUSTOMIZE }
  local problem
  if not flags.client then
    local ok, server = pcall(function()
      local target = target_module.of(flags)
      -- A stopped cluster's server answers nothing at all.
      target.cluster:pods{ namespace = 'default' }
      return M.server(target)
    end)
    if ok then found.serverVersion = server else problem = server end
  end
  if flags.output == 'json' then
    shell.out(json_lines.text(found, 2) .. '\n')
  elseif flags.output == 'yaml' then
    shell.out(yaml.encode(found))
  elseif flags.output then
    target_module.refuse("--output must be 'yaml' or 'json'")
  else
    shell.out(('Client Version: %s\nKustomize Version: %s\n'):format(CLIENT.gitVersion, KUSTOMIZE))
    if found.serverVersion then
      shell.out(('Server Version: %s\n'):format(found.serverVersion.gitVersion))
    end
  end
  if problem then shell.tell(problem) end
  return problem and 1 or 0
end

return M
