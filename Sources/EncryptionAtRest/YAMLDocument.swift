internal import FoundationEssentials
internal import Yams

/// The documents of a YAML text, read by the library within limits.
///
/// ## Why the limits are where they are
///
/// The library shares what an anchor names instead of copying it, so a text that expands a
/// thousandfold costs nothing until somebody walks it; the walk counts. It does compare the keys
/// of a mapping while it reads, and a key that is itself a tree of anchors would be walked there:
/// such keys are refused before. Depth is limited by the scanner under the library, and again here.
enum YAMLDocument {
  /// How much is read.
  struct Limits {
    /// Longest text, in bytes.
    let byteCountMax: Int
    /// Most values, counted after anchors are expanded.
    let valueCountMax: Int

    /// A configuration's.
    static let configuration = Limits(byteCountMax: 1 << 20, valueCountMax: 100_000)
    /// Those of a text that holds any number of objects.
    static let objects = Limits(byteCountMax: 32 << 20, valueCountMax: 1_000_000)
  }

  /// Deepest nesting.
  static let depthMax = 100

  /// Why a text cannot be read.
  enum Failure: Error {
    /// Over a limit, in words.
    case limit(String)
    /// A key that is there twice, and its line.
    case duplicateKey(String, line: Int)
    /// No YAML, and the line where that shows.
    case syntax(line: Int?)
  }

  /// Reads the first document, null when there is none.
  ///
  /// - Returns: the document, and whether the text holds nothing else.
  static func first(_ text: String) throws(Failure) -> (value: YAMLValue, isWhole: Bool) {
    var roots: [Node] = []
    var isWhole = true
    try parse(text, .configuration) { parser in
      guard let root = try parser.nextRoot() else { return }
      roots.append(root)
      // What follows need not even be YAML.
      isWhole = (try? parser.nextRoot() == nil) ?? false
    }
    return (try values(roots, .configuration).first ?? .null, isWhole)
  }

  /// Reads all documents.
  static func all(_ text: String) throws(Failure) -> [YAMLValue] {
    var roots: [Node] = []
    try parse(text, .objects) { parser in
      while let root = try parser.nextRoot() { roots.append(root) }
    }
    return try values(roots, .objects)
  }

  /// Lets the library read, and says in words of ours what it finds.
  private static func parse(
    _ text: String,
    _ limits: Limits,
    _ read: (Parser) throws -> Void
  ) throws(Failure) {
    guard text.utf8.count <= limits.byteCountMax else {
      throw .limit("the text is longer than \(limits.byteCountMax) bytes")
    }
    let marks = YAMLMarks(text)
    guard !marks.hasAnchor || !marks.hasComplexKey else {
      throw .limit("anchors may not stand in a document whose keys are lists, mappings or aliases")
    }
    do {
      try read(Parser(yaml: text, encoding: .utf8))
    } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
      let key = duplicates.first ?? ""
      throw .duplicateKey(key, line: secondLine(of: key, text, context.mark))
    } catch YamlError.scanner(_, let problem, _, _) where problem.contains("nesting level") {
      throw .limit("values nest deeper than \(depthMax) levels")
    } catch YamlError.parser(_, let problem, _, _) where problem.contains("nesting level") {
      throw .limit("values nest deeper than \(depthMax) levels")
    } catch YamlError.scanner(_, _, let mark, _), YamlError.parser(_, _, let mark, _),
      YamlError.composer(_, _, let mark, _)
    {
      throw .syntax(line: mark.line)
    } catch {
      throw .syntax(line: nil)
    }
  }

  private static func values(
    _ roots: [Node],
    _ limits: Limits
  ) throws(Failure) -> [YAMLValue] {
    var left = limits.valueCountMax
    var values: [YAMLValue] = []
    for root in roots {
      do {
        values.append(try value(root, depth: 1, &left))
      } catch {
        guard left < 0 else { throw error }
        throw .limit("the document expands to more than \(limits.valueCountMax) values")
      }
    }
    return values
  }

  private static func value(
    _ node: Node,
    depth: Int,
    _ left: inout Int
  ) throws(Failure) -> YAMLValue {
    left -= 1
    guard left >= 0 else { throw .limit("too many values") }
    guard depth <= depthMax else { throw .limit("values nest deeper than \(depthMax) levels") }
    switch node {
    case .scalar(let scalar): return self.scalar(scalar, node)
    case .alias: throw .syntax(line: node.mark?.line)
    case .sequence(let nodes):
      var list: [YAMLValue] = []
      for node in nodes { list.append(try value(node, depth: depth + 1, &left)) }
      return .list(list)
    case .mapping(let pairs):
      var members: [(name: String, value: YAMLValue)] = []
      var merged: [(name: String, value: YAMLValue)] = []
      for (key, node) in pairs {
        guard case .scalar(let name) = key else { throw .syntax(line: key.mark?.line) }
        let value = try value(node, depth: depth + 1, &left)
        if name.string == "<<", isPlain(name), let more = value.mergedMembers {
          merged += more
        } else {
          members.append((name.string, value))
        }
      }
      var names = Set(members.map(\.name))
      for more in merged where names.insert(more.name).inserted { members.append(more) }
      return .mapping(members)
    }
  }

  private static func isPlain(_ scalar: Node.Scalar) -> Bool {
    scalar.style == .plain || scalar.style == .any
  }

  private static func scalar(_ scalar: Node.Scalar, _ node: Node) -> YAMLValue {
    let tag = Resolver.default.resolveTag(of: node)
    if tag == .binary, let data = Data.construct(from: scalar) { return .binary([UInt8](data)) }
    guard isPlain(scalar) else { return .string(scalar.string) }
    return switch tag {
    case .null: .null
    case .bool: Bool.construct(from: scalar).map { .boolean($0) } ?? .string(scalar.string)
    case .int, .float: .number(scalar.string)
    default: .string(scalar.string)
    }
  }

  /// The line on which a key stands again in its mapping; the first one's when both are on one.
  ///
  /// The library tells where one of them stands. In block style they stand in one column.
  private static func secondLine(of key: String, _ text: String, _ mark: Mark) -> Int {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let indent = max(mark.column - 1, 0)
    for (index, line) in lines.enumerated().dropFirst(mark.line) {
      let body = line.drop { $0 == " " }
      if body.isEmpty || body.hasPrefix("#") { continue }
      let column = line.count - body.count
      if column < indent { break }
      let name = body.prefix { $0 != ":" }.filter { $0 != "\"" && $0 != "'" }
      if column == indent, name.trimmingSpace == key { return index + 1 }
    }
    return mark.line
  }
}

extension String {
  fileprivate var trimmingSpace: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
