// LuaModulesTests
