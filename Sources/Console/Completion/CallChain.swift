internal import LuaRuntime

/// An expression of names, indices and calls, such as `vault.get('kv1'):keys`.
struct CallChain: Equatable {
  enum Step: Equatable {
    /// A member read with a dot or with a constant index; the first is a global.
    case key(LuaKey)
    /// A method named after a colon.
    case method(String)
    /// A call of what stands before.
    case call
  }

  var steps: [Step]

  /// Names with dots between them, as a description has them; nil for anything else.
  var dottedName: String? {
    var names: [String] = []
    for step in steps {
      guard case .key(.string(let name)) = step else { return nil }
      names.append(String(decoding: name, as: UTF8.self))
    }
    return names.joined(separator: ".")
  }

  func adding(_ step: Step) -> CallChain { CallChain(steps: steps + [step]) }
}
