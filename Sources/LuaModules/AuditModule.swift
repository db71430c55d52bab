internal import AzureModel
internal import FoundationEssentials
public import LuaRuntime

extension LuaModule {
  /// The Lua module `audit`: what vaults logged.
  public static func audit(_ session: Session) -> LuaModule {
    LuaModule("audit", "The audit logs of vaults whose diagnostic setting is on.") { module in
      module.function(
        "each",
        "Walks rows of the audit log in order of time, a few in memory at once.",
        options: [
          .optional("vault", .any, "of this vault, by handle or name; it may be gone")
            .naming(.vaults),
          .optional("operation", .strings, "such as KeyDecrypt, or several"),
          .optional("since", .string, "of this time and later"),
          .optional("principal", .any, "of this caller: handle, object id, client id, or name")
            .naming(.principals),
          .optional("result", .any, "such as 'Forbidden', or the HTTP status 403"),
        ],
        returns: "iterator of { time, resourceId, operationName, … }"
      ) { call in
        try session.azure.settleAuditedVaults(session.context())
        var walk = AuditWalk(azure: try session.azure, filter: try session.filter(call.options()))
        return .object(LuaIterator("audit.each") { .optional(try walk.next()?.row.luaValue) })
      }
    }
  }
}

extension LuaClass<VaultHandle> {
  /// Adds what switches the audit log on.
  func auditMethods(_ session: Session) {
    method(
      "diagnostics",
      "Switches the diagnostic setting, and with it the audit log, on or off; tells how it stands.",
      parameters: "on?, { name, storage_account?, workspace? }?",
      returns: "boolean"
    ) { handle, call in
      if !call.isNil(1) {
        _ = try session.azure.setDiagnostics(
          ofVault: handle.name,
          isOn: call.boolean(1),
          setting: call.isNil(2) ? nil : DiagnosticSetting(call),
          session.context()
        )
      }
      return .boolean(try handle.vault().isAudited)
    }
    takes(DiagnosticSetting.options, "diagnostics")
    field("diagnostic_setting", "What its diagnostic setting was given: name and places.") {
      guard let setting = try $0.vault().diagnosticSetting else { return .nil }
      return .table([
        "name": .string(setting.name),
        "storage_account": .optional(setting.storageAccount.map { .string($0) }),
        "workspace": .optional(setting.workspace.map { .string($0) }),
      ])
    }
  }
}

extension DiagnosticSetting {
  fileprivate static let options: [LuaOption] = [
    .required("name", .string, "1 to 260 characters", az: "--name"),
    .optional("storage_account", .string, "ARM id or name", az: "--storage-account"),
    .optional("workspace", .string, "ARM id or name", az: "--workspace"),
  ]

  /// Reads the second argument of `v:diagnostics`.
  fileprivate init(_ call: LuaCall) throws {
    let options = try LuaOptions.checked(
      call.value(2),
      for: call.description.name,
      Self.options
    )
    try self.init(
      name: options.string("name"),
      storageAccount: options.optionalString("storage_account"),
      workspace: options.optionalString("workspace")
    )
  }
}

/// Rows one after the other, read a page at a time.
struct AuditWalk {
  private static let pageCount = 200

  let azure: Azure
  let filter: AuditFilter
  private var page: ArraySlice<AuditEvent> = []
  private var last: AuditEvent?

  init(azure: Azure, filter: AuditFilter) {
    self.azure = azure
    self.filter = filter
  }

  /// Returns the next row; nil at the end, and again a row once there is one more.
  mutating func next() throws -> AuditEvent? {
    if page.isEmpty {
      page = try azure.auditEvents(filter, after: last, limit: Self.pageCount)[...]
      last = page.last ?? last
    }
    return page.popFirst()
  }
}

extension Session {
  /// The filter that the options of `audit.each` ask for.
  ///
  /// - Throws: `argument.value` for an unknown operation or result, or what is no time.
  fileprivate func filter(_ options: LuaOptions) throws -> AuditFilter {
    var filter = AuditFilter()
    if options.contains("vault") { filter.vault = try vaultName(options.value("vault")) }
    if options.contains("operation") {
      filter.operations = Set(try options.strings("operation").map(operation))
    }
    filter.since = try options.optionalDate("since")
    if options.contains("principal") { filter.principal = try caller(options.value("principal")) }
    if options.contains("result") { filter.statuses = try statuses(options.value("result")) }
    return filter
  }

  private func operation(_ name: String) throws -> AuditOperation {
    let known = AuditOperation.allCases
    if let found = known.first(where: { $0.rawValue.lowercased() == name.lowercased() }) {
      return found
    }
    throw LuaError(
      code: "argument.value",
      message: "audit.each: there is no operation '\(name)'",
      hint: Nearest.hint(name, known.map(\.rawValue))
    )
  }

  /// An identity by handle or name; any other text is an id, which need not stand for anyone today.
  private func caller(_ value: LuaValue) throws -> String {
    guard case .bytes = value else { return try objectID(value) }
    let text = try text(value, "a principal")
    return try findIdentity(text)?.principalID ?? text
  }

  private func statuses(_ value: LuaValue) throws -> Set<Int> {
    let signatures = AuditEvent.signatures
    if case .integer(let number) = value, let status = Int(exactly: number) { return [status] }
    if let word = value.text {
      let found = signatures.filter { $0.value.lowercased() == word.lowercased() }.map(\.key)
      if !found.isEmpty { return Set(found) }
    }
    let words = signatures.sorted { $0.key < $1.key }.map { "'\($0.value)'" }
    throw LuaError(
      code: "argument.value",
      message: "audit.each: option 'result' must be an HTTP status or one of "
        + words.joined(separator: ", ")
    )
  }
}
