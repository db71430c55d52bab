internal import Console
internal import FoundationEssentials
internal import LuaRuntime

/// Leaves out of a transcript what must not be written down.
///
/// What is secret in the code is left out as it is of a history, and shows as `…` where it comes out
/// again: a replay lets anything stand there. So do addresses of tables and functions, which are
/// others each time.
final class TranscriptRedaction {
  /// Shorter ones would be found everywhere.
  private static let lengthMin = 4

  private let source: SourceRedaction
  private var secrets: Set<String> = []

  init(_ state: LuaState) { source = SourceRedaction(state.descriptions) }

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
    secrets.reduce(output) { $0.replacing($1, with: "…") }
      .replacing(/\b0x[0-9a-f]{8,16}\b/, with: "…")
  }

  private func learn(_ code: String) {
    for secret in source.secrets(in: code) where secret.utf8.count >= Self.lengthMin {
      secrets.formUnion([secret, Data(secret.utf8).base64EncodedString()])
    }
  }
}
