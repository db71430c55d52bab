internal import AzureModel
internal import LuaRuntime

/// Options of the methods that add and remove network rules.
private let ruleOptions: [LuaOption] = [
  .optional("ip_address", .strings, "public IPv4 addresses and ranges", az: "--ip-address"),
  .optional("subnet", .strings, "ARM ids of subnets", az: "--subnet"),
]

/// The option that names a connection.
private let connectionName = LuaOption.required("name", .string, "name or ARM id", az: "--name")

extension LuaClass<VaultHandle> {
  /// Adds what concerns a vault's network.
  func networkMembers(_ session: Session) {
    field("public_network_access", "`Enabled`, `Disabled` or `SecuredByPerimeter`.") {
      .string(try $0.vault().publicNetworkAccess.rawValue)
    }
    field("network_acls", "The firewall: bypass, default_action, ip_rules, virtual_network_rules.")
    {
      try $0.vault().networkACLs.azShape.fields
    }
    field("private_endpoint_connections", "Private ways in, each with its state.") {
      let vault = try $0.vault()
      return .array(vault.privateEndpointConnections.map(vault.fields))
    }
    method(
      "network_rule_add",
      "Lets callers pass the firewall.",
      options: ruleOptions,
      returns: "vault"
    ) { handle, call in
      _ = try session.azure.addNetworkRules(call.rules(), to: handle.name, session.context())
      return .object(handle)
    }
    method(
      "network_rule_remove",
      "Lets callers pass the firewall no more.",
      options: ruleOptions,
      returns: "vault"
    ) { handle, call in
      _ = try session.azure.removeNetworkRules(call.rules(), from: handle.name, session.context())
      return .object(handle)
    }
    method(
      "network_path",
      "Tells what the vault's name leads to from here, and what the network rules say to a call.",
      returns: "{ aliases, address, private, allowed, reason?, inner_code? }"
    ) { handle, _ in try handle.vault().path(from: session.origin) }
    endpointMethods(session)
  }

  private func endpointMethods(_ session: Session) {
    method(
      "private_endpoint_create",
      "Makes a private endpoint to the vault; open at once for who may approve connections.",
      options: [
        .required("name", .string, "name, in the vault's group, or ARM id", az: "--name"),
        .optional(
          "connection_name",
          .string,
          "name of the connection",
          default: .words("made up"),
          az: "--connection-name"
        ),
        .optional(
          "private_ip_address",
          .string,
          "its address",
          default: .words("the next free one")
        ),
        .optional(
          "manual_request",
          .boolean,
          "ask the vault's owner",
          default: false,
          az: "--manual-request"
        ),
        .optional("request_message", .string, "what to tell the owner", az: "--request-message"),
      ],
      returns: "connection"
    ) { handle, call in
      let options = try call.options()
      let made = try session.azure.connectPrivateEndpoint(
        PrivateEndpointOptions(
          endpoint: options.string("name"),
          connectionName: options.optionalString("connection_name"),
          privateAddress: options.optionalString("private_ip_address"),
          isManual: options.optionalBoolean("manual_request") ?? false,
          requestMessage: options.optionalString("request_message")
        ),
        to: handle.name,
        session.context()
      )
      return try handle.vault().fields(made)
    }
    method(
      "private_endpoint_delete",
      "Takes a private endpoint away; its connection is left disconnected.",
      options: [.required("name", .string, "name or ARM id of the endpoint", az: "--name")],
      returns: "vault"
    ) { handle, call in
      _ = try session.azure.deletePrivateEndpoint(
        call.options().string("name"),
        of: handle.name,
        session.context()
      )
      return .object(handle)
    }
    for (verb, summary, isApproved) in [
      ("approve", "Opens the vault to a private endpoint.", true),
      ("reject", "Turns a private endpoint down, one that was approved too.", false),
    ] {
      method(
        "private_endpoint_connection_\(verb)",
        summary,
        options: [
          connectionName, .optional("description", .string, "why", az: "--description"),
        ],
        returns: "vault"
      ) { handle, call in
        let options = try call.options()
        _ = try session.azure.decideConnection(
          options.string("name"),
          of: handle.name,
          isApproved: isApproved,
          description: options.optionalString("description"),
          session.context()
        )
        return .object(handle)
      }
    }
    method(
      "private_endpoint_connection_delete",
      "Deletes a connection; its endpoint leads nowhere then.",
      options: [connectionName],
      returns: "vault"
    ) { handle, call in
      _ = try session.azure.deleteConnection(
        call.options().string("name"),
        of: handle.name,
        session.context()
      )
      return .object(handle)
    }
  }
}

extension LuaCall {
  /// The rules that a call names, at least one.
  fileprivate func rules() throws -> [NetworkRule] {
    let options = try options()
    let rules =
      options.strings("ip_address").map { NetworkRule.address($0) }
      + options.strings("subnet").map { NetworkRule.subnet($0) }
    guard !rules.isEmpty else {
      throw LuaError(
        code: "argument.missing",
        message: "\(description.name) needs ip_address or subnet"
      )
    }
    return rules
  }
}

extension Vault {
  /// A connection as fields: those of az, its name and its address.
  fileprivate func fields(_ connection: PrivateEndpointConnection) -> LuaValue {
    connection.azShape(id: resourceID(of: connection)).merging([
      "name": .string(connection.name), "privateIpAddress": .string(connection.privateAddress),
    ]).fields
  }

  fileprivate func path(from origin: NetworkOrigin) -> LuaValue {
    let resolution = resolution(from: origin)
    let decision = decision(for: origin)
    var reason: LuaValue = .nil
    if case .allowed(let why) = decision { reason = .string(why.rawValue) }
    return .table([
      "aliases": .array(resolution.aliases.map { .string($0) }),
      "address": .string(resolution.address), "private": .boolean(resolution.isPrivate),
      "allowed": .boolean(decision.innerCode == nil), "reason": reason,
      "inner_code": .optional(decision.innerCode.map { .string($0) }),
    ])
  }
}

extension NetworkOrigin {
  /// Options of `vault.call_from`.
  static let ofCall: [LuaOption] = [
    .optional("ip_address", .string, "a public IPv4 address"),
    .optional("subnet", .string, "ARM id of a subnet with a service endpoint for Key Vault"),
    .optional("private_endpoint", .any, "connection, or ARM id of its private endpoint"),
    .optional("trusted_service", .boolean, "true: a service of Azure that Key Vault trusts"),
  ]

  /// Reads the one place that options name.
  init(_ options: LuaOptions) throws {
    let endpoint = options.value("private_endpoint")
    let given = Self.ofCall.map(\.name).filter { options.contains($0) }
    guard given.count == 1 else {
      throw LuaError(
        code: "argument.value",
        message: "vault.call_from takes one place, not \(given.count)",
        hint: "one of: \(Self.ofCall.map(\.name).joined(separator: ", "))"
      )
    }
    if let address = options.optionalString("ip_address") {
      self = try .publicAddress(parsing: address)
    } else if let subnet = options.optionalString("subnet") {
      self = try .subnet(parsing: subnet)
    } else if options.optionalBoolean("trusted_service") == true {
      self = .trustedService
    } else if options.contains("trusted_service") {
      throw LuaError(
        code: "argument.value",
        message: "vault.call_from: trusted_service can only be true"
      )
    } else if let id = endpoint.member("private_endpoint")?.member("id")?.text ?? endpoint.text {
      self = try .privateEndpoint(parsing: id)
    } else {
      throw LuaError(
        code: "argument.type",
        message: "vault.call_from: private_endpoint must be a connection or an ARM id, got "
          + endpoint.typeName
      )
    }
  }
}
