--- What help adds to the declarations of `progress`: types of fields, errors, and examples.

return {
  objects = {
    progress = 'progress{ total = 3 }',
  },
  types = {
    ['progress.done'] = 'integer',
    ['progress.total'] = 'integer?',
  },
  ['progress.start'] = {
    errors = 'argument.value',
    example = [[
local p <close> = progress.start{ total = 3, title = 'Secrets' }
for _ = 1, 3 do p:step() end
print(p) --> progress, 3 of 3]],
  },
  ['progress:step'] = {
    errors = 'argument.value',
    example = [[
local p = progress{ total = 3 }
print(p:step(), p:step(2)) --> 1  3]],
  },
  ['progress:finish'] = {
    example = [[
local p = progress{ title = 'Secrets' }
p:step(2)
p:finish()
print(p.done, p.total) --> 2  nil]],
  },
}
