--- The pages of `az` and `kubectl`, the command lines as modules.

return {
  parts = {
    {
      name = 'az', summary = 'The command line of az over the workspace, as `kmsh az` runs it.',
      entries = {
        {
          name = 'az.main', parameters = 'arguments, host?', returns = 'integer',
          summary = 'Runs a command line and returns its exit status; its output goes where '
            .. 'host.out and host.err, two functions, take it, else to the standard streams.',
          example = [[
local words = { 'keyvault', 'list', '--query', '[].name', '--output', 'tsv' }
local output = {}
local status = require('az').main(words, { out = function(text) output[#output + 1] = text end })
print(status, (table.concat(output):gsub('\n', ''))) --> 0  kv1]],
        },
      },
    },
    {
      name = 'kubectl',
      summary = 'The command line of kubectl over the clusters, as `kmsh kubectl` runs it.',
      entries = {
        {
          name = 'kubectl.main', parameters = 'arguments, streams?', returns = 'integer',
          summary = 'Runs a command line and returns its exit status; its output goes where '
            .. 'streams.out and streams.err, two functions, take it, else to the standard streams.',
          example = [[
local words = { 'get', 'secrets', '--cluster', 'c1', '-o', 'name' }
local output = {}
local streams = { out = function(text) output[#output + 1] = text end }
local status = require('kubectl').main(words, streams)
print(status, (table.concat(output):gsub('\n', ''))) --> 0  secret/db]],
        },
      },
    },
  },
}
