/// One row of the table of settings.
public struct Setting: Sendable {
  /// A setting's value as it is stored and shown.
  public enum Value: Hashable, Codable, Sendable, CustomStringConvertible {
    /// True or false.
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// A word or a duration.
    case text(String)

    /// As a script would write it.
    public var description: String {
      switch self {
      case .boolean(let flag): "\(flag)"
      case .integer(let number): "\(number)"
      case .text(let text): "'\(text)'"
      }
    }
  }

  /// Name, in snake case.
  public let name: String
  /// What it changes, one line.
  public let summary: String
  /// What its value must be, such as `a duration such as PT10M`.
  public let type: String
  /// The value it has in some settings.
  public let read: @Sendable (Settings) -> Value
  /// Gives it a value; throws `argument.value`.
  let write: @Sendable (inout Settings, Value) throws -> Void

  /// The value in a fresh workspace.
  public var defaultValue: Value { read(Settings()) }

  private init(
    _ name: String,
    _ summary: String,
    type: String,
    read: @escaping @Sendable (Settings) -> Value,
    write: @escaping @Sendable (inout Settings, Value) -> Bool
  ) {
    self.name = name
    self.summary = summary
    self.type = type
    self.read = read
    self.write = { settings, value in
      guard write(&settings, value) else {
        throw AzureError(.argumentValue, "setting '\(name)' must be \(type), not \(value)")
      }
    }
  }

  init(
    _ name: String,
    _ path: any WritableKeyPath<Settings, Bool> & Sendable,
    _ summary: String
  ) {
    self.init(name, summary, type: "true or false") {
      .boolean($0[keyPath: path])
    } write: { settings, value in
      guard case .boolean(let flag) = value else { return false }
      settings[keyPath: path] = flag
      return true
    }
  }

  init(
    _ name: String,
    _ path: any WritableKeyPath<Settings, Int> & Sendable,
    in range: ClosedRange<Int>,
    _ summary: String
  ) {
    self.init(
      name,
      summary,
      type: "a whole number from \(range.lowerBound) to \(range.upperBound)"
    ) {
      .integer($0[keyPath: path])
    } write: { settings, value in
      guard case .integer(let number) = value, range.contains(number) else { return false }
      settings[keyPath: path] = number
      return true
    }
  }

  init(
    _ name: String,
    _ path: any WritableKeyPath<Settings, ISO8601Duration> & Sendable,
    _ summary: String
  ) {
    self.init(name, summary, type: "a duration such as PT10M") {
      .text($0[keyPath: path].description)
    } write: { settings, value in
      // Absence is the meaning: text that is no duration is refused.
      guard case .text(let text) = value, let duration = try? ISO8601Duration(parsing: text)
      else { return false }
      settings[keyPath: path] = duration
      return true
    }
  }

  init<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String,
    _ path: any WritableKeyPath<Settings, Choice> & Sendable,
    _ summary: String
  ) {
    let words = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    self.init(name, summary, type: "one of \(words)") {
      .text($0[keyPath: path].rawValue)
    } write: { settings, value in
      guard case .text(let text) = value, let choice = Choice(rawValue: text) else { return false }
      settings[keyPath: path] = choice
      return true
    }
  }
}
