internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#endif

/// What was typed in earlier runs: one JSON string a line, so that entries of many lines stay
/// whole.
///
/// The file is 0600 and only ever appended to, under a lock, so that two prompts can share it.
/// Entries that hold a secret, and those that begin with a blank, never reach it.
public final class History {
  /// Entries kept for the up arrow.
  public static let entryCountMax = 10_000
  private static let fileByteCountMax = 16 << 20

  private let path: String
  private var last: String?

  /// Uses a file that need not exist yet.
  public init(path: String) { self.path = path }

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

  /// Reads the newest entries, oldest first; a file that cannot be read is an empty one.
  public func load() -> [String] {
    guard let data = try? Data(contentsOf: URL(filePath: path)),
      data.count <= Self.fileByteCountMax
    else { return [] }
    let decoder = JSONDecoder()
    // A line that another program wrote is no entry.
    let entries = data.split(separator: UInt8(ascii: "\n")).suffix(Self.entryCountMax)
      .compactMap { try? decoder.decode(String.self, from: Data($0)) }
    last = entries.last
    return entries
  }

  /// Appends an entry unless it is the one before, begins with a blank, or holds a secret.
  public func append(_ entry: String) {
    // Without a file or a form for it, an entry is not kept; the prompt goes on.
    guard entry != last, !entry.hasPrefix(" "), !SecretShapes.occur(in: entry),
      let line = try? JSONEncoder().encode(entry)
    else { return }
    last = entry
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if unsafe access(folder, F_OK) != 0 {
      // The same holds without a folder.
      try? FileManager.default.createDirectory(
        atPath: folder,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
      )
    }
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    flock(descriptor, LOCK_EX)
    _ = unsafe (line + [UInt8(ascii: "\n")]).withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress, $0.count)
    }
    close(descriptor)
  }
}

/// Tells whether a typed text holds key material or a Secret's data.
public enum SecretShapes {
  /// Names of options whose values are secrets.
  private static let optionNames = [
    "data", "string_data", "pem", "jwk", "value", "password", "passphrase",
  ]

  /// Whether a text must not be written down.
  public static func occur(in text: String) -> Bool {
    if text.contains("PRIVATE KEY") || text.contains("AccountKey=") { return true }
    if hasSecretOption(text) { return true }
    return hasLongToken(text)
  }

  /// `data =`, `['data'] =`, `"d":` and the like, whatever stands between.
  private static func hasSecretOption(_ text: String) -> Bool {
    let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    return words.contains { word in
      guard optionNames.contains(String(word)) else { return false }
      let after = text[word.endIndex...].drop { " \t\n'\"]".contains($0) }
      return (after.first == "=" && !after.hasPrefix("==")) || after.first == ":"
    }
  }

  /// 32 bytes or more in hex or base64: 43 characters and more of letters and digits mixed, in one
  /// word that is neither a path nor an address.
  private static func hasLongToken(_ text: String) -> Bool {
    let words = text.split { "'\" \t\n(){}[],;".contains($0) }
    return words.contains { word in
      word.utf8.count >= 43 && !word.contains("://") && !word.hasPrefix("/")
        && word.utf8.allSatisfy(isBase64) && word.contains(where: \.isNumber)
        && word.contains(where: \.isLetter)
    }
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || [43, 45, 47, 61, 95].contains(byte)
  }
}
