internal import Console
internal import FoundationEssentials
internal import LuaRuntime

/// Leaves out of a transcript what must not be written down.
///
/// What is secret in the code is left out as it is of a history, and shows as `…` where it comes out
/// again: a replay lets anything stand there. So do addresses of tables and functions, which are
/// others each time, and identifiers and times unless seed and clock make them the same again.
final class TranscriptRedaction {
  /// Shorter ones would be found everywhere.
  private static let lengthMin = 4

  /// What a session of its own makes anew: versions of keys, GUIDs, times and how far off they are.
  private static var passing: [Regex<Substring>] {
    [
      /\b[0-9a-f]{32}\b/, /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/,
      /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/, /\((?:in \d+ \w+|\d+ \w+ ago|now)\)/,
    ]
  }

  private let source: SourceRedaction
  private let isRepeatable: Bool
  private var secrets: Set<String> = []

  /// - Parameters:
  ///   - state: knows what is secret.
  ///   - isRepeatable: whether identifiers and times come out again as they were.
  init(_ state: LuaState, isRepeatable: Bool) {
    source = SourceRedaction(state.descriptions)
    self.isRepeatable = isRepeatable
  }

  /// An entry without its secrets; of one that began with a blank nothing is kept.
  func applied(to entry: Transcript.Entry) -> Transcript.Entry {
    learn(entry.input)
    var clean = entry
    clean.input = source.applied(to: entry.input)
    clean.output = shown(entry.output)
    if entry.input.hasPrefix(" ") {
      clean.input = "-- an entry that began with a blank is left out"
      (clean.output, clean.errorCode) = ("", nil)
    }
    return clean
  }

  /// A script without its secrets, which `shown` leaves out from then on.
  func code(_ text: String) -> String {
    learn(text)
    return source.applied(to: text)
  }

  /// What came out, without the secrets that went in.
  func shown(_ output: String) -> String {
    let bare = secrets.reduce(output) { $0.replacing($1, with: "…") }
      .replacing(/\b0x[0-9a-f]{8,16}\b/, with: "…")
    return isRepeatable ? bare : Self.passing.reduce(bare) { $0.replacing($1, with: "…") }
  }

  private func learn(_ code: String) {
    for secret in source.secrets(in: code) where secret.utf8.count >= Self.lengthMin {
      secrets.formUnion([secret, Data(secret.utf8).base64EncodedString()])
    }
  }
}
