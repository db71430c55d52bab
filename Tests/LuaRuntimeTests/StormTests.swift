import LuaRuntime
import Testing

@Suite(.serialized) struct StormTests {
  @Test func `a hundred thousand failing calls leave nothing behind`() throws {
    let state = try makeState()
    let values = try run(
      state,
      """
      local failed = 0
      local function nest(depth, fn)
        if depth == 0 then return fn() end
        local co = coroutine.wrap(function() return nest(depth - 1, fn) end)
        return co()
      end
      local ways = {
        host.fail,
        function() error('in Lua') end,
        function() error({ code = 'own' }) end,
        function() host.call(host.fail) end,
        function() host.call(function() error('deep') end) end,
        function() return host.box(1):add('x') end,
        function() local b <close> = host.box(2); host.fail() end,
        function() host.make{ name = host.box(3) } end,
      }
      for i = 1, 100000 do
        if not pcall(nest, i % 4, ways[i % #ways + 1]) then failed = failed + 1 end
      end
      return failed
      """
    )
    guard case .integer(100_000) = values.first else {
      Issue.record("\(values)")
      return
    }
    state.close()
    #expect(Box.liveCount == 0)
  }

  @Test(arguments: 1..<400)
  func `whichever allocation fails, the state works afterwards`(n: Int) throws {
    let state = try makeState()
    state.failAllocation(after: n)
    _ = try? run(
      state,
      """
      local box = host.box(1)
      local t = host.echo({ a = { 1, 2, 3 }, b = 'text', c = box })
      host.call(function(x) return { x } end, t)
      pcall(host.fail)
      coroutine.wrap(function() host.box(2):add(1) end)()
      return t.c.value
      """
    )
    state.failAllocation(after: 0)
    state.collectGarbage()
    #expect(try run(state, "return host.box(7).value").count == 1)
  }
}
