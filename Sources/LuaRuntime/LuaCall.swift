internal import CLua

/// One call from Lua: a view of its arguments, valid until the bound function returns.
///
/// Indices count from 1; a method's own arguments do not count the object.
@safe public struct LuaCall {
  // Not counted: the caller of the bound function holds both until it returns.
  private unowned(unsafe) let caller: LuaState
  private unowned(unsafe) let body: FunctionBody
  let pointer: OpaquePointer
  private let argumentCount: Int32
  private let offset: Int32

  init(
    _ state: LuaState,
    _ pointer: OpaquePointer,
    _ argumentCount: Int32,
    _ body: FunctionBody,
    offset: Int32 = 0
  ) {
    unsafe caller = state
    unsafe self.body = body
    unsafe self.pointer = pointer
    self.argumentCount = argumentCount
    self.offset = offset
  }

  /// The state that calls.
  public var state: LuaState { unsafe caller }
  /// What is called.
  public var description: LuaFunctionDescription { unsafe body.description }

  /// How many arguments were given.
  public var count: Int { Int(argumentCount - offset) }

  private func index(_ i: Int) -> Int32 { Int32(truncatingIfNeeded: i) &+ offset }

  /// The same call without the object it was made on.
  func dropReceiver() -> LuaCall {
    unsafe LuaCall(caller, pointer, argumentCount, body, offset: 1)
  }

  /// Whether an argument is absent or nil.
  public func isNil(_ i: Int) -> Bool {
    let kind = unsafe clua_kind(pointer, index(i))
    return kind == -1 || Int(kind) == CLUA_NIL
  }

  /// An integer; a float without a fraction counts.
  public func integer(_ i: Int) throws -> Int64 {
    let result = unsafe clua_integer(pointer, index(i))
    guard result.is_integer else { throw wrong(i, "an integer") }
    return result.value
  }

  /// A number.
  public func number(_ i: Int) throws -> Double {
    var value = 0.0
    guard unsafe clua_number(pointer, index(i), &value) else { throw wrong(i, "a number") }
    return value
  }

  /// A boolean.
  public func boolean(_ i: Int) throws -> Bool {
    switch Int(unsafe clua_kind(pointer, index(i))) {
    case CLUA_TRUE: return true
    case CLUA_FALSE: return false
    default: throw wrong(i, "a boolean")
    }
  }

  /// UTF-8 text.
  public func string(_ i: Int) throws -> String {
    unsafe try withBytes(i) { bytes in
      guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
        throw wrong(i, "UTF-8 text")
      }
      return text
    }
  }

  /// A string's bytes, copied.
  public func bytes(_ i: Int) throws -> [UInt8] { unsafe try withBytes(i) { unsafe [UInt8]($0) } }

  /// A string's bytes, lent.
  public func withBytes<Result>(
    _ i: Int,
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    var count = 0
    guard let start = unsafe clua_string(pointer, index(i), &count) else {
      throw wrong(i, "a string")
    }
    return unsafe try body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Any value, copied; absent is `nil`.
  public func value(_ i: Int) throws -> LuaValue {
    guard !isNil(i) else { return .nil }
    return unsafe try state.read(pointer, index(i))
  }

  /// A value that was pushed, counted from -1 downwards.
  func result(_ index: Int32) throws -> LuaValue { unsafe try state.read(pointer, index) }

  /// A function, kept.
  public func function(_ i: Int) throws -> LuaReference {
    guard case .function(let reference) = try value(i) else { throw wrong(i, "a function") }
    return reference
  }

  /// What the host bound to the function that an argument is; nil for any other value.
  public func boundFunction(_ i: Int) -> LuaFunctionDescription? {
    guard let body = unsafe clua_body(pointer, index(i)) else { return nil }
    // The state keeps every body it ever registered.
    return unsafe Unmanaged<FunctionBody>.fromOpaque(body).takeUnretainedValue().description
  }

  /// An object of one class.
  public func object<Object: LuaObject>(_ i: Int, as type: Object.Type) throws -> Object {
    guard let object = findObject(i, as: type) else {
      throw wrong(i, "a \(state.className(of: type))")
    }
    return object
  }

  func findObject<Object: LuaObject>(_ i: Int, as type: Object.Type) -> Object? {
    guard let number = state.classNumber(of: type),
      let object = unsafe clua_object(pointer, index(i), number)
    else { return nil }
    // The class number is given to objects of this very type only.
    return unsafe Unmanaged<Object>.fromOpaque(object).takeUnretainedValue()
  }

  /// The object a method is called on.
  func receiver<Object: LuaObject>(_ type: Object.Type) throws -> Object {
    guard let object = findObject(1, as: type) else {
      throw LuaError(
        code: "argument.type",
        message: "\(description.name) is called on no \(state.className(of: type))",
        hint: "call methods with a colon: object:name()"
      )
    }
    return object
  }

  /// The one table of named options, checked against what the function declared.
  public func options(_ i: Int = 1) throws -> LuaOptions {
    let (name, declared) = (description.name, description.options ?? [])
    guard !isNil(i) else { return try LuaOptions([], for: name, declared) }
    var reader = unsafe try state.reader(pointer, index(i))
    if let members = reader.members() { return try LuaOptions(members, for: name, declared) }
    return try LuaOptions(reader.next(), for: name, declared)
  }

  /// Boxed and out of line, so that the calls that go well have small frames.
  @inline(never) private func wrong(_ i: Int, _ wanted: StaticString) -> any Error {
    wrong(i, "\(wanted)")
  }

  private func wrong(_ i: Int, _ wanted: String) -> any Error {
    let got = unsafe String(cString: clua_type_name(pointer, index(i)))
    return LuaError(
      code: "argument.type",
      message: "\(description.name): argument \(i) must be \(wanted), got \(got)"
    )
  }

  /// Pushes a result.
  public func push(_ value: LuaValue) throws {
    switch value {
    case .nil: unsafe clua_push_nil(pointer)
    case .boolean(let flag): unsafe clua_push_boolean(pointer, flag)
    case .integer(let number): unsafe clua_push_integer(pointer, number)
    case .number(let number): unsafe clua_push_number(pointer, number)
    default: unsafe try state.push(value, on: pointer)
    }
  }

  /// Pushes a table of named members.
  public func push(_ members: KeyValuePairs<String, LuaValue>) throws {
    unsafe try state.push(members, on: pointer)
  }

  /// Pushes a boolean.
  public func push(_ flag: Bool) { unsafe clua_push_boolean(pointer, flag) }

  /// Pushes an integer.
  public func push(_ value: Int64) { unsafe clua_push_integer(pointer, value) }

  /// Pushes bytes as a string.
  public func push(_ bytes: UnsafeRawBufferPointer) throws {
    unsafe try state.push(bytes, on: pointer)
  }
}
