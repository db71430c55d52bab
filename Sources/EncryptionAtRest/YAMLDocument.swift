internal import FoundationEssentials
internal import Yams

/// A value of a YAML document, as JSON would type it.
enum YAMLValue {
  case null
  case boolean
  case number(String)
  case string(String)
  case list([YAMLValue])
  /// Members in their order; a later one never has the name of an earlier one.
  case mapping([(name: String, value: YAMLValue)])

  /// What Go's decoder calls the type.
  var kind: String {
    switch self {
    case .null: "null"
    case .boolean: "bool"
    case .number: "number"
    case .string: "string"
    case .list: "array"
    case .mapping: "object"
    }
  }
}

/// The first document of a YAML text, read by the library within limits.
///
/// ## Why the limits are where they are
///
/// The library shares what an anchor names instead of copying it, so a text that expands a
/// thousandfold costs nothing until somebody walks it; the walk counts. It does compare the keys
/// of a mapping while it reads, and a key that is itself a tree of anchors would be walked there:
/// such keys are refused before. Depth is limited by the scanner under the library, and again here.
enum YAMLDocument {
  /// Longest text, in bytes.
  static let byteCountMax = 1 << 20
  /// Most values of a document, counted after anchors are expanded.
  static let valueCountMax = 100_000
  /// Deepest nesting.
  static let depthMax = 100

  /// Why a text cannot be read.
  enum Failure: Error {
    /// Over a limit, in words.
    case limit(String)
    /// A key that is there twice, and its line.
    case duplicateKey(String, line: Int)
    /// No YAML.
    case syntax
  }

  /// Reads the first document, null when there is none.
  ///
  /// - Returns: the document, and whether the text holds nothing else.
  static func first(_ text: String) throws(Failure) -> (value: YAMLValue, isWhole: Bool) {
    guard text.utf8.count <= byteCountMax else {
      throw .limit("the text is longer than \(byteCountMax) bytes")
    }
    guard !text.utf8.contains(UInt8(ascii: "&")) || !hasComplexKey(text) else {
      throw .limit("anchors may not stand in a document whose keys are lists, mappings or aliases")
    }
    let root: Node?
    let isWhole: Bool
    do {
      let parser = try Parser(yaml: text, encoding: .utf8)
      root = try parser.nextRoot()
      // What follows need not even be YAML.
      isWhole = (try? parser.nextRoot() == nil) ?? false
    } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
      let key = duplicates.first ?? ""
      throw .duplicateKey(key, line: secondLine(of: key, text, context.mark))
    } catch YamlError.scanner(_, let problem, _, _) where problem.contains("nesting level") {
      throw .limit("values nest deeper than \(depthMax) levels")
    } catch YamlError.parser(_, let problem, _, _) where problem.contains("nesting level") {
      throw .limit("values nest deeper than \(depthMax) levels")
    } catch {
      throw .syntax
    }
    guard let root else { return (.null, isWhole) }
    var count = 0
    return (try value(root, depth: 1, &count), isWhole)
  }

  private static func hasComplexKey(_ text: String) -> Bool {
    text.contains(/(?m)[\]}]\s*:|(^|[\[{,\-\s])\?(\s|$)|\*[^\s,\[\]{}]+\s*:/)
  }

  private static func value(
    _ node: Node,
    depth: Int,
    _ count: inout Int
  ) throws(Failure) -> YAMLValue {
    count += 1
    guard count <= valueCountMax else {
      throw .limit("the document expands to more than \(valueCountMax) values")
    }
    guard depth <= depthMax else { throw .limit("values nest deeper than \(depthMax) levels") }
    switch node {
    case .scalar(let scalar): return self.scalar(scalar, node)
    case .alias: throw .syntax
    case .sequence(let nodes):
      var list: [YAMLValue] = []
      for node in nodes { list.append(try value(node, depth: depth + 1, &count)) }
      return .list(list)
    case .mapping(let pairs):
      var members: [(name: String, value: YAMLValue)] = []
      var merged: [(name: String, value: YAMLValue)] = []
      for (key, node) in pairs {
        guard case .scalar(let name) = key else { throw .syntax }
        let value = try value(node, depth: depth + 1, &count)
        if name.string == "<<", isPlain(name), case .mapping(let more) = value {
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
    guard isPlain(scalar) else { return .string(scalar.string) }
    return switch Resolver.default.resolveTag(of: node) {
    case .null: .null
    case .bool: .boolean
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
