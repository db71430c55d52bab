/// One call from Lua into the host, as a trace tells of it.
public struct HostCall {
  /// Counted from 1 by the trace, in the order in which calls begin.
  public internal(set) var number = 0
  /// How many calls that the trace tells of it is part of.
  public internal(set) var depth = 0
  /// What is called.
  public let description: LuaFunctionDescription
  /// The object that a method is called on, or whose field is assigned.
  public let receiver: (any LuaObject)?
  /// What it was given; what may be a secret is `‹secret›`.
  public let arguments: [LuaValue]
  /// What it returned, if the trace asked for that.
  public internal(set) var results: [LuaValue] = []
  /// What it was refused with.
  public internal(set) var error: LuaError?
  /// How long it took.
  public internal(set) var duration = Duration.zero

  init(_ call: LuaCall) {
    description = call.description
    let hasReceiver =
      description.isField || description.name.contains { $0 == ":" }
      || description.isAssignment
    // An argument that cannot be read is told as absent.
    let values = (0..<call.count).map { (try? call.value($0 + 1)) ?? .nil }
    if hasReceiver, case .object(let object)? = values.first {
      receiver = object
    } else {
      receiver = nil
    }
    let given = hasReceiver ? Array(values.dropFirst()) : values
    let (options, secrets) = (description.options, description.secretArguments)
    arguments = given.enumerated().map { index, value in
      secrets.contains(index + 1)
        ? LuaValue.secretMark : value.redacted(index == 0 ? options ?? [] : [])
    }
  }
}

/// Listens to the calls from Lua into the host while something runs.
public final class HostTrace {
  /// What a trace wants to know of a function's calls.
  public enum Interest: Sendable {
    /// Nothing.
    case none
    /// That it is called, with what, and how it ends.
    case call
    /// What it returns as well.
    case results
  }

  let interest: (LuaFunctionDescription) -> Interest
  private let began: (HostCall) -> Void
  private let ended: (HostCall) -> Void
  private var count = 0
  private var depth = 0

  /// Makes a trace; `began` and `ended` are told of each call that it has an interest in.
  public init(
    interest: @escaping (LuaFunctionDescription) -> Interest,
    began: @escaping (HostCall) -> Void = { _ in },
    ended: @escaping (HostCall) -> Void
  ) {
    self.interest = interest
    self.began = began
    self.ended = ended
  }

  /// Numbers a call that begins.
  func begin(_ call: HostCall) -> HostCall {
    var call = call
    count += 1
    (call.number, call.depth) = (count, depth)
    depth += 1
    began(call)
    return call
  }

  /// Takes note of how a call ended.
  func end(_ call: HostCall, _ outcome: HostCall) {
    var call = call
    depth -= 1
    (call.error, call.duration) = (outcome.error, outcome.duration)
    if case .results = interest(call.description) { call.results = outcome.results }
    ended(call)
  }
}

extension LuaState {
  /// Runs `body`; `trace` is told of the calls into the host that it makes.
  public func tracing<Result>(
    by trace: HostTrace,
    _ body: () throws -> Result
  ) throws -> Result {
    try watching(by: HostWatch(.trace(trace), within: watch), body)
  }

  /// Makes a call, and tells those of the traces that have an interest in it.
  func traced(
    _ function: FunctionBody,
    _ call: LuaCall,
    _ traces: [HostTrace]
  ) -> Result<Int32, any Error> {
    let interested = traces.filter { $0.interest(function.description) != .none }
    guard !interested.isEmpty else { return Result { try function(call) } }
    var told = HostCall(call)
    let begun = interested.map { $0.begin(told) }
    let start = ContinuousClock.now
    let outcome = Result { try function(call) }
    told.duration = .now - start
    switch outcome {
    case .success(let count):
      if interested.contains(where: { $0.interest(function.description) == .results }) {
        // What cannot be read is told as nothing returned.
        told.results = (0..<count).map { (try? call.result($0 - count)) ?? .nil }
      }
    case .failure(let error): told.error = Redaction(call).applied(to: LuaError(of: error))
    }
    for (trace, call) in zip(interested, begun) { trace.end(call, told) }
    return outcome
  }
}

extension LuaFunctionDescription {
  /// Whether it assigns a field of an object.
  public var isAssignment: Bool { name.hasSuffix(".__newindex") }
}

extension LuaValue {
  /// What stands for a secret wherever one was given.
  public static var secretMark: LuaValue { .string("‹secret›") }

  /// The value without what options declare a secret, without bytes that are no text, and without
  /// texts that look like a key.
  func redacted(_ options: [LuaOption], depth: Int = 0) -> LuaValue {
    guard depth < 8 else { return .nil }
    switch self {
    case .bytes(let bytes):
      guard let text, !Redaction.mayHoldKey(bytes) else { return Self.secretMark }
      return .string(text)
    case .array(let items): return .array(items.map { $0.redacted([], depth: depth + 1) })
    case .table(let members):
      return .table(
        Dictionary(
          uniqueKeysWithValues: members.map { key, value in
            let isSecret = options.contains { key == $0.name && $0.isSecret }
            return (key, isSecret ? value.concealed : value.redacted([], depth: depth + 1))
          }
        )
      )
    default: return self
    }
  }

  /// A mark in place of a secret; of a table its names stay.
  private var concealed: LuaValue {
    guard case .table(let members) = self else { return Self.secretMark }
    return .table(members.mapValues { _ in Self.secretMark })
  }
}
