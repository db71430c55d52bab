/// One named option of a function that takes a table of them.
public struct LuaOption: Sendable {
  /// What an option's value must be.
  public enum Kind: Sendable {
    /// UTF-8 text.
    case string
    /// Bytes that must not show in a history or a trace.
    case secret
    /// A boolean.
    case boolean
    /// An integer; a float without a fraction counts.
    case integer
    /// A table.
    case table
    /// An array of strings, or one string.
    case strings
    /// A function.
    case function
    /// One of a closed set of words.
    case choice([String])
    /// Whatever the function itself checks: a handle, a name or an id.
    case any
  }

  /// Name in the table.
  public let name: String
  /// What its value must be.
  public let kind: Kind
  /// Whether it must be given.
  public let isRequired: Bool
  /// What it means, in a few words.
  public let summary: String
  /// What leaving it out stands for, nil where that is nothing.
  public internal(set) var byDefault: LuaDefault?
  /// The az flag it stands for.
  public let azFlag: String?
  /// What its value names, nil for anything.
  public internal(set) var names: NameSource?
  /// Whether its literals must not show, as those of kind `secret` must not.
  var isConcealed = false

  /// An option that must be given.
  public static func required(
    _ name: String,
    _ kind: Kind,
    _ summary: String,
    az: String? = nil
  ) -> LuaOption {
    LuaOption(name: name, kind: kind, isRequired: true, summary: summary, azFlag: az)
  }

  /// An option that may be left out; what it is then is `byDefault`, told beside the summary.
  public static func optional(
    _ name: String,
    _ kind: Kind,
    _ summary: String,
    default byDefault: LuaDefault? = nil,
    az: String? = nil
  ) -> LuaOption {
    LuaOption(
      name: name,
      kind: kind,
      isRequired: false,
      summary: summary,
      byDefault: byDefault,
      azFlag: az
    )
  }

  /// What the value should have been, nil when it is that.
  func problem(_ value: LuaValue) -> String? {
    switch (kind, value) {
    case (.any, _), (.string, .bytes), (.secret, .bytes), (.boolean, .boolean),
      (.integer, .integer), (.table, .table), (.table, .array), (.function, .function),
      (.strings, .bytes):
      if case .string = kind, value.text == nil { return "UTF-8 text" }
      return nil
    case (.integer, .number(let number)): return Int64(exactly: number) == nil ? "an integer" : nil
    case (.strings, .array(let items)):
      return items.allSatisfy { $0.text != nil } ? nil : "an array of strings"
    case (.strings, .table(let members)) where members.isEmpty: return nil
    case (.choice(let words), .bytes):
      return words.contains(value.text ?? "")
        ? nil : "one of " + words.map { "'\($0)'" }.joined(separator: ", ")
    case (.choice(let words), _):
      return "one of " + words.map { "'\($0)'" }.joined(separator: ", ")
    case (.string, _), (.secret, _): return "a string"
    case (.boolean, _): return "a boolean"
    case (.integer, _): return "an integer"
    case (.table, _): return "a table"
    case (.function, _): return "a function"
    case (.strings, _): return "an array of strings"
    }
  }
}

/// The options a call was given, checked against what its function takes.
public struct LuaOptions {
  let function: String
  /// Names as they were declared, with what was given for them.
  private let values: [(name: String, value: LuaValue)]

  /// Checks a table of options.
  ///
  /// - Throws: `argument.type`, `argument.unknown`, `argument.missing`.
  init(_ table: LuaValue, for function: String, _ options: [LuaOption]) throws {
    switch table {
    case .nil: try self.init([], for: function, options)
    case .table(let members):
      try self.init(members.map { ($0.key, $0.value) }, for: function, options)
    default:
      throw LuaError(
        code: "argument.type",
        message: "\(function) takes one table of named options, got \(table.typeName)",
        hint: "\(function){ \(options.prefix(2).map { "\($0.name) = …" }.joined(separator: ", ")) }"
      )
    }
  }

