/// What was typed: whole in memory, without its secrets on disk.
///
/// The up arrow must bring back what was typed, to be corrected; a file must not keep a password.
/// So memory has entries as they were typed until the session ends, and the file has them as
/// `redacted` leaves them. An entry that begins with a blank stays in memory.
public final class History {
  /// Entries kept.
  public static let entryCountMax = 10_000
  /// Bytes of an entry beyond which it is not written down.
  public static let byteCountMax = 128 << 10

  private let file: HistoryFile?
  private let redacted: (String) -> String
  /// The entries, oldest first.
  public private(set) var entries: [String] = []
  /// What the file has of each entry, nil for nothing.
  private var written: [String?] = []

  /// Reads what earlier sessions left.
  ///
  /// - Parameters:
  ///   - path: the file, which need not exist yet; nil keeps everything in memory.
  ///   - redacted: an entry without what must not be written down.
  public init(path: String?, redacted: @escaping (String) -> String) {
    file = path.map { HistoryFile(path: $0, entryCountMax: Self.entryCountMax) }
    self.redacted = redacted
    entries = file?.load() ?? []
    written = entries
  }

  /// The file for an environment, nil when the history is turned off.
  ///
  /// `KMSH_HISTORY` names it, and turns it off when empty; else it lies in the user's state folder.
  public static func defaultPath(environment: [String: String]) -> String? {
    if let path = environment["KMSH_HISTORY"] { return path.isEmpty ? nil : path }
    let home = environment["HOME"] ?? "."
    let state =
      environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.local/state"
    return state + "/kmsh/history"
  }

  /// Adds an entry unless it is the one before.
  public func append(_ entry: String) {
    guard entry != entries.last else { return }
    let isKept = file != nil && !entry.hasPrefix(" ") && entry.utf8.count <= Self.byteCountMax
    let text = isKept ? redacted(entry) : nil
    // What differs in its secrets only is written once.
    let isNew = text != nil && text != written.last(where: { $0 != nil })
    if isNew, let text { file?.append(text) }
    entries.append(entry)
    written.append(isNew ? text : nil)
    guard entries.count > Self.entryCountMax else { return }
    entries.removeFirst()
    written.removeFirst()
  }

  /// Takes the last entry back, from the file too.
  public func forget() -> String? {
    guard let entry = entries.popLast() else { return nil }
    if let text = written.removeLast() { file?.removeLast(text) }
    return entry
  }
}
