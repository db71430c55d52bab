import EncryptionAtRest
import Testing

@testable import WorkspaceStore

/// A branch of the workspace: every row is what it was once it ends.
@Suite struct BranchTests {
  private struct Stop: Error {}

  /// How the branch is entered, and how it is left.
  private static let ways: [@Sendable (Workspace, () throws -> Void) throws -> Void] = [
    { workspace, body in try workspace.branch(body) },
    { workspace, body in
      #expect(throws: Stop.self) {
        try workspace.branch {
          try body()
          throw Stop()
        }
      }
    },
    { workspace, body in
      try workspace.branch {
        try workspace.branch(body)
        try body()
      }
    },
    { workspace, body in
      try workspace.branch {
        try body()
        try workspace.branch(body)
      }
    },
    { workspace, body in try workspace.userTransaction { try workspace.branch(body) } },
    { workspace, body in try workspace.branch { try workspace.userTransaction(body) } },
    { workspace, body in
      try workspace.branch {
        _ = #expect(throws: Stop.self) {
          try workspace.userTransaction {
            try body()
            throw Stop()
          }
        }
      }
    },
    { workspace, body in
      try workspace.branch {
        try workspace.reset()
        try body()
      }
    },
  ]

  @Test(arguments: ways.indices, [false, true])
  func `every row is as it was, and so is what is remembered`(way: Int, isOnDisk: Bool) throws {
    let place = Place()
    let workspace = isOnDisk ? try place.open() : try Workspace.open(path: ":memory:")
    try workspace.fill()
    let before = try workspace.stateRows()
    let time = try workspace.now()
    try Self.ways[way](workspace) {
      try workspace.changeMuch()
      try workspace.warm()
      #expect(try workspace.stateRows() != before)
    }
    #expect(try workspace.stateRows() == before)
    #expect(!workspace.isOnBranch)
    #expect(try workspace.find(Note.self, id: "n1")?.text == "kept")
    #expect(try workspace.find(Note.self, id: "n2") != nil)
    #expect(try workspace.find(Note.self, id: "n4") == nil)
    #expect(try workspace.setting("extra") == nil && workspace.now() == time)
    let store = workspace.etcd(ofCluster: "c1")
    #expect(try store.uses(inFolder: "") == store.scannedUses(inFolder: ""))
    // The same acts end in the same rows, whether they were tried before or not.
    let other = try Workspace.open(path: ":memory:")
    for each in [workspace, other] {
      if each === other { try each.fill() }
      try each.changeMuch()
    }
    #expect(try workspace.stateRows() == other.stateRows())
  }

  @Test func `no other process sees a branch, and none writes meanwhile`() throws {
    let place = Place()
    let workspace = try place.open()
    try workspace.fill()
    let other = try place.open()
    let before = try other.stateRows()
    try workspace.branch {
      try workspace.changeMuch()
      #expect(try other.stateRows() == before)
    }
    #expect(try other.stateRows() == before)
    try other.changeMuch()
    #expect(try workspace.find(Note.self, id: "n4") != nil)
  }
}
