public import LuaRuntime

/// Decides what a typed text is: an expression, statements, the beginning of either, or an error.
public struct ChunkReader {
  private let state: LuaState

  /// Makes a reader that compiles with a state.
  public init(state: LuaState) { self.state = state }

  /// What a text turned out to be.
  public enum Outcome {
    /// Ready to run.
    case chunk(LuaReference)
    /// More text is to come.
    case incomplete
    /// No text can complete it.
    case broken(LuaError)
  }

  /// Compiles a text, first as an expression whose values are wanted.
  public func read(_ typed: String, chunkName: String = "=stdin") throws -> Outcome {
    let text = HelpQuestion.chunk(typed) ?? typed
    // The line's end makes an open quote an error at once instead of a futile continuation.
    let statement = compile(text + "\n", chunkName)
    switch compile("return " + text + "\n", chunkName) {
    case .chunk(let function): return .chunk(function)
    case .incomplete:
      if case .broken = statement { return .incomplete }
      return statement
    case .broken: return statement
    }
  }

  private func compile(_ text: String, _ chunkName: String) -> Outcome {
    do {
      return .chunk(try state.load(Array(text.utf8), chunkName: chunkName))
    } catch let error as LuaError {
      return error.kind == .incomplete ? .incomplete : .broken(error)
    } catch {
      return .broken(LuaError(code: "lua.syntax", message: "\(error)"))
    }
  }
}