  /// Checks the members of a table of options.
  ///
  /// - Throws: `argument.unknown`, `argument.missing`.
  init(_ members: [(LuaKey, LuaValue)], for function: String, _ options: [LuaOption]) throws {
    self.function = function
    var values: [(name: String, value: LuaValue)] = []
    values.reserveCapacity(members.count)
    for (key, value) in members where !value.isNil {
      guard let option = options.first(where: { key == $0.name }) else {
        throw Self.unknown(key.text, function, options)
      }
      if let wanted = option.problem(value) {
        throw LuaError(
          code: "argument.type",
          message: "\(function): option '\(option.name)' must be \(wanted), got \(value.typeName)",
          hint: Self.page(function)
        )
      }
      values.append((option.name, value))
    }
    let missing = options.filter { option in
      option.isRequired && !values.contains { $0.name == option.name }
    }
    guard missing.isEmpty else {
      throw LuaError(
        code: "argument.missing",
        message: "\(function) needs \(missing.map(\.name).joined(separator: ", "))",
        hint: Self.page(function)
      )
    }
    self.values = values
  }

  /// Checks a table that is one of several forms an argument may take.
  ///
  /// - Throws: `argument.type`, `argument.unknown`, `argument.missing`.
  public static func checked(
    _ table: LuaValue,
    for function: String,
    _ options: [LuaOption]
  ) throws -> LuaOptions { try LuaOptions(table, for: function, options) }

  /// Where the options are told.
  private static func page(_ function: String) -> String {
    "help '\(function)' tells of its options"
  }

  private static func unknown(
    _ name: String,
    _ function: String,
    _ options: [LuaOption]
  ) -> LuaError {
    let names = options.map(\.name)
    return LuaError(
      code: "argument.unknown",
      message: "\(function) has no option '\(name)'",
      hint: Nearest.hint(name, names)
        ?? "its options: \(names.joined(separator: ", ")); \(page(function))"
    )
  }

  /// Whether the option was given.
  public func contains(_ name: String) -> Bool { find(name) != nil }

  private func find(_ name: String) -> LuaValue? { values.first { $0.name == name }?.value }

  /// The value of an option that may be missing: `nil` then.
  public func value(_ name: String) -> LuaValue { find(name) ?? .nil }

  /// The text of a required option, or an empty one if it was not declared so.
  public func string(_ name: String) -> String { find(name)?.text ?? "" }

  /// The text of an option.
  public func optionalString(_ name: String) -> String? { find(name)?.text }

  /// The bytes of a required option.
  public func bytes(_ name: String) -> [UInt8] { optionalBytes(name) ?? [] }

  /// The bytes of an option.
  public func optionalBytes(_ name: String) -> [UInt8]? {
    if case .bytes(let bytes) = find(name) { bytes } else { nil }
  }

  /// The flag of an option.
  public func optionalBoolean(_ name: String) -> Bool? {
    if case .boolean(let flag) = find(name) { flag } else { nil }
  }

  /// The integer of an option.
  public func optionalInteger(_ name: String) -> Int64? {
    switch find(name) {
    case .integer(let number): number
    case .number(let number): Int64(exactly: number)
    default: nil
    }
  }

  /// The words of an option.
  public func strings(_ name: String) -> [String] {
    switch find(name) {
    case .bytes: find(name)?.text.map { [$0] } ?? []
    case .array(let items): items.compactMap(\.text)
    default: []
    }
  }

  /// The function of an option.
  public func optionalFunction(_ name: String) -> LuaReference? {
    if case .function(let reference) = find(name) { reference } else { nil }
  }
}

/// Finds what was probably meant.
public enum Nearest {
  /// `did you mean 'x'?` for the nearest name within a third of its length.
  public static func hint(_ given: String, _ names: [String]) -> String? {
    let best = names.map { ($0, distance(given, $0)) }.min { $0.1 < $1.1 }
    guard let best, best.1 <= max(2, best.0.count / 3) else { return nil }
    return "did you mean '\(best.0)'?"
  }

  /// The nearest names, the likeliest first: those that hold what was given or lie within half of
  /// its length.
  public static func names(_ given: String, _ names: [String], countMax: Int) -> [String] {
    guard !given.isEmpty, given.utf8.count <= 128 else { return [] }
    let wanted = given.lowercased()
    let near = Set(names).compactMap { name -> (name: String, distance: Int)? in
      let name = (name, name.lowercased())
      let distance = distance(wanted, name.1)
      let isNear =
        distance <= max(2, wanted.count / 2) && distance < max(wanted.count, name.1.count)
      return isNear || wanted.count > 2 && name.1.contains(wanted) ? (name.0, distance) : nil
    }
    return near.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(countMax)
      .map(\.name)
  }

  /// Levenshtein's distance, in characters.
  static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, x) in a.prefix(128).enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[b.count]
  }
}
