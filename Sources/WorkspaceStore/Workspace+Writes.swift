internal import GRDB

extension Workspace {
  /// How many rows this connection has written, those that were taken back too.
  public func writtenRowCount() throws -> Int { try read { $0.totalChangesCount } }
}
