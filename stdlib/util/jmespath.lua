--- JMESPath, the query language of `az --query`: the whole language with its 26 functions.
---
--- ```lua
--- local jmespath = require('util.jmespath')
--- jmespath.search('locations[?state == `WA`].name | sort(@)', data)
--- local query = jmespath.compile('{Name: name, Id: id}')
--- query:search(first) query:search(second)
--- ```
---
--- Values are as `json.decode` gives them: null is `json.null`, and an empty array is told from an
--- empty object. A Lua nil counts as null. Members of objects come in the order of their names,
--- those of a `{…}` in the order in which it is written: `jmespath.names` tells.
---
--- Source: jmespath.org, specification.

local evaluate = require('util.jmespath.evaluate')
local parse = require('util.jmespath.parse')
local values = require('util.jmespath.values')

local M = {}

---@class jmespath.Query
---@field expression string
local Query = {}
Query.__index = Query
Query.__tostring = function(query) return 'query ' .. query.expression end

--- Reads an expression once, to be used for many values.
---@param expression string at most 64 KiB
---@return jmespath.Query
---@raise `jmespath.syntax`, with `position`, the character counted from 1
function M.compile(expression)
  return setmetatable({ expression = expression, tree = parse(expression) }, Query)
end

--- Applies the query to a value.
---@param value any
---@return any found `json.null` when there is nothing
---@raise `jmespath.invalid_arity`, `jmespath.invalid_type`, `jmespath.invalid_value`,
---  `jmespath.unknown_function`, each with `position`
function Query:search(value) return evaluate(self.expression, self.tree, value) end

--- Applies an expression to a value; raises what `compile` and `Query:search` raise.
---@param expression string
---@param value any
---@return any found `json.null` when there is nothing
function M.search(expression, value) return M.compile(expression):search(value) end

--- The names of an object's members in their order.
---@param object table
---@return string[]
function M.names(object) return values.names(object) end

return M
