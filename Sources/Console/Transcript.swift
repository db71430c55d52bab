public import LuaRuntime

/// What was typed and what it gave, in a form that is a Lua script: input as code, output after it
/// as comments.
///
/// ```lua
/// -- kmsh transcript 1  seed=7 clock=2025-01-01T00:00:00Z
/// v = vault.create{ name = 'kv1', resource_group = 'rg' }
/// print(v.name)
/// --> kv1
/// v:delete_policy{ object_id = 'nobody' }
/// --! access_policy.not_found
/// ```
///
/// `TranscriptReplay` runs one and compares. To write one, note entries with a `SessionLog`, and
/// join `text` and the `text` of each of its entries.
public struct Transcript: Sendable {
  /// Something typed, with what came of it.
  public struct Entry: Sendable {
    /// As it was typed: statements, an expression, or a command that begins with a backslash.
    public var input: String
    /// All that it printed and showed, errors left out.
    public var output = ""
    /// Code of the error it ended with.
    public var errorCode: String?

    /// Makes an entry that has not run yet.
    public init(input: String) { self.input = input }
  }

  /// What identifiers are made from.
  public let seed: Int64?
  /// What the workspace's clock showed at the start, RFC 3339.
  public let clock: String?

  /// Describes a transcript without entries.
  public init(seed: Int64? = nil, clock: String? = nil) {
    self.seed = seed
    self.clock = clock
  }

  /// The first line.
  public var text: String {
    let parts = [seed.map { "seed=\($0)" }, clock.map { "clock=\($0)" }].compactMap(\.self)
    return (["-- kmsh transcript 1"] + (parts.isEmpty ? [] : [" " + parts.joined(separator: " ")]))
      .joined(separator: " ") + "\n"
  }
}

extension Transcript.Entry {
  /// The entry's lines in a transcript.
  ///
  /// - Parameter state: tells an expression from statements.
  /// - Returns: code and its output as comments; what is no Lua as a comment.
  public func text(_ state: LuaState) -> String {
    guard let code = code(state) else {
      // A command, or what is no Lua: told, and skipped by a replay.
      return input.split(separator: "\n", omittingEmptySubsequences: false)
        .map { "-- \($0)\n" }.joined()
    }
    var lines = code + "\n"
    var shown = output.split(separator: "\n", omittingEmptySubsequences: false)
    if shown.last == "" { shown.removeLast() }
    for line in shown { lines += line.isEmpty ? "-->\n" : "--> \(line)\n" }
    if let errorCode { lines += "--! \(errorCode)\n" }
    return lines
  }

  /// What was typed as statements of Lua; nil when it cannot be.
  private func code(_ state: LuaState) -> String? {
    guard !input.hasPrefix("\\") else { return nil }
    // A file may begin with a number sign that is no operator, and nothing follows a return.
    let expression = "_ = " + input
    let forms =
      if input.hasPrefix("#") {
        [expression]
      } else if input.hasPrefix("return"), input.dropFirst(6).first?.isLetter != true {
        ["_ = (function() \(input) end)()", input]
      } else {
        [input, expression]
      }
    // What does not load is no Lua.
    for text in forms
    where (try? state.load(Array((text + "\n").utf8), chunkName: "=entry")) != nil {
      return text
    }
    return nil
  }
}
