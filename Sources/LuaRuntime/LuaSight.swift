internal import CLua

/// A value as it can be seen without running any code of Lua.
public struct LuaSight {
  /// A member of a table, or what a class offers.
  public struct Member {
    /// Its name.
    public let name: String
    /// Whether it can be called.
    public let isFunction: Bool
    /// What the host bound there; nil for a value or a function of Lua.
    public let function: LuaFunctionDescription?

    /// Describes a member.
    public init(name: String, isFunction: Bool, function: LuaFunctionDescription?) {
      self.name = name
      self.isFunction = isFunction
      self.function = function
    }

    /// Whether it is computed when it is read.
    public var isField: Bool { function?.isField ?? false }
  }

  /// The value itself when it is a string of 4096 bytes at most or a host object, else nil.
  public let value: LuaValue
  /// What the host bound there.
  public let function: LuaFunctionDescription?
  /// Members whose names are text, in no order.
  public let members: [Member]
}

extension LuaState {
  private static let memberCountMax = 4096

  /// Looks at what keys lead to from the globals; nil when there is nothing.
  ///
  /// Members are read raw, through metatables only where `__index` is a table; nothing of Lua runs,
  /// and no getter of the host. A table with computed members tells their names in an array
  /// `__names` of its metatable.
  public func look(at path: [LuaKey]) -> LuaSight? {
    enter()
    var writer = ValueTreeWriter { _ in 0 }
    do {
      for key in path { try writer.write(key.value) }
      let status = unsafe writer.bytes.withUnsafeBufferPointer {
        unsafe clua_look(machine, $0.baseAddress, $0.count, Self.memberCountMax)
      }
      try check(status)
    } catch {
      // Without memory there is nothing to see.
      return nil
    }
    return LuaSight(values(), described)
  }

  /// What methods and fields the objects of a class have; none when there is no such class.
  public func members(ofClass name: String) -> [LuaSight.Member] {
    classes.filter { $0.name == name }.flatMap { $0.methods + $0.getters }.map { name, body in
      LuaSight.Member(name: name, isFunction: true, function: body.description)
    }
  }

  private func described(_ body: Int64) -> LuaFunctionDescription? {
    guard body != 0 else { return nil }
    return bodies.first {
      unsafe Int64(Int(bitPattern: Unmanaged.passUnretained($0).toOpaque())) == body
    }?.description
  }
}

extension LuaKey {
  fileprivate var value: LuaValue {
    switch self {
    case .string(let bytes): .bytes(bytes)
    case .integer(let number): .integer(number)
    case .number(let number): .number(number)
    case .boolean(let flag): .boolean(flag)
    }
  }
}

extension LuaSight {
  private static let functionType: Int64 = 6

  /// Reads what `clua_look` tells.
  fileprivate init?(_ values: [LuaValue], _ described: (Int64) -> LuaFunctionDescription?) {
    guard values.count >= 3, case .integer(let body) = values[2] else { return nil }
    value = values[1]
    function = described(body)
    members = stride(from: 3, to: values.count - 2, by: 3).compactMap { index in
      guard let name = values[index].text, case .integer(let type) = values[index + 1],
        case .integer(let body) = values[index + 2]
      else { return nil }
      return Member(name: name, isFunction: type == Self.functionType, function: described(body))
    }
  }
}
