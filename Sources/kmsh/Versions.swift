internal import CryptoEngine
internal import LineEditor
internal import LuaRuntime
internal import WorkspaceStore

/// What `kmsh version` prints.
enum Versions {
  /// Version of kmsh.
  static let kmsh = "0.1.0"

  /// One line each for kmsh and the libraries it runs on.
  static func text() throws -> String {
    """
    kmsh \(kmsh)
    \(LuaState.version)
    OpenSSL \(CryptoLibrary.version)
    SQLite \(try Workspace.sqliteVersion())
    libedit \(TerminalLineReader.libraryVersion)

    """
  }
}
