internal import CLua

/// What a script may use up; nil is no limit.
public struct LuaLimits: Sendable {
  /// Bytes that Lua's allocator may hold.
  public var memoryByteCountMax: Int?
  /// Instructions of the Lua machine, to the next thousand.
  public var instructionCountMax: Int?

  /// Sets limits.
  public init(memoryByteCountMax: Int? = nil, instructionCountMax: Int? = nil) {
    self.memoryByteCountMax = memoryByteCountMax
    self.instructionCountMax = instructionCountMax
  }
}

/// One Lua interpreter.
///
/// ## Design
///
/// A Lua error is a jump, and a jump over a Swift frame corrupts the process. So Swift sees no Lua
/// header: `CLua` offers calls that cannot raise and calls that return a status; a bound function
/// reports failure by returning, and C raises when the Swift frame is gone. A state is confined to
/// the thread that made it, which must be one that receives signals.
@safe public final class LuaState {
  private var vm: OpaquePointer?
  /// Who watches the calls from Lua, the innermost; nil nearly always.
  var watch: HostWatch?
  private let released = ReleasedReferences()
  private(set) var bodies: [FunctionBody] = []
  private(set) var classes: [ClassRegistration] = []
  private var classNumbers: [ObjectIdentifier: UInt32] = [:]
  /// The modules that help tells of, in the order of their registration.
  public private(set) var modules: [LuaModule] = []
  /// What help is had on beside them.
  public var topics: [LuaHelpTopics] = []

  /// Version of Lua, such as `Lua 5.4.4`.
  public static var version: String { unsafe String(cString: clua_version()) }

  /// Opens an interpreter with the standard libraries, as far as `access` goes.
  ///
  /// - Throws: `limit.memory`.
  public init(limits: LuaLimits = LuaLimits(), access: LuaAccess = .standard) throws {
    unsafe vm = nil
    var host = unsafe clua_host(
      context: Unmanaged.passUnretained(self).toOpaque(),
      call: { context, body, L, count in
        unsafe LuaState.dispatch(context, body, L, count)
      },
      retain: { object in
        _ = unsafe Unmanaged<AnyObject>.fromOpaque(object).retain()
      },
      release: { object in
        unsafe Unmanaged<AnyObject>.fromOpaque(object).release()
      }
    )
    guard let opened = unsafe clua_open(&host, access.number) else { throw LuaError.outOfMemory }
    unsafe vm = opened
    unsafe clua_limit(
      opened,
      limits.memoryByteCountMax ?? 0,
      UInt64(limits.instructionCountMax ?? 0)
    )
  }

  deinit { close() }

  /// Ends the interpreter; whatever it held is released.
  ///
  /// - Returns: the status that a finaliser which ran in the end left with.
  @discardableResult public func close() -> Int32? {
    guard let open = unsafe vm else { return nil }
    unsafe vm = nil
    var status: Int32 = 0
    return unsafe clua_close(open, &status) ? status : nil
  }

  /// The interpreter, which lives until `close`.
  var machine: OpaquePointer {
    guard let vm = unsafe vm else { preconditionFailure("the Lua state is closed") }
    return unsafe vm
  }

  // MARK: Calls from Lua

  static func dispatch(
    _ context: UnsafeMutableRawPointer,
    _ body: UnsafeMutableRawPointer,
    _ L: OpaquePointer,
    _ count: Int32
  ) -> Int32 {
    // The state owns the machine that calls, and keeps every body it ever registered.
    unsafe Unmanaged<FunctionBody>.fromOpaque(body)._withUnsafeGuaranteedRef { body in
      unsafe Unmanaged<LuaState>.fromOpaque(context)._withUnsafeGuaranteedRef { state in
        let call = unsafe LuaCall(state, L, count, body)
        do {
          return try body(call)
        } catch {
          state.stage(error, of: call)
          return -1
        }
      }
    }
  }

  func stage(_ error: any Error, of call: LuaCall) {
    let luaError = LuaError(of: error)
    // A reference counts only in the state that it is of.
    if let original = luaError.original, original.belongs(to: released) {
      // The C side takes a reference of its own number, so give it a fresh one; without room for
      // it, the error's fields are raised.
      if let kept = try? keep(original) { return unsafe clua_stage_kept(machine, kept) }
    }
    if luaError.kind == .memory { return unsafe clua_stage_memory(machine) }
    do {
      var writer = writer
      try writer.error(Redaction(call).applied(to: luaError))
      unsafe _ = writer.bytes.withUnsafeBufferPointer {
        unsafe clua_stage_error(machine, $0.baseAddress, $0.count)
      }
    } catch {
      unsafe clua_stage_memory(machine)
    }
  }

