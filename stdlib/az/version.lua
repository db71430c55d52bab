--- `az version`: the versions as JSON.

return {
  help = 'Show the versions of Azure CLI modules and extensions in JSON format by default or '
    .. 'format configured by --output.',
  calls = function() return {} end,
  run = function(_, _, shell)
    return { ['azure-cli'] = '2.91.0', ['azure-cli-core'] = '2.91.0', kmsh = shell.version,
      extensions = {} }
  end,
}
