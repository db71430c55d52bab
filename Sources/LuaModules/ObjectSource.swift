internal import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials
internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

/// The objects in files or on standard input, JSON or YAML, one at a time.
///
/// JSON is read as it comes, so that a list of any length passes; YAML is read whole.
struct ObjectSource {
  private static let chunkByteCount = 65_536
  private static let yamlByteCountMax = 32 << 20

  private var paths: ArraySlice<String>
  private var stream: ObjectStream?
  private var waiting: ArraySlice<[UInt8]> = []
  private let isInterrupted: () -> Bool
  private var input: [UInt8]?
  /// The path that is read.
  private var current = ""

  /// Opens a path, which may be a folder of files; `-` is standard input.
  ///
  /// - Throws: `file.unreadable`.
  init(path: String, isRecursive: Bool, isInterrupted: @escaping () -> Bool) throws {
    self.isInterrupted = isInterrupted
    let manager = FileManager.default
    // What is no folder is a file, and opening it tells what is wrong.
    let names =
      path == "-"
      ? nil
      : isRecursive
        ? try? manager.subpathsOfDirectory(atPath: path)
        : try? manager.contentsOfDirectory(atPath: path)
    let endings = [".json", ".yaml", ".yml"]
    let files = names?.filter { name in endings.contains { name.hasSuffix($0) } }.sorted()
    paths = files.map { $0.map { "\(path)/\($0)" }[...] } ?? [path]
  }

  /// Reads a text in place of standard input.
  init(text: [UInt8]) {
    isInterrupted = { false }
    paths = ["-"]
    input = text
  }

  /// The next object as JSON; nil at the end.
  ///
  /// - Throws: `file.unreadable`, `objects.invalid`.
  mutating func next() throws -> [UInt8]? {
    do {
      return try nextObject()
    } catch let error as AtRestError {
      let yaml = error.code == .yamlInvalid ? "error converting YAML to JSON: yaml: " : ""
      throw LuaError(
        code: "objects.invalid",
        message: "error parsing \(current == "-" ? "STDIN" : current): \(yaml)\(error.message)"
      )
    }
  }

  private mutating func nextObject() throws -> [UInt8]? {
    while true {
      if let object = waiting.popFirst() { return object }
      if let object = try stream?.next() { return object }
      stream = nil
      guard let path = paths.popFirst() else { return nil }
      current = path
      try open(path)
    }
  }

  /// Begins with a file: by its first character it is JSON or YAML.
  private mutating func open(_ path: String) throws {
    let read = try bytes(of: path)
    var start = try read()
    while start.allSatisfy({ " \t\r\n".utf8.contains($0) }) {
      let more = try read()
      if more.isEmpty { return }
      start += more
    }
    if start.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
      var first: [UInt8]? = start
      stream = ObjectStream {
        defer { first = nil }
        return try first ?? read()
      }
      return
    }
    while true {
      let more = try read()
      if more.isEmpty { break }
      start += more
      guard start.count <= Self.yamlByteCountMax else {
        throw LuaError(code: "objects.invalid", message: "\(path): YAML is longer than 32 MiB")
      }
    }
    waiting = try YAMLText.documents(start).flatMap(Self.objects).map { try $0.text() }[...]
  }

  /// What gives the bytes of a path, some at a time and none at the end.
  private mutating func bytes(of path: String) throws -> () throws -> [UInt8] {
    guard let text = input else {
      let file = try OpenFile(path, isInterrupted)
      return { try file.read() }
    }
    input = nil
    var start = 0
    return {
      let end = min(start + Self.chunkByteCount, text.count)
      defer { start = end }
      return Array(text[start..<end])
    }
  }

  /// A document, or the elements of one that is a list; none of an empty one.
  private static func objects(_ document: YAMLValue) -> [JSONTree] {
    let tree = JSONTree(document)
    guard case .object(let members) = tree, case .string(let kind) = members["kind"],
      kind.hasSuffix("List"), case .array(let items) = members["items"]
    else { return tree == .null ? [] : [tree] }
    return items
  }

  /// An open file, closed when nobody reads it any more.
  private final class OpenFile {
    private let descriptor: Int32
    private let path: String
    private let isInterrupted: () -> Bool

    init(_ path: String, _ isInterrupted: @escaping () -> Bool) throws {
      self.path = path
      self.isInterrupted = isInterrupted
      descriptor = path == "-" ? 0 : Glibc.open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 || errno != ENOENT else {
        throw LuaError(
          code: "file.unreadable",
          message: "the path \"\(path)\" does not exist"
        )
      }
      guard descriptor >= 0 else { throw failure("the path \"\(path)\" cannot be read") }
    }

    deinit { if descriptor > 0 { close(descriptor) } }

    private func failure(_ what: String) -> LuaError {
      LuaError(code: "file.unreadable", message: "\(what): \(String(cString: strerror(errno)))")
    }

    /// Some bytes, none at the end.
    func read() throws -> [UInt8] {
      while true {
        var isFailed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: ObjectSource.chunkByteCount) {
          let count = Glibc.read(descriptor, $0.baseAddress, ObjectSource.chunkByteCount)
          isFailed = count < 0
          $1 = max(count, 0)
        }
        guard isFailed else { return bytes }
        guard errno == EINTR else { throw failure("\(path) cannot be read") }
        guard !isInterrupted() else {
          throw LuaError(code: "interrupted", message: "interrupted")
        }
      }
    }
  }
}

extension JSONTree {
  /// Takes a YAML document over; bytes are text in JSON.
  init(_ value: YAMLValue) {
    switch value {
    case .null: self = .null
    case .boolean(let flag): self = .boolean(flag)
    case .number(let text):
      self = value.integer.map { .integer($0) } ?? value.float.map { .number($0) } ?? .string(text)
    case .string(let text): self = .string(text)
    case .binary(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
    case .list(let items): self = .array(items.map { JSONTree($0) })
    case .mapping(let members):
      self = .object(
        Dictionary(members.map { ($0.name, JSONTree($0.value)) }) { first, _ in first }
      )
    }
  }
}
