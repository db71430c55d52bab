internal import LuaRuntime

/// Work of a script that tells how far it is.
final class ProgressHandle: LuaObject {
  private var line: ProgressLine
  private(set) var done: Int64 = 0
  let total: Int64?

  init(title: String, total: Int64?, manner: ProgressLine.Manner) {
    self.total = total
    line = ProgressLine(title: title, total: total.map { Int(clamping: $0) }, manner: manner)
  }

  deinit { line.end() }

  /// Counts steps that are done.
  func step(_ count: Int64) {
    let (sum, isTooMuch) = done.addingReportingOverflow(count)
    done = isTooMuch ? .max : sum
    line.show(Int(clamping: done))
  }

  func finish() { line.end() }
}

extension LuaClass<ProgressHandle> {
  /// The class of work that tells how far it is.
  static func progress() -> LuaClass<ProgressHandle> {
    LuaClass("progress", "Work that tells how far it is; ended by finish or <close>.") { type in
      type.describe = { handle in
        "progress, \(handle.done)" + (handle.total.map { " of \($0)" } ?? "")
      }
      type.method(
        "step",
        "Counts a step that is done, or several.",
        parameters: "count?",
        returns: "steps done"
      ) { handle, call in
        let count = call.isNil(1) ? 1 : try call.integer(1)
        guard count >= 0 else {
          throw LuaError(code: "argument.value", message: "progress:step takes a number from 0")
        }
        handle.step(count)
        return .integer(handle.done)
      }
      type.method("finish", "Tells no more, and clears a terminal's line.") { handle, _ in
        handle.finish()
        return .nil
      }
      type.field("done", "Steps done.") { .integer($0.done) }
      type.field("total", "Steps in all, nil when that is not known.") {
        .optional($0.total.map { .integer($0) })
      }
    }
  }
}

extension LuaModule {
  /// The Lua module `progress`, which is also called itself: `progress{ total = 100 }`.
  static func progress(_ session: Session) -> LuaModule {
    LuaModule("progress", "How far a script is, on standard error: progress{ total, title }.") {
      module in
      module.function(
        "start",
        "Begins work that tells how far it is; progress{…} does the same.",
        options: [
          .optional("total", .integer, "steps in all", default: .words("not known")),
          .optional("title", .string, "what stands before it", default: "progress"),
        ],
        returns: "progress"
      ) { call in
        let options = try call.options()
        let total = options.optionalInteger("total")
        if let total, total < 0 {
          throw LuaError(code: "argument.value", message: "progress: total is a number from 0")
        }
        return .object(
          ProgressHandle(
            title: options.optionalString("title") ?? "progress",
            total: total,
            manner: .ofStandardError(isQuiet: session.isQuiet)
          )
        )
      }
    }
  }
}
