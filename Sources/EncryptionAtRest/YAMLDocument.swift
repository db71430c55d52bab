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

extension YAMLValue {
  /// What a merge key adds: the members of a mapping, or of each of a list, the first one's first.
  fileprivate var mergedMembers: [(name: String, value: YAMLValue)]? {
    switch self {
    case .mapping(let members): return members
    case .list(let items):
      let parts = items.compactMap(\.mergedMembers)
      return parts.count == items.count ? parts.flatMap { $0 } : nil
    default: return nil
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
    let marks = Marks(text)
    guard !marks.hasAnchor || !marks.hasComplexKey else {
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

/// Where a text might define an anchor, and where it might use a list, a mapping or an alias as a
/// key: nothing that the scanner takes so is missed, and comments and quoted texts count as well.
private struct Marks {
  private(set) var hasAnchor = false
  private(set) var hasComplexKey = false

  /// Looks at each byte once.
  init(_ text: String) {
    let bytes = Array(text.utf8)
    var before = UInt8(ascii: "\n")
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let name = index + 1..<Self.endOfName(bytes, index + 1)
      var next = index + 1
      switch byte {
      case UInt8(ascii: "&"):
        if Self.startsToken(after: before), !name.isEmpty { hasAnchor = true }
      case UInt8(ascii: "?"):
        let isAlone = next == bytes.count || Self.isSpace(bytes[next])
        if Self.startsToken(after: before), isAlone { hasComplexKey = true }
      case UInt8(ascii: "*") where Self.startsToken(after: before) && !name.isEmpty:
        next = name.upperBound
        if Self.isKey(bytes, &next) { hasComplexKey = true }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if Self.isKey(bytes, &next) { hasComplexKey = true }
      default: break
      }
      before = bytes[next - 1]
      index = next
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    [0x20, 0x09, 0x0A, 0x0D].contains(byte)
  }

  private static func startsToken(after byte: UInt8) -> Bool {
    isSpace(byte) || byte >= 0x80 || Array("[{,:-?\"'".utf8).contains(byte)
  }

  /// Names of anchors are of letters, digits, hyphens and underscores.
  private static func endOfName(_ bytes: [UInt8], _ start: Int) -> Int {
    guard let first = start > 0 ? bytes[start - 1] : nil, first == 0x26 || first == 0x2A else {
      return start
    }
    return bytes[start...].firstIndex {
      let scalar = UnicodeScalar($0)
      return
        !(scalar.properties.isAlphabetic && $0 < 0x80 || (0x30...0x39).contains($0)
        || $0 == 0x2D || $0 == 0x5F)
    } ?? bytes.count
  }

  /// Whether a colon follows, after any space; leaves `position` behind the space.
  private static func isKey(_ bytes: [UInt8], _ position: inout Int) -> Bool {
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    return position < bytes.count && bytes[position] == UInt8(ascii: ":")
  }
}

extension String {
  fileprivate var trimmingSpace: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
