/// The triggers that keep the undo log, for one connection.
///
/// ## Design
///
/// Triggers see every write, whichever code makes it, and what they keep is rolled back with it.
/// They are temporary, so they belong to the connection that wants its writes kept: scripts and
/// other processes pay nothing. `undo_now` holds the token of the entry under way, null between
/// entries. A row is kept once as it was before and once as it is now, so that an entry can be
/// taken back and done again by the same code, and so that a change by someone else shows.
enum UndoTriggers {
  static let sql =
    """
    CREATE TEMP TABLE undo_now (
      token INTEGER, session INTEGER NOT NULL, baseline INTEGER NOT NULL, time REAL NOT NULL);
    \(pruning)
    \(UndoTable.all.map(triggers).joined(separator: "\n"))
    """

  private static let token = "(SELECT token FROM undo_now)"

  /// A new entry ends what could have been done again, and the oldest ones make room for it.
  private static let pruning = """
    CREATE TEMP TRIGGER undo_entry_insert AFTER INSERT ON main.undo_entry BEGIN
      DELETE FROM undo_entry WHERE is_undone
        AND (session = new.session OR number <= (SELECT baseline FROM undo_now));
      DELETE FROM undo_entry WHERE number <=
        (SELECT number FROM undo_entry ORDER BY number DESC LIMIT 1 OFFSET \(UndoEntry.countMax));
      DELETE FROM undo_entry WHERE number < new.number AND \(UndoEntry.totalByteCountMax) <
        (SELECT total(byte_count) FROM undo_entry AS later
          WHERE later.number >= undo_entry.number);
    END;
    """

  private static func triggers(_ table: UndoTable) -> String {
    [("INSERT", "new", false, true), ("UPDATE", "new", true, true), ("DELETE", "old", true, false)]
      .map { event, row, wasThere, isThere in
        """
        CREATE TEMP TRIGGER undo_\(table.name)_\(event.lowercased())
        AFTER \(event) ON main.\(table.name)
        WHEN \(token) IS NOT NULL AND (\(table.beginsEntry.replacing("row.", with: "\(row).")) OR
          EXISTS (SELECT 1 FROM undo_entry WHERE token = \(token)))
          AND NOT EXISTS (SELECT 1 FROM undo_entry WHERE token = \(token) AND
            (row_count >= \(UndoEntry.rowCountMax) OR byte_count >= \(UndoEntry.byteCountMax)))
        BEGIN
          INSERT INTO undo_entry (number, token, session, time)
            SELECT (SELECT ifnull(max(number), 0) + 1 FROM undo_entry), token, session, time
            FROM undo_now WHERE NOT EXISTS (SELECT 1 FROM undo_entry WHERE token = \(token));
          \(keep(table, side: 0, isThere: wasThere, row: row, values: "old"))
            ON CONFLICT DO NOTHING;
          UPDATE undo_entry SET row_count = row_count + changes(),
            byte_count = byte_count + \(size(table, wasThere, isThere)) WHERE token = \(token);
          \(keep(table, side: 1, isThere: isThere, row: row, values: "new"))
            ON CONFLICT DO UPDATE SET present = excluded.present, \(table.values.map {
              "\($0) = excluded.\($0)"
            }.joined(separator: ", "));
        END;
        """
      }.joined(separator: "\n")
  }

  private static func keep(
    _ table: UndoTable,
    side: Int,
    isThere: Bool,
    row: String,
    values: String
  ) -> String {
    let kept =
      table.keys.map { "\(row).\($0)" }
      + table.values.map { isThere ? "\(values).\($0)" : "NULL" }
    return "INSERT INTO undo_\(table.name) (entry, side, present, "
      + table.columns.joined(separator: ", ") + ") SELECT token, \(side), \(isThere ? 1 : 0), "
      + kept.joined(separator: ", ") + " FROM undo_now WHERE true"
  }

  /// Bytes that a write of a row adds, by its longest column.
  private static func size(_ table: UndoTable, _ wasThere: Bool, _ isThere: Bool) -> String {
    guard let column = ["body", "value"].first(where: table.values.contains) else { return "64" }
    let parts = [wasThere ? "length(old.\(column))" : nil, isThere ? "length(new.\(column))" : nil]
    return (["64"] + parts.compactMap(\.self)).joined(separator: " + ")
  }
}
