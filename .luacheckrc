std = 'lua54'
exclude_files = { 'stdlib/_meta' }
max_line_length = 100
max_cyclomatic_complexity = 10
codes = true
read_globals = {
  'vault', 'key', 'identity', 'role', 'cluster', 'secret', 'clock', 'audit', 'crypto', 'etcd',
  'group', 'help', 'json', 'kms', 'p', 'progress', 'prompt', 'take', 'yaml',
  workspace = {
    other_fields = true, fields = { settings = { read_only = false, other_fields = true } },
  },
}
-- A told path is one long chunk of straight steps.
files['scripts'] = { max_cyclomatic_complexity = 20 }
files['Tests/ConsoleTests/Leaks'] = {
  max_cyclomatic_complexity = 20, read_globals = { 'leaks', 'material' },
}
-- Typed at a prompt, where a name is a global.
files['Tests/KmshTests/Transcripts'] = { ignore = { '111', '113', '631' } }
