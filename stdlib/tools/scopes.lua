--- Walks a tree of Lua with what is in scope at each place, for whoever checks it.
---
--- The checker has `api`, `reads`, `assigned` and `types`; its `check_call` and `check_index` are
--- told of each call and each index in the order of the source.

local M = {}

local walk_block, walk_expression

--- What a local stands for, nil for a global.
local function find_local(checker, name)
  local scope = checker.scope
  while scope do
    if scope.names[name] then return scope.names[name] end
    scope = scope.outer
  end
end

local function within(checker, body)
  checker.scope = { names = {}, outer = checker.scope }
  body()
  checker.scope = checker.scope.outer
end

--- What stands for a module of kmsh or Lua, by the kind of expression.
local modules = {
  Name = function(checker, node)
    local entry = find_local(checker, node.name)
    if entry then return entry.module end
    return not checker.assigned[node.name] and node.name
  end,
  Index = function(checker, node)
    local module = node.name and M.module_of(checker, node.object)
    return module and module .. '.' .. node.name
  end,
  Call = function(_, node)
    local argument = node.arguments[1]
    local is_require = node.object.name == 'require' and not node.method
    return is_require and argument and argument.value
  end,
}

--- The module of kmsh or Lua that an expression stands for, nil for anything else.
function M.module_of(checker, node)
  local name = modules[node.tag] and modules[node.tag](checker, node)
  return name and checker.api.modules[name] and name or nil
end

local function returned_class(checker, name)
  local description = name and checker.api.functions[name]
  return description and checker.api.classes[description.returns] and description.returns or nil
end

--- What gives an object, by the kind of expression.
local classes = {
  Name = function(checker, node)
    local entry = find_local(checker, node.name)
    if entry then return entry.class end
    return checker.types[node.name]
  end,
  Parenthesis = function(checker, node) return M.class_of(checker, node.value) end,
  Call = function(checker, node)
    if node.method then
      local class = M.class_of(checker, node.object)
      return returned_class(checker, class and class .. ':' .. node.method.name)
    end
    local is_member = node.object.tag == 'Index' and node.object.name
    local module = is_member and M.module_of(checker, node.object.object)
    return returned_class(checker, module and module .. '.' .. node.object.name)
  end,
}

--- The class of the object that an expression gives, nil where that is not known.
function M.class_of(checker, node)
  return classes[node.tag] and classes[node.tag](checker, node) or nil
end

local function entry_of(checker, value)
  if not value then return {} end
  return { class = M.class_of(checker, value), module = M.module_of(checker, value) }
end

--- A name that gets a value: of two classes it is of none.
local function assign(checker, node, value)
  local class = value and M.class_of(checker, value) or false
  local entry = find_local(checker, node.name)
  if entry then
    if entry.class ~= class then entry.class = false end
    entry.module = nil
    return
  end
  local known = checker.types[node.name]
  checker.types[node.name] = (known == nil or known == class) and class
  checker.assigned[node.name] = true
end

local function walk_all(checker, nodes)
  for _, node in ipairs(nodes) do walk_expression(checker, node) end
end

local function walk_function(checker, node, is_method)
  within(checker, function()
    if is_method then checker.scope.names.self = {} end
    for _, parameter in ipairs(node.parameters) do checker.scope.names[parameter.name] = {} end
    walk_block(checker, node.body)
  end)
end

local function walk_target(checker, target, value)
  if target.tag == 'Name' then return assign(checker, target, value) end
  -- A script may give a module a function of its own.
  if target.tag == 'Index' and M.module_of(checker, target.object) then return end
  walk_expression(checker, target)
end

local expressions = {
  Name = function(checker, node)
    if not find_local(checker, node.name) then
      checker.reads[#checker.reads + 1] = node
    end
  end,
  Index = function(checker, node)
    walk_expression(checker, node.object)
    if not node.name then walk_expression(checker, node.key) end
    checker:check_index(node)
  end,
  Call = function(checker, node)
    walk_expression(checker, node.object)
    checker:check_call(node)
    walk_all(checker, node.arguments)
  end,
  Function = function(checker, node) walk_function(checker, node) end,
  Table = function(checker, node)
    for _, field in ipairs(node.fields) do
      if field.kind == 'keyed' then walk_expression(checker, field.key) end
      walk_expression(checker, field.value)
    end
  end,
  Operators = function(checker, node) walk_all(checker, node.operands) end,
  Parenthesis = function(checker, node) walk_expression(checker, node.value) end,
}

function walk_expression(checker, node)
  local walk = expressions[node.tag]
  if walk then walk(checker, node) end
end

local function block_within(checker, block)
  within(checker, function() walk_block(checker, block) end)
end

local statements = {
  Local = function(checker, node)
    walk_all(checker, node.values)
    local entries = {}
    for n in ipairs(node.names) do entries[n] = entry_of(checker, node.values[n]) end
    for n, name in ipairs(node.names) do checker.scope.names[name.name] = entries[n] end
  end,
  LocalFunction = function(checker, node)
    checker.scope.names[node.name.name] = {}
    walk_function(checker, node.value)
  end,
  Assign = function(checker, node)
    walk_all(checker, node.values)
    for n, target in ipairs(node.targets) do walk_target(checker, target, node.values[n]) end
  end,
  Call = function(checker, node) walk_expression(checker, node.call) end,
  Do = function(checker, node) block_within(checker, node.body) end,
  While = function(checker, node)
    walk_expression(checker, node.condition)
    block_within(checker, node.body)
  end,
  Repeat = function(checker, node)
    within(checker, function()
      walk_block(checker, node.body)
      walk_expression(checker, node.condition)
    end)
  end,
  If = function(checker, node)
    for _, clause in ipairs(node.clauses) do
      walk_expression(checker, clause.condition)
      block_within(checker, clause.body)
    end
    if node.otherwise then block_within(checker, node.otherwise) end
  end,
  For = function(checker, node)
    walk_all(checker, node.values)
    within(checker, function()
      for _, name in ipairs(node.names) do checker.scope.names[name.name] = {} end
      walk_block(checker, node.body)
    end)
  end,
  Function = function(checker, node)
    walk_target(checker, node.target)
    walk_function(checker, node.value, node.is_method)
  end,
  Return = function(checker, node) walk_all(checker, node.values) end,
}

function walk_block(checker, block)
  for _, node in ipairs(block) do
    local walk = statements[node.tag]
    if walk then walk(checker, node) end
  end
end

--- Walks a whole source.
---@param checker table
---@param block LuaNode[]
function M.walk(checker, block) block_within(checker, block) end

return M
