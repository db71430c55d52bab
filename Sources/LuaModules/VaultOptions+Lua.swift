internal import AzureModel
internal import LuaRuntime

/// Options that making and changing a vault share.
private let sharedOptions: [LuaOption] = [
  .optional(
    "enable_rbac_authorization",
    .boolean,
    "roles decide instead of access policies",
    default: .words("that of settings.vault_rbac_default"),
    az: "--enable-rbac-authorization"
  ),
  .optional(
    "public_network_access",
    .choice(PublicNetworkAccess.allCases.map(\.rawValue)),
    "whether it answers on its public address",
    default: "Enabled",
    az: "--public-network-access"
  ),
  .optional(
    "default_action",
    .choice(NetworkACLs.DefaultAction.allCases.map(\.rawValue)),
    "what happens to callers that no network rule names",
    default: "Allow",
    az: "--default-action"
  ),
  .optional(
    "bypass",
    .choice(NetworkACLs.Bypass.allCases.map(\.rawValue)),
    "who passes the firewall unasked",
    default: "AzureServices",
    az: "--bypass"
  ),
  .optional(
    "retention_days",
    .integer,
    "7 to 90; fixed at creation",
    default: 90,
    az: "--retention-days"
  ),
  .optional(
    "enable_purge_protection",
    .boolean,
    "cannot be switched off again",
    default: .words("off"),
    az: "--enable-purge-protection"
  ),
  .optional("tags", .table, "at most 50", az: "--tags"),
  .optional(
    "enabled_for_deployment",
    .boolean,
    "virtual machines may read certificates",
    default: false,
    az: "--enabled-for-deployment"
  ),
  .optional(
    "enabled_for_disk_encryption",
    .boolean,
    "Disk Encryption may read secrets and unwrap keys",
    default: .words("not set"),
    az: "--enabled-for-disk-encryption"
  ),
  .optional(
    "enabled_for_template_deployment",
    .boolean,
    "Resource Manager may read secrets",
    default: .words("not set"),
    az: "--enabled-for-template-deployment"
  ),
]

extension VaultOptions {
  /// Options of `vault.create`.
  static let ofCreate: [LuaOption] =
    [
      .required("name", .string, "3 to 24 letters, digits and single hyphens", az: "--name"),
      .required("resource_group", .string, "made on first use", az: "--resource-group")
        .naming(.resourceGroups),
      .optional(
        "location",
        .string,
        "region of Azure",
        default: .words("that of the group"),
        az: "--location"
      ),
      .optional(
        "sku",
        .choice(VaultSKU.allCases.map(\.rawValue)),
        "premium has keys in HSMs too",
        default: "standard",
        az: "--sku"
      ),
      .optional(
        "no_self_perms",
        .boolean,
        "leaves the creator's own policy out",
        default: false,
        az: "--no-self-perms"
      ),
      .optional(
        "network_acls_ips",
        .strings,
        "public IPv4 addresses and ranges that pass the firewall",
        az: "--network-acls-ips"
      ),
      .optional(
        "network_acls_vnets",
        .strings,
        "ARM ids of subnets that pass the firewall",
        az: "--network-acls-vnets"
      ),
      .optional(
        "tenant_id",
        .string,
        "GUID of its tenant",
        default: .words("that of the signed-in user")
      ),
    ] + sharedOptions

  init(_ options: LuaOptions) throws {
    let rules =
      options.strings("network_acls_ips").map { NetworkRule.address($0) }
      + options.strings("network_acls_vnets").map { NetworkRule.subnet($0) }
    self.init(
      name: options.string("name"),
      resourceGroup: options.string("resource_group"),
      location: options.optionalString("location"),
      enableRBACAuthorization: options.optionalBoolean("enable_rbac_authorization"),
      retentionDays: options.optionalInteger("retention_days").map { Int(clamping: $0) },
      enablePurgeProtection: options.optionalBoolean("enable_purge_protection"),
      publicNetworkAccess: options.choice("public_network_access"),
      defaultAction: options.choice("default_action"),
      bypass: options.choice("bypass"),
      noSelfPermissions: options.optionalBoolean("no_self_perms"),
      tenantID: options.optionalString("tenant_id"),
      sku: options.choice("sku"),
      tags: try options.optionalTags("tags") ?? [:],
      networkRules: rules,
      deploymentAccess: DeploymentAccess(options)
    )
  }
}

extension VaultChanges {
  /// Options of `v:update`.
  static let ofUpdate = sharedOptions.keepingWhatIsLeftOut

  init(_ options: LuaOptions) throws {
    self.init(
      publicNetworkAccess: options.choice("public_network_access"),
      enableRBACAuthorization: options.optionalBoolean("enable_rbac_authorization"),
      enablePurgeProtection: options.optionalBoolean("enable_purge_protection"),
      retentionDays: options.optionalInteger("retention_days").map { Int(clamping: $0) },
      defaultAction: options.choice("default_action"),
      bypass: options.choice("bypass"),
      tags: try options.optionalTags("tags"),
      deploymentAccess: DeploymentAccess(options)
    )
  }
}

extension DeploymentAccess {
  fileprivate init(_ options: LuaOptions) {
    self.init(
      virtualMachines: options.optionalBoolean("enabled_for_deployment"),
      diskEncryption: options.optionalBoolean("enabled_for_disk_encryption"),
      templates: options.optionalBoolean("enabled_for_template_deployment")
    )
  }
}

extension LuaOptions {
  /// The word of an option that takes one of a closed set.
  fileprivate func choice<Word: RawRepresentable<String>>(_ name: String) -> Word? {
    optionalString(name).flatMap { Word(rawValue: $0) }
  }
}
