internal import CLua

/// Writes values in the bytes that `CLua` builds from.
struct ValueTreeWriter {
  private(set) var bytes: [UInt8] = []
  let classNumber: (any LuaObject) throws -> UInt32

  init(classNumber: @escaping (any LuaObject) throws -> UInt32) {
    self.classNumber = classNumber
    // Most values are small: one allocation is enough for them.
    bytes.reserveCapacity(1024)
  }

  private mutating func tag(_ tag: Int) { bytes.append(UInt8(tag)) }

  private mutating func raw<T: BitwiseCopyable>(_ value: T) {
    unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
  }

  private mutating func string(_ text: some Collection<UInt8>) {
    raw(UInt64(text.count))
    bytes.append(contentsOf: text)
  }

  mutating func write(_ value: LuaValue) throws {
    switch value {
    case .nil: tag(CLUA_NIL)
    case .null: tag(CLUA_NULL)
    case .boolean(let flag): tag(flag ? CLUA_TRUE : CLUA_FALSE)
    case .integer(let number): tag(CLUA_INTEGER); raw(number)
    case .number(let number): tag(CLUA_NUMBER); raw(number)
    case .bytes(let text): tag(CLUA_STRING); string(text)
    case .array(let items):
      tag(CLUA_ARRAY)
      raw(UInt64(items.count))
      for item in items { try write(item) }
    case .table(let members):
      tag(CLUA_TABLE)
      raw(UInt64(members.count))
      for (key, member) in members {
        write(key)
        try write(member)
      }
    case .object(let object):
      tag(CLUA_OBJECT)
      raw(try classNumber(object))
      raw(UInt64(unsafe UInt(bitPattern: Unmanaged.passUnretained(object as AnyObject).toOpaque())))
    case .function(let reference): tag(CLUA_REFERENCE); raw(reference.number)
    }
  }

  /// A table of named members.
  mutating func write(_ members: KeyValuePairs<String, LuaValue>) throws {
    tag(CLUA_TABLE)
    raw(UInt64(members.count))
    for (name, member) in members {
      tag(CLUA_STRING)
      string(name.utf8)
      try write(member)
    }
  }

  private mutating func write(_ key: LuaKey) {
    switch key {
    case .string(let text): tag(CLUA_STRING); string(text)
    case .integer(let number): tag(CLUA_INTEGER); raw(number)
    case .number(let number): tag(CLUA_NUMBER); raw(number)
    case .boolean(let flag): tag(flag ? CLUA_TRUE : CLUA_FALSE)
    }
  }

  mutating func error(_ error: LuaError) throws {
    tag(CLUA_ERROR)
    try write(.table(error.fields))
  }

  /// A table of named functions.
  mutating func functions(_ functions: [(String, FunctionBody)], tagged: Bool = true) {
    if tagged { tag(CLUA_TABLE) }
    raw(UInt64(functions.count))
    for (name, body) in functions {
      tag(CLUA_STRING)
      string(name.utf8)
      tag(CLUA_BODY)
      raw(UInt64(unsafe UInt(bitPattern: Unmanaged.passUnretained(body).toOpaque())))
    }
  }

  /// A module: functions, and fields that are computed when read.
  mutating func module(_ members: [(String, FunctionBody)], getters: [(String, FunctionBody)]) {
    tag(CLUA_MODULE)
    functions(members, tagged: false)
    functions(getters, tagged: false)
  }
}

/// Reads the bytes that `CLua` flattened a value into.
struct ValueTreeReader {
  private let bytes: [UInt8]
  private var position = 0
  private let released: ReleasedReferences

  init(_ bytes: [UInt8], _ released: ReleasedReferences) {
    self.bytes = bytes
    self.released = released
  }

  var isAtEnd: Bool { position >= bytes.count }

  private mutating func raw<T: BitwiseCopyable & FixedWidthInteger>(_ type: T.Type) -> T {
    let size = MemoryLayout<T>.size
    // The writer on the other side is this package's own; a short tree is its bug.
    precondition(bytes.count - position >= size)
    defer { position += size }
    return unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: position, as: T.self)
    }
  }

  private mutating func string() -> [UInt8] {
    let count = Int(raw(UInt64.self))
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// The members of the table that is next, in no order; nil, and it stays next, if it is none.
  mutating func members() -> [(LuaKey, LuaValue)]? {
    guard Int(bytes[position]) == CLUA_TABLE else { return nil }
    position += 1
    return tableMembers()
  }

  private mutating func tableMembers() -> [(LuaKey, LuaValue)] {
    let count = Int(raw(UInt64.self))
    var members: [(LuaKey, LuaValue)] = []
    members.reserveCapacity(min(count, 4096))
    for _ in 0..<count {
      let key = next()
      let value = next()
      if let key = LuaKey(key) { members.append((key, value)) }
    }
    return members
  }

  mutating func next() -> LuaValue {
    let tag = Int(raw(UInt8.self))
    switch tag {
    case CLUA_NULL: return .null
    case CLUA_FALSE: return .boolean(false)
    case CLUA_TRUE: return .boolean(true)
    case CLUA_INTEGER: return .integer(raw(Int64.self))
    case CLUA_NUMBER: return .number(Double(bitPattern: raw(UInt64.self)))
    case CLUA_STRING: return .bytes(string())
    case CLUA_ARRAY:
      let count = Int(raw(UInt64.self))
      var items: [LuaValue] = []
      items.reserveCapacity(min(count, 4096))
      for _ in 0..<count { items.append(next()) }
      return .array(items)
    case CLUA_TABLE: return .table(Dictionary(tableMembers()) { _, last in last })
    case CLUA_OBJECT:
      _ = raw(UInt32.self)
      let pointer = unsafe UnsafeRawPointer(bitPattern: UInt(raw(UInt64.self)))
      // Only registered objects are put into userdata, and one that is in Lua is alive.
      let object = unsafe pointer.flatMap {
        unsafe Unmanaged<AnyObject>.fromOpaque($0).takeUnretainedValue() as? any LuaObject
      }
      return object.map { .object($0) } ?? .nil
    case CLUA_REFERENCE: return .function(LuaReference(raw(Int32.self), released))
    default: return .nil
    }
  }
}

extension LuaKey {
  /// A key from a value; objects and functions are no keys that Swift can hold.
  init?(_ value: LuaValue) {
    switch value {
    case .bytes(let bytes): self = .string(bytes)
    case .integer(let number): self = .integer(number)
    case .number(let number): self = .number(number)
    case .boolean(let flag): self = .boolean(flag)
    default: return nil
    }
  }
}
