--- What help adds to the declarations of `json`: types of fields, errors, and examples.

return {
  types = {
    ['json.null'] = 'null',
  },
  ['json.encode'] = {
    errors = 'json.invalid',
    example = [[
print(json.encode{ name = 'kv1', tags = json.null }) --> {"name":"kv1","tags":null}]],
  },
  ['json.decode'] = {
    errors = 'json.invalid',
    example = [[
print(json.decode('{"a":[1,2]}').a[2]) --> 2]],
  },
  ['json.null'] = {
    example = [[
print(json.decode('null') == json.null) --> true]],
  },
}
