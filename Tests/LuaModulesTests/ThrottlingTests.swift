import Foundation
import LuaModules
import LuaRuntime
import Testing

@Suite struct ThrottlingTests {
  @Test func `two processes on one workspace count together, by its clock`() throws {
    let folder = URL.temporaryDirectory.appending(path: "kmsh-throttling-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "workspace.db").path
    let states = try (1...2).map { _ in
      let state = try LuaState()
      try Library.register(in: state, Session(path: path))
      return state
    }
    try run(
      states[0],
      """
      clock.freeze('2026-01-01T00:00:00Z')
      workspace.settings.throttling = true
      vault.create{ name = 'kv1', resource_group = 'rg' }
      """
    )
    for number in 1...20 {
      try run(states[number % 2], "key.create{ vault_name = 'kv1', name = 'k', kty = 'EC' }")
    }
    for state in states {
      let error = #expect(throws: LuaError.self) {
        try run(state, "key.list{ vault_name = 'kv1' }")
      }
      #expect(error?.code == "vault.throttled" && error?.status == 429)
    }
    try run(states[1], "clock.advance('PT10S')")
    try run(states[0], "assert(#key.list{ vault_name = 'kv1' } == 1)")
  }
}
