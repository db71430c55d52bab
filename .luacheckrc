std = 'lua54'
max_line_length = 100
max_cyclomatic_complexity = 10
codes = true
read_globals = {
  'vault', 'key', 'identity', 'cluster', 'secret', 'workspace', 'clock', 'crypto', 'etcd', 'json',
}
-- A told path is one long chunk of straight steps.
files['scripts'] = { max_cyclomatic_complexity = 20 }