  /// Another reference to what a reference stands for.
  private func keep(_ reference: LuaReference) throws -> Int32 {
    var copy: Int32 = 0
    guard unsafe clua_copy_reference(machine, reference.number, &copy) == CLUA_OK else {
      throw LuaError.outOfMemory
    }
    return copy
  }

  // MARK: Values

  private var writer: ValueTreeWriter {
    ValueTreeWriter { [unowned self] object in
      guard let number = classNumbers[ObjectIdentifier(type(of: object))] else {
        throw LuaError(
          code: "host.failure",
          message: "\(type(of: object)) is no registered class"
        )
      }
      return number
    }
  }

  private func tree(_ values: [LuaValue]) throws -> [UInt8] {
    var writer = writer
    for value in values { try writer.write(value) }
    return writer.bytes
  }

  private func output() -> [UInt8] {
    var count = 0
    let start = unsafe clua_output(machine, &count)
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  func values() -> [LuaValue] {
    var reader = ValueTreeReader(output(), released)
    var values: [LuaValue] = []
    while !reader.isAtEnd { values.append(reader.next()) }
    return values
  }

  /// Turns a status into an error.
  func check(_ status: Int32) throws {
    let kind: LuaError.Kind
    switch Int(status) {
    case CLUA_OK: return
    case CLUA_MEMORY: throw LuaError.outOfMemory
    case CLUA_SYNTAX: kind = .syntax
    case CLUA_INCOMPLETE: kind = .incomplete
    default: kind = .raised
    }
    var error = LuaError(values().first ?? .nil, kind: kind)
    if kind != .raised { error.code = "lua.syntax" }
    let kept = unsafe clua_take_error(machine)
    if kept != 0 { error.original = LuaReference(kept, released) }
    throw error
  }

  /// Gives references back whose holders are gone.
  func enter() {
    for number in released.takeAll() { unsafe clua_unref(machine, number) }
  }

  func read(_ L: OpaquePointer, _ index: Int32) throws -> LuaValue {
    var reader = unsafe try reader(L, index)
    return reader.next()
  }

  /// Reads a value, to be taken apart by the caller.
  func reader(_ L: OpaquePointer, _ index: Int32) throws -> ValueTreeReader {
    unsafe try check(clua_read(machine, L, index))
    return ValueTreeReader(output(), released)
  }

  func push(_ value: LuaValue, on L: OpaquePointer) throws {
    if case .bytes(let bytes) = value {
      return unsafe try bytes.withUnsafeBytes { unsafe try push($0, on: L) }
    }
    var writer = writer
    try writer.write(value)
    unsafe try push(writer, on: L)
  }

  func push(_ members: KeyValuePairs<String, LuaValue>, on L: OpaquePointer) throws {
    var writer = writer
    try writer.write(members)
    unsafe try push(writer, on: L)
  }

  private func push(_ writer: ValueTreeWriter, on L: OpaquePointer) throws {
    unsafe try writer.bytes.withUnsafeBufferPointer {
      unsafe try check(clua_push_tree(machine, L, $0.baseAddress, $0.count))
    }
  }

  func push(_ bytes: UnsafeRawBufferPointer, on L: OpaquePointer) throws {
    unsafe try check(clua_push_bytes(machine, L, bytes.baseAddress, bytes.count))
  }

  func classNumber<Object: LuaObject>(of type: Object.Type) -> UInt32? {
    classNumbers[ObjectIdentifier(type)]
  }

  func className<Object: LuaObject>(of type: Object.Type) -> String {
    classNumber(of: type).map { classes[Int($0) - 1].name } ?? "\(type)"
  }

  // MARK: Registration

  /// Makes a module a global that can also be required, or one that can only be required, of which
  /// help tells when `isTold`.
  public func register(
    _ module: LuaModule,
    asGlobal: Bool = true,
    isTold: Bool? = nil
  ) throws {
    module.isGlobal = asGlobal
    if isTold ?? asGlobal { modules.append(module) }
    bodies += (module.functions + module.getters).map(\.1)
    var writer = writer
    writer.module(module.functions, getters: module.getters)
    try set(module.name, writer.bytes, kind: asGlobal ? CLUA_GLOBAL_MODULE : CLUA_MODULE_ONLY)
  }

  /// Makes a class known, so that its objects can be handed to Lua.
  public func register<Object>(_ type: LuaClass<Object>) throws {
    let registration = type.registration()
    classes.append(registration)
    let number = UInt32(classes.count)
    classNumbers[ObjectIdentifier(Object.self)] = number
    bodies += (registration.methods + registration.getters + registration.meta).map(\.1)
    var writer = writer
    writer.functions(registration.methods)
    writer.functions(registration.getters)
    writer.functions(registration.meta)
    unsafe try writer.bytes.withUnsafeBufferPointer {
      unsafe try check(
        clua_define_class(machine, number, registration.name, $0.baseAddress, $0.count)
      )
    }
  }

  private func set(_ name: String, _ tree: [UInt8], kind: Int) throws {
    unsafe try tree.withUnsafeBufferPointer {
      unsafe try check(clua_set_global(machine, name, $0.baseAddress, $0.count, Int32(kind)))
    }
  }

  /// Assigns a global.
  public func setGlobal(_ name: String, _ value: LuaValue) throws {
    try set(name, tree([value]), kind: CLUA_GLOBAL)
  }

  /// Reads a global by reference.
  public func global(_ name: String) throws -> LuaReference {
    var reference: Int32 = 0
    unsafe try check(clua_get_global(machine, name, &reference))
    return LuaReference(reference, released)
  }

  /// Names the folders that `require` searches, as `FOLDER/?.lua` and `FOLDER/?/init.lua`, and
  /// as `FOLDER/?.so` where modules in C are let in.
  public func setModulePath(_ folders: [String]) throws {
    let path = folders.flatMap { ["\($0)/?.lua", "\($0)/?/init.lua"] }.joined(separator: ";")
    let modules = folders.map { "\($0)/?.so;" }.joined()
    unsafe try check(clua_set_module_path(machine, path, modules))
  }

  // MARK: Running

  /// Loads a chunk of text; a first line that starts with `#` counts as a comment.
  ///
  /// - Throws: an error of kind `.syntax`, or `.incomplete` when more text could complete it.
  public func load(_ source: [UInt8], chunkName: String) throws -> LuaReference {
    enter()
    var source = source
    if source.first == UInt8(ascii: "#") { source.insert(contentsOf: "--".utf8, at: 0) }
    var function: Int32 = 0
    let status = unsafe (source + [0]).withUnsafeBytes {
      unsafe clua_load(machine, $0.baseAddress, source.count, chunkName, &function)
    }
    try check(status)
    return LuaReference(function, released)
  }

  /// Calls a function and copies its results.
  public func call(_ function: LuaReference, _ arguments: [LuaValue] = []) throws -> [LuaValue] {
    try run(function, arguments, byReference: false)
    return values()
  }

  /// Calls a function and keeps its results as they are.
  public func callKeeping(
    _ function: LuaReference,
    _ arguments: [LuaValue] = []
  ) throws -> [LuaReference] {
    try run(function, arguments, byReference: true)
    return values().compactMap { if case .function(let kept) = $0 { kept } else { nil } }
  }

  private func run(
    _ function: LuaReference,
    _ arguments: [LuaValue],
    byReference: Bool
  ) throws {
    enter()
    let tree = try tree(arguments) + [0]
    let status = unsafe tree.withUnsafeBufferPointer {
      unsafe clua_run(machine, function.number, $0.baseAddress, tree.count - 1, byReference)
    }
    try check(status)
  }

  /// Copies what a reference stands for.
  public func value(of reference: LuaReference) throws -> LuaValue {
    unsafe try check(clua_read_reference(machine, reference.number))
    return values().first ?? .nil
  }

  /// What the prompt shows of an object: a card, nil when its class has none.
  public func card(of object: any LuaObject) throws -> LuaValue? {
    try registration(of: object)?.card?(object)
  }

  /// One line of a table of objects, nil when its class has none.
  public func row(of object: any LuaObject) throws -> LuaValue? {
    try registration(of: object)?.row?(object)
  }

  func registration(of object: any LuaObject) -> ClassRegistration? {
    classNumbers[ObjectIdentifier(type(of: object))].map { classes[Int($0) - 1] }
  }

  // MARK: Interruption, memory

  /// Stops what runs now at its next instruction.
  public func interrupt() { unsafe clua_interrupt(machine) }

  /// Whether a stop was asked for that has not taken effect; long Swift work should look.
  public var isInterrupted: Bool { unsafe clua_is_interrupted(machine) }

  /// Takes SIGINT: the first stops the chunk, the second says so, the third leaves with 130.
  public func takeInterruptSignal() { unsafe clua_take_sigint(machine) }

  /// Whether SIGINT came since this was asked last.
  public static func pollInterruptSignal() -> Bool { clua_poll_sigint() }

  /// Whether standard output refused something that Lua printed, as a full disk does.
  public static func hasOutputFailed() -> Bool { clua_output_failed() }

  /// Bytes that Lua holds now.
  public var memoryByteCount: Int { unsafe clua_memory(machine, false) }

  /// Most bytes that Lua held.
  public var memoryPeakByteCount: Int { unsafe clua_memory(machine, true) }

  /// Collects all garbage.
  public func collectGarbage() {
    enter()
    unsafe clua_collect(machine)
  }

  /// Fails the n-th growth of memory from now on and all after it, for tests; 0 ends that.
  public func failAllocation(after n: Int) { unsafe clua_fail_allocation(machine, UInt64(n)) }
}
