internal import LuaRuntime

/// Words an error for a terminal: what happened, what to do, which rule, where.
public struct ErrorPrinter {
  /// Makes a printer.
  public init() {}

  /// The lines for an error that nobody caught.
  public func text(_ error: any Error) -> String {
    guard let error = error as? LuaError ?? (error as? any LuaErrorConvertible)?.luaError else {
      return "error: \(error)\n"
    }
    var lines: [Substring] = ["error: \(error.message)"]
    if let hint = error.hint { lines.append("hint: \(hint)") }
    if let rule = error.rule { lines.append("rule: \(rule)") }
    let service = [error.status.map(String.init), error.azureCode, error.innerCode].compactMap(
      \.self
    )
    if !service.isEmpty { lines.append("service: \(service.joined(separator: " "))") }
    if let traceback = error.traceback { lines += userFrames(traceback) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The traceback without frames of C; nothing when no frame is left, as for a syntax error.
  private func userFrames(_ traceback: String) -> [Substring] {
    let lines = traceback.split(separator: "\n").filter { !$0.hasPrefix("\t[C]: in ?") }
    return lines.count > 1 ? lines : []
  }
}
