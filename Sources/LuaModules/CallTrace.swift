internal import AzureModel
internal import FoundationEssentials
public import LuaRuntime

/// A trace for machines: one JSON document a line for each call into the modelled world.
///
/// A row has `entry` (which chunk made it), `n` and `depth` (its place among the calls), `call`,
/// `on` (the object of a method), `options` or `arguments`, `result` or `error`, `rules`,
/// `duration_ms` and `revision` (how often this process has changed the workspace). What is a
/// secret by its option, and what looks like one, is `‹secret›`. Fields that are read, and what
/// does not touch the world, such as `json` and `crypto`, have no row.
public final class CallTrace {
  /// Modules whose functions touch nothing.
  private static let idle: Set = ["crypto", "json", "progress", "yaml"]
  /// Longest text that a row repeats, in bytes.
  private static let textByteCountMax = 500

  private let state: LuaState
  private let session: Session
  private let write: (String) -> Void
  private let encoder = JSONEncoder()
  /// Which chunk runs, from 1.
  public var entry = 1

  /// Makes a trace whose lines go to `write`.
  public init(_ state: LuaState, _ session: Session, write: @escaping (String) -> Void) {
    self.state = state
    self.session = session
    self.write = write
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  /// Runs `body`, with a row for each call that it makes.
  public func running<Result>(_ body: () throws -> Result) throws -> Result {
    let trace = HostTrace(
      interest: { Self.isTold($0) ? .results : .none },
      ended: { [self] call in tell(call) }
    )
    return try state.tracing(by: trace, body)
  }

  private static func isTold(_ description: LuaFunctionDescription) -> Bool {
    let owner = description.name.prefix { $0 != "." && $0 != ":" }
    // Modules that can only be required are the host's own.
    let isHost = description.name.hasPrefix("kmsh.") || description.name.hasPrefix("host.")
    return !description.isField && !isHost && !idle.contains(String(owner))
  }

  private func tell(_ call: HostCall) {
    var row: [String: JSONTree] = [
      "entry": .integer(Int64(entry)), "n": .integer(Int64(call.number)),
      "depth": .integer(Int64(call.depth)), "call": .string(call.description.name),
      "duration_ms": .number((call.duration / .microseconds(1)).rounded() / 1000),
      "rules": .array((call.error?.rule).map { [.string($0)] } ?? []),
    ]
    row["revision"] = session.revision.map { .integer(Int64($0)) } ?? .null
    row["on"] = call.receiver.map { name(of: $0) }
    if call.arguments.count == 1, case .table = call.arguments[0] {
      row["options"] = tree(call.arguments[0])
    } else if !call.arguments.isEmpty {
      row["arguments"] = .array(call.arguments.map { tree($0) })
    }
    if let error = call.error {
      var fields: [String: JSONTree] = [
        "code": .string(error.code), "message": .string(error.message),
      ]
      fields["status"] = error.status.map { .integer(Int64($0)) }
      fields["inner_code"] = error.innerCode.map { .string($0) }
      row["error"] = .object(fields)
    } else if !call.results.isEmpty {
      row["result"] = outcome(call.results[0])
    }
    // Texts and numbers, which always encode.
    guard let line = try? encoder.encode(JSONTree.object(row)) else { return }
    write(String(decoding: line, as: UTF8.self) + "\n")
  }

  private func name(of object: any LuaObject) -> JSONTree {
    .string(state.literal(.object(object)).trimming { "<>".contains($0) })
  }

  /// What was returned: objects by name, tables and texts by their size, since they may hold what
  /// is a secret.
  private func outcome(_ value: LuaValue) -> JSONTree {
    switch value {
    case .bytes(let bytes): .string("(\(bytes.count) bytes)")
    case .table(let members): .string("(\(members.count) members)")
    case .array(let items) where items.allSatisfy(\.isObject):
      .array(items.prefix(100).map { tree($0) })
    case .array(let items): .string("(\(items.count) items)")
    default: tree(value)
    }
  }

  private func tree(_ value: LuaValue) -> JSONTree {
    switch value {
    case .nil, .null: .null
    case .boolean(let flag): .boolean(flag)
    case .integer(let number): .integer(number)
    case .number(let number): number.isFinite ? .number(number) : .null
    case .bytes(let bytes):
      .string(
        bytes.count <= Self.textByteCountMax
          ? String(decoding: bytes, as: UTF8.self) : "(\(bytes.count) bytes)"
      )
    case .array(let items): .array(items.map { tree($0) })
    case .table(let members):
      .object(
        Dictionary(members.map { ($0.key.text, tree($0.value)) }) { first, _ in first }
      )
    case .object(let object): name(of: object)
    case .function: .string("function")
    }
  }
}

extension LuaValue {
  fileprivate var isObject: Bool {
    if case .object = self { true } else { false }
  }
}

extension String {
  fileprivate func trimming(_ isEdge: (Character) -> Bool) -> String {
    var rest = self[...]
    while let first = rest.first, isEdge(first) { rest.removeFirst() }
    while let last = rest.last, isEdge(last) { rest.removeLast() }
    return String(rest)
  }
}
