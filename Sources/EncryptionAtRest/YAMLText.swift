internal import FoundationEssentials
internal import Yams

/// YAML texts of any number of documents, to values and back.
public enum YAMLText {
  /// Reads all documents of a text, none of an empty one.
  ///
  /// A text is at most 32 MiB and holds at most a million values, anchors expanded, 100 levels deep.
  ///
  /// - Throws: `yaml.invalid`, which never repeats what stands in the text.
  public static func documents(_ bytes: [UInt8]) throws(AtRestError) -> [YAMLValue] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw AtRestError(.yamlInvalid, "the text is no UTF-8")
    }
    do throws(YAMLDocument.Failure) {
      return try YAMLDocument.all(text)
    } catch {
      switch error {
      case .limit(let what): throw AtRestError(.yamlInvalid, what)
      case .duplicateKey(_, let line):
        throw AtRestError(.yamlInvalid, "line \(line): the key is already set in its mapping")
      case .syntax(let line):
        let place = line.map { "line \($0): " } ?? ""
        throw AtRestError(.yamlInvalid, "\(place)the text is no YAML")
      }
    }
  }

  /// Writes a value as a document, in block style.
  ///
  /// - Throws: `yaml.invalid`.
  public static func text(_ value: YAMLValue) throws(AtRestError) -> String {
    let marks = BinaryMarks()
    do {
      let text = try serialize(node: node(value, marks), width: -1, allowUnicode: true)
      return marks.tagged(text)
    } catch {
      throw AtRestError(.yamlInvalid, "the value cannot be written as YAML")
    }
  }

  private static func node(_ value: YAMLValue, _ marks: BinaryMarks) -> Node {
    switch value {
    case .null: Node("null", Tag(.null))
    case .boolean(let flag): Node(flag ? "true" : "false", Tag(.bool))
    case .number(let text): Node(text, Tag(.float))
    case .string(let text): node(text)
    case .binary(let bytes): Node(marks.text(bytes))
    case .list(let items):
      Node(items.map { node($0, marks) }, Tag(.seq), items.isEmpty ? .flow : .block)
    case .mapping(let members):
      Node(
        members.map { (node($0.name), node($0.value, marks)) },
        Tag(.map),
        members.isEmpty ? .flow : .block
      )
    }
  }

  /// A text that stays one, quoted where it would be read as something else.
  static func node(_ text: String) -> Node {
    if text.contains("\n") { return Node(text, Tag(.str), .literal) }
    let plain = Node(text)
    // Go's writer quotes what YAML 1.1 takes for a truth value as well.
    let isTruth = ["y", "Y", "n", "N"].contains(text)
    let isText = !isTruth && Resolver.default.resolveTag(of: plain) == .str
    return isText ? plain : Node(text, Tag(.str), .doubleQuoted)
  }
}

/// Bytes within a text that the library writes: it writes no tags, so each stands there as a word
/// that nothing else can be, and is given its tag afterwards.
private struct BinaryMarks {
  private let word: String

  init() {
    var generator = SystemRandomNumberGenerator()
    word = "bytes-\(generator.next())-\(generator.next())-"
  }

  func text(_ bytes: [UInt8]) -> String { word + Data(bytes).base64EncodedString() + "." }

  func tagged(_ text: String) -> String {
    guard text.contains(word) else { return text }
    var parts = text.split(separator: word, omittingEmptySubsequences: false)[...]
    var result = String(parts.removeFirst())
    for part in parts {
      let end = part.firstIndex(of: ".") ?? part.endIndex
      result += "!!binary \"\(part[..<end])\"" + part[end...].dropFirst()
    }
    return result
  }
}
