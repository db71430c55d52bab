import Foundation
import LuaModules
import LuaRuntime
import Testing

/// Names for completion, and what the prompt shows of the workspace.
@Suite struct NamesTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "kmsh-\(UUID().uuidString)")

  private func withSession(_ body: (Session, (String) throws -> Void) throws -> Void) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let session = Session(path: folder.appending(path: "w.db").path)
    defer { session.close() }
    let state = try LuaState()
    try Library.register(in: state, session)
    try body(session) { code in
      _ = try state.call(state.load(Array(code.utf8), chunkName: "=test"))
    }
  }

  @Test func `a workspace that does not exist is not made by a look`() throws {
    try withSession { session, _ in
      #expect(session.names(NameQuery(NameSource("vault"), prefix: "", countMax: 9)) == [])
      #expect(session.promptMarks() == [])
      #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
  }

  @Test func `a file that is no workspace has no names and no marks`() throws {
    try withSession { session, _ in
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data("no workspace at all".utf8).write(to: folder.appending(path: "w.db"))
      #expect(session.names(NameQuery(NameSource("vault"), prefix: "", countMax: 9)) == [])
      #expect(session.promptMarks() == [])
    }
  }

  @Test func `names begin with the prefix, at most as many as wanted, and no call is logged`()
    throws
  {
    try withSession { session, run in
      try run(
        """
        c = cluster.create{ name = 'c1', resource_group = 'rg' }
        for i = 1, 30 do
          secret.create{ cluster = c, name = ('a%02d'):format(i) }
          secret.create{ cluster = c, namespace = ('ns%02d'):format(i), name = 'x' }
        end
        """
      )
      func names(
        _ source: String,
        _ prefix: String,
        _ given: [String: LuaValue] = [:],
        max: Int = 5
      ) -> [String] {
        session.names(NameQuery(NameSource(source), prefix: prefix, given: given, countMax: max))
      }
      // The only cluster need not be named.
      #expect(names("secret", "a2") == ["a20", "a21", "a22", "a23", "a24"])
      #expect(names("secret", "", ["namespace": "ns07", "cluster": "c1"]) == ["x"])
      #expect(names("secret", "", ["cluster": "other"]) == [])
      #expect(names("namespace", "ns3", max: 9) == ["ns30"])
      #expect(names("namespace", "", max: 40).count == 31)
      #expect(names("cluster", "C") == [] && names("cluster", "c") == ["c1"])
      #expect(names("nothing known", "") == [])
    }
  }

  @Test(
    arguments: [
      ("", []), ("clock.advance('P91D')", ["t+91d"]), ("clock.advance('PT5H')", ["t+5h"]),
      ("clock.advance('PT3M')", ["t+3m"]), ("clock.advance('PT10S')", []),
      ("clock.freeze('2026-01-02T03:04:05Z')", ["t=2026-01-02T03:04Z"]),
      ("clock.advance('P1D') clock.real()", []),
      ("workspace.checkpoint('a')", ["@a"]),
      ("workspace.checkpoint('a') workspace.checkpoint('b')", ["@b"]),
      (
        "workspace.checkpoint('a') workspace.checkpoint('b') workspace.restore('a', { confirm = true })",
        ["@a"]
      ),
      ("workspace.checkpoint('a') workspace.drop('a')", []),
      ("workspace.checkpoint('a') workspace.reset()", []),
      ("workspace.checkpoint('a'):drop()", []),
      ("clock.advance('P2D') workspace.checkpoint('a')", ["t+2d", "@a"]),
    ] as [(String, [String])]
  )
  func `the prompt shows a moved clock and the checkpoint in use`(
    code: String,
    marks: [String]
  ) throws {
    try withSession { session, run in
      try run("identity.signed_in() " + code)
      #expect(session.promptMarks() == marks)
    }
  }
}
