--- The rules of the documented procedure by id, each a table: `text`, `section`, the `calls` that
--- check or show it, `advice`, and the tests that prove it (`proofs`) or the `reason` for none.
---
--- ```lua
--- print(require('kms.rules').R76.text)
--- ```

return require('kmsh.help').rules()
