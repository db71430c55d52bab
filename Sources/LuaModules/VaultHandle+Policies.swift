internal import AzureModel
internal import LuaRuntime

extension LuaClass<VaultHandle> {
  /// The methods of a vault that are about access policies.
  func policyMethods(_ session: Session) {
    method(
      "set_policy",
      "Grants permissions to a principal; a list replaces the one it had, others stay.",
      options: policyPrincipalOptions + [
        permissionOption("key", "such as encrypt, decrypt").naming(.keyPermissions),
        permissionOption("secret", "such as get, list"),
        permissionOption("certificate", "such as get, list"),
        permissionOption("storage", "such as get, list"),
      ],
      returns: "vault"
    ) { handle, call in
      let options = try call.options()
      func permissions(_ family: String) -> [String]? {
        let name = "\(family)_permissions"
        return options.contains(name) ? options.strings(name) : nil
      }
      let change = PolicyChange(
        objectID: try session.policyPrincipal(options),
        applicationID: options.optionalString("application_id"),
        keys: permissions("key"),
        secrets: permissions("secret"),
        certificates: permissions("certificate"),
        storage: permissions("storage")
      )
      guard change.namesPermissions else {
        throw LuaError(
          code: "argument.missing",
          message: "specify at least one: --key-permissions, --secret-permissions, "
            + "--certificate-permissions --storage-permissions",
          hint: "v:set_policy{ object_id = …, key_permissions = { 'encrypt', 'decrypt' } }"
        )
      }
      _ = try session.azure.setPolicy(
        vault: handle.name,
        change,
        context: session.context()
      )
      return .object(handle)
    }
    method(
      "delete_policy",
      "Takes all permissions from a principal.",
      options: policyPrincipalOptions,
      returns: "vault"
    ) { handle, call in
      let options = try call.options()
      _ = try session.azure.deletePolicy(
        vault: handle.name,
        objectID: session.policyPrincipal(options),
        applicationID: options.optionalString("application_id"),
        context: session.context()
      )
      return .object(handle)
    }
  }
}

private func permissionOption(_ family: String, _ summary: String) -> LuaOption {
  .optional("\(family)_permissions", .strings, summary, az: "--\(family)-permissions")
}

/// How a policy names its principal.
private let policyPrincipalOptions: [LuaOption] = [
  .optional("object_id", .any, "principal id, or a handle", az: "--object-id").naming(.principals),
  .optional("upn", .string, "a user's sign-in name", az: "--upn").naming(.principals),
  .optional("spn", .string, "a service principal's application id or name", az: "--spn")
    .naming(.identities),
  .optional(
    "application_id",
    .string,
    "application through which the principal must call",
    az: "--application-id"
  ),
]

extension Session {
  /// Reads the object id that a policy is about.
  ///
  /// - Throws: `argument.value` unless it is named in exactly one way, `principal.not_found`.
  fileprivate func policyPrincipal(_ options: LuaOptions) throws -> String {
    let given = ["object_id", "spn", "upn"].filter { options.contains($0) }
    guard given.count == 1 else {
      throw LuaError(
        code: given.isEmpty ? "argument.missing" : "argument.value",
        message: "specify exactly one: --object-id, --spn, --upn"
      )
    }
    if options.contains("object_id") { return try objectID(options.value("object_id")) }
    let found = try azure.findPrincipal(named: options.string(given[0]))
    guard let found, (found.kind == .user) == (given == ["upn"]) else {
      throw LuaError(
        code: "principal.not_found",
        message: "Unable to get object id from principal name.",
        hint: "identity.principals() lists users and service principals"
      )
    }
    return found.objectID
  }
}

extension AccessPolicy {
  var luaValue: LuaValue {
    func list(_ names: [String]) -> LuaValue { .array(names.map { .string($0) }) }
    var members: [LuaKey: LuaValue] = [
      "tenant_id": .string(tenantID), "object_id": .string(objectID),
      "key_permissions": list(keys.map(\.rawValue)), "secret_permissions": list(secrets),
      "certificate_permissions": list(certificates), "storage_permissions": list(storage),
    ]
    if let applicationID { members["application_id"] = .string(applicationID) }
    return .table(members)
  }
}
