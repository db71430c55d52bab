internal import ClusterModel
internal import EncryptionAtRest
internal import LuaRuntime
internal import WorkspaceStore

extension LuaClass<ClusterHandle> {
  /// Rewriting, the long act: shown while it goes on, and to be stopped and gone on with.
  func clusterRewrite(_ session: Session) {
    method(
      "rewrite_secrets",
      "Reads every Secret and writes it as a write would store it now.",
      options: [
        .optional("namespace", .string, "only this one", default: .words("all"), az: "--namespace")
          .naming(.namespaces),
        .optional("on_progress", .function, "called with { read, written, … } after each batch"),
        .optional("limit", .integer, "Secrets to look at, at most", default: .words("all of them")),
        .optional(
          "resume",
          .string,
          "storage path to go on after, as a report has it",
          default: .words("the first")
        ),
        .optional("all", .boolean, "write those too that need it not", default: false),
      ],
      returns: "{ read, written, unchanged, conflicts, failed, failed_count, namespaces, "
        + "complete, resume?, … }"
    ) { handle, call in
      let options = try call.options()
      let namespace = options.optionalString("namespace")
      let resume = options.optionalString("resume")
      let limit = options.optionalInteger("limit")
      if let limit, limit < 1 {
        throw LuaError(code: "argument.value", message: "limit is a number from 1")
      }
      let server = try handle.apiServer()
      let state = call.state
      let progress = options.optionalFunction("on_progress")
      // Where Secrets are gone on with, how many are left is not known.
      let counts =
        resume == nil && progress == nil ? try server.secretCounts(namespace: namespace) : [:]
      var bar = ProgressBar(
        title: "rewrite \(handle.name)",
        counts: counts,
        limit: limit,
        manner: progress == nil ? .ofStandardError(isQuiet: session.isQuiet) : .silent
      )
      defer { bar.clear() }
      let report = try server.rewriteSecrets(
        namespace: namespace,
        after: resume,
        limit: limit.map { Int(clamping: $0) },
        writesAll: options.optionalBoolean("all") ?? false
      ) { report in
        if let progress { _ = try state.call(progress, [report.progress]) }
        bar.show(report)
        return !state.isInterrupted
      }
      if state.isInterrupted, !report.isComplete {
        throw report.interruption(isTakenBack: try session.workspace.isInTransaction)
      }
      return report.luaValue
    }
  }
}

extension RewriteReport {
  /// What stopping half-way raises: what stays of it, and how to go on.
  fileprivate func interruption(isTakenBack: Bool) -> LuaError {
    let done = "interrupted: \(total.read) Secrets were read and \(total.written) written"
    guard !isTakenBack else {
      return LuaError(
        code: "interrupted",
        message: "\(done), which the transaction around it takes back"
      )
    }
    return LuaError(
      code: "interrupted",
      message: "\(done), which stays so",
      hint: "go on with c:rewrite_secrets{ resume = '\(last ?? "")' }, or run it again: what is "
        + "done is left as it is"
    )
  }

  /// The counts after a batch, and how far it is.
  fileprivate var progress: LuaValue {
    guard case .table(var members) = total.luaValue else { return .nil }
    members["failed_count"] = .integer(Int64(total.failed))
    members["resume"] = .optional(last.map { .string($0) })
    return .table(members)
  }

  fileprivate var luaValue: LuaValue {
    guard case .table(var members) = progress else { return .nil }
    members["failed"] = .array(failed.map(\.luaValue))
    members["conflicting"] = .array(conflicts.map(\.luaValue))
    members["namespaces"] = .table(
      Dictionary(
        uniqueKeysWithValues: namespaces.map { name, counts in
          guard case .table(var members) = counts.luaValue else { return (LuaKey(name), .nil) }
          members["failed"] = .integer(Int64(counts.failed))
          return (LuaKey(name), .table(members))
        }
      )
    )
    members["further"] = .optional(further.read > 0 ? further.luaValue : nil)
    members["complete"] = .boolean(isComplete)
    if isComplete { members["resume"] = .nil }
    return .table(members)
  }
}

extension RewriteReport.Failure {
  fileprivate var luaValue: LuaValue {
    .table([
      "namespace": .string(namespace), "name": .string(name), "message": .string(message),
    ])
  }
}

extension RewriteReport.Counts {
  fileprivate var luaValue: LuaValue {
    .table([
      "read": .integer(Int64(read)), "written": .integer(Int64(written)),
      "unchanged": .integer(Int64(unchanged)), "conflicts": .integer(Int64(conflicts)),
    ])
  }
}
