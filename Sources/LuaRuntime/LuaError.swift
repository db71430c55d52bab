/// An error on its way between Swift and Lua.
///
/// In Lua it is an object with the same fields in snake case; `tostring` gives message and hint.
public struct LuaError: Error, CustomStringConvertible, Sendable {
  /// What stopped a chunk, for whoever must react.
  public enum Kind: Sendable {
    /// Raised by code.
    case raised
    /// The text is no chunk.
    case syntax
    /// The text is the beginning of a chunk.
    case incomplete
    /// Memory ran out.
    case memory
  }

  /// `noun.reason`, stable.
  public var code: String
  /// What the modelled system prints, word for word where that is known.
  public var message: String
  /// What to do next.
  public var hint: String?
  /// Rule it comes from, such as `R76`.
  public var rule: String?
  /// HTTP status of the modelled service.
  public var status: Int?
  /// Error code of the modelled service.
  public var azureCode: String?
  /// Inner error code of the modelled service.
  public var innerCode: String?
  /// What lies behind it, in words.
  public var cause: String?
  /// Where it was raised.
  public var traceback: String?
  /// What stopped the chunk.
  public var kind: Kind
  /// The object that was raised in Lua, so that passing through Swift does not change it.
  var original: LuaReference?

  /// Makes an error of the given code.
  public init(
    code: String,
    message: String,
    hint: String? = nil,
    rule: String? = nil,
    status: Int? = nil,
    azureCode: String? = nil,
    innerCode: String? = nil,
    cause: String? = nil,
    traceback: String? = nil,
    kind: Kind = .raised
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.rule = rule
    self.status = status
    self.azureCode = azureCode
    self.innerCode = innerCode
    self.cause = cause
    self.traceback = traceback
    self.kind = kind
  }

  /// Whether it stops the whole run, such as an interruption, and is nobody's to deal with.
  public var isStop: Bool {
    kind == .memory || Self.stops.contains(code)
  }

  private static let stops: Set = [
    "interrupted", "limit.instructions", "limit.time", "exit", HostWatch.cutOff.code,
  ]

  /// Message and hint.
  public var description: String { hint.map { "\(message)\nhint: \($0)" } ?? message }

  static let outOfMemory = LuaError(
    code: "limit.memory",
    message: "not enough memory",
    kind: .memory
  )

  /// The fields as Lua has them.
  var fields: [LuaKey: LuaValue] {
    var fields: [LuaKey: LuaValue] = ["code": .string(code), "message": .string(message)]
    fields["hint"] = hint.map { .string($0) }
    fields["rule"] = rule.map { .string($0) }
    fields["status"] = status.map { .integer(Int64($0)) }
    fields["azure_code"] = azureCode.map { .string($0) }
    fields["inner_code"] = innerCode.map { .string($0) }
    fields["cause"] = cause.map { .string($0) }
    fields["traceback"] = traceback.map { .string($0) }
    return fields
  }

  /// The object that Lua sees: the one that was raised there, or one with these fields.
  public var value: LuaValue { original.map { .function($0) } ?? .table(fields) }

  /// The error that an object raised in Lua stands for.
  public init(raised value: LuaValue) { self.init(value, kind: .raised) }

  init(_ value: LuaValue, kind: Kind) {
    guard case .table = value else {
      self.init(code: "lua.error", message: value.text ?? "error without a message", kind: kind)
      return
    }
    func text(_ name: String) -> String? { value.member(name)?.text }
    self.init(
      code: text("code") ?? "lua.error",
      message: text("message") ?? "error without a message",
      hint: text("hint"),
      rule: text("rule"),
      azureCode: text("azure_code"),
      innerCode: text("inner_code"),
      cause: text("cause"),
      traceback: text("traceback"),
      kind: kind
    )
    if case .integer(let status) = value.member("status") { self.status = Int(exactly: status) }
  }
}

extension LuaError {
  /// The form that any error has in Lua.
  public init(of error: any Error) {
    switch error {
    case let error as LuaError: self = error
    case let error as any LuaErrorConvertible: self = error.luaError
    default: self.init(code: "host.failure", message: "\(error)")
    }
  }
}

/// A Swift error that knows its form in Lua.
public protocol LuaErrorConvertible: Error {
  /// The error as Lua sees it.
  var luaError: LuaError { get }
}

extension LuaError: LuaErrorConvertible {
  /// Itself.
  public var luaError: LuaError { self }
}
