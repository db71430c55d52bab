internal import AzureModel
internal import ClusterModel
public import LuaRuntime

/// A live handle to a cluster.
final class ClusterHandle: LuaObject {
  let session: Session
  let name: String
  let resourceGroup: String

  init(_ cluster: Cluster, _ session: Session) {
    name = cluster.name
    resourceGroup = cluster.resourceGroup
    self.session = session
  }

  /// What the handle stands for.
  ///
  /// - Throws: `cluster.not_found` once it is gone.
  func cluster() throws -> Cluster {
    try session.clusters.cluster(named: name, resourceGroup: resourceGroup)
  }

  /// The cluster's API server.
  func apiServer() throws -> APIServer {
    try session.clusters.apiServer(of: cluster(), session.context())
  }
}

/// The KMS options that creating and updating share.
let kmsOptions: [LuaOption] = [
  .optional(
    "enable_azure_keyvault_kms",
    .boolean,
    "seal Secrets with a key of a vault",
    default: false,
    az: "--enable-azure-keyvault-kms"
  ),
  .optional(
    "azure_keyvault_kms_key_id",
    .any,
    "key, by handle or full kid",
    az: "--azure-keyvault-kms-key-id"
  ).naming(.keyIDs),
  .optional(
    "azure_keyvault_kms_key_vault_network_access",
    .string,
    "Public or Private",
    az: "--azure-keyvault-kms-key-vault-network-access"
  ).naming(.words(["Public", "Private"])),
  .optional(
    "azure_keyvault_kms_key_vault_resource_id",
    .any,
    "vault, for Private",
    az: "--azure-keyvault-kms-key-vault-resource-id"
  ).naming(.vaults),
]

/// The API server's subnet, which creating and updating share.
let subnetOption = LuaOption.optional(
  "apiserver_subnet_id",
  .string,
  "ARM id of the API server's subnet",
  default: .words("one that the service makes"),
  az: "--apiserver-subnet-id"
)

extension LuaModule {
  /// The Lua module `cluster`.
  public static func cluster(_ session: Session) -> LuaModule {
    LuaModule("cluster", "Managed Kubernetes clusters.") { module in
      module.function(
        "create",
        "Makes a cluster.",
        options: [
          .required("name", .string, "1 to 63 letters, digits, - and _", az: "--name"),
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
            "kubernetes_version",
            .string,
            "version to run",
            default: .words("1.33; with settings.version_support_enforced the newest but one"),
            az: "--kubernetes-version"
          ),
          .optional(
            "assign_identity",
            .any,
            "user-assigned identity, by handle or ARM id",
            az: "--assign-identity"
          ).naming(.identities),
          .optional(
            "enable_apiserver_vnet_integration",
            .boolean,
            "tunnel through the cluster's network",
            default: false,
            az: "--enable-apiserver-vnet-integration"
          ),
          subnetOption,
          .optional("node_count", .integer, "1 to 1000", default: 3, az: "--node-count"),
        ] + kmsOptions,
        returns: "cluster"
      ) { call in
        let options = try call.options()
        var wanted = ClusterOptions(
          name: options.string("name"),
          resourceGroup: options.string("resource_group")
        )
        wanted.location = options.optionalString("location")
        wanted.kubernetesVersion = options.optionalString("kubernetes_version")
        wanted.assignIdentity = try session.optionalIdentityID(options)
        wanted.hasVNetIntegration =
          options.optionalBoolean("enable_apiserver_vnet_integration") ?? false
        wanted.apiServerSubnetID = options.optionalString("apiserver_subnet_id")
        wanted.nodeCount = options.optionalInteger("node_count").map { Int(clamping: $0) }
        wanted.kms = try session.kmsOptions(options)
        let made = try session.clusters.create(wanted, session.context())
        return .object(ClusterHandle(made, session))
      }
      module.function(
        "get",
        "Returns a cluster by name or ARM id.",
        parameters: "name | { name, resource_group? }",
        returns: "cluster"
      ) { call in
        .object(ClusterHandle(try session.cluster(call.value(1)), session))
      }
      module.function(
        "find",
        "As get, nil when there is none.",
        parameters: "name | { name, resource_group? }",
        returns: "cluster?"
      ) { call in
        do {
          return .object(ClusterHandle(try session.cluster(call.value(1)), session))
        } catch let error as ClusterError where error.code == .notFound {
          return .nil
        }
      }
      module.function(
        "list",
        "Returns all clusters, or those of a group.",
        options: [
          .optional("resource_group", .string, "only this group", default: .words("all")).naming(
            .resourceGroups
          )
        ],
        returns: "array of clusters"
      ) { call in
        let options = try call.options()
        let clusters = try session.clusters.list(
          resourceGroup: options.optionalString("resource_group")
        )
        return .array(clusters.map { .object(ClusterHandle($0, session)) })
      }
      module.takes(.clusters, or: Session.clusterPlaceOptions, "get", "find")
      module.releases(session)
    }
  }
}

extension Session {
  static let clusterPlaceOptions: [LuaOption] = [
    .required("name", .string, "name as created").naming(.clusters),
    .optional("resource_group", .string, "where it must lie").naming(.resourceGroups),
  ]

  /// Finds the cluster of a handle, a name, an ARM id, or `{ name, resource_group? }`.
  func cluster(_ value: LuaValue) throws -> Cluster {
    if case .object(let handle as ClusterHandle) = value { return try handle.cluster() }
    if case .table = value {
      let options = try LuaOptions.checked(value, for: "cluster.get", Self.clusterPlaceOptions)
      return try clusters.cluster(
        named: options.string("name"),
        resourceGroup: options.optionalString("resource_group")
      )
    }
    let parts = try text(value, "a cluster").split(separator: "/").map { String($0) }
    // /subscriptions/S/resourceGroups/G/providers/P/managedClusters/N
    guard parts.count > 1 else { return try clusters.cluster(named: parts.first ?? "") }
    return try clusters.cluster(
      named: parts[parts.count - 1],
      resourceGroup: parts.count > 3 ? parts[3] : nil
    )
  }

  func optionalIdentityID(_ options: LuaOptions) throws -> String? {
    options.contains("assign_identity")
      ? try identityID(options.value("assign_identity")) : nil
  }

  /// Reads the KMS options of a call.
  func kmsOptions(_ options: LuaOptions) throws -> KMSOptions {
    var kms = KMSOptions()
    kms.isEnabled = options.optionalBoolean("enable_azure_keyvault_kms") ?? false
    kms.isDisabled = options.optionalBoolean("disable_azure_keyvault_kms") ?? false
    switch options.value("azure_keyvault_kms_key_id") {
    case .object(let handle as KeyHandle): kms.keyID = handle.kid.description
    case .nil: break
    case let other: kms.keyID = try text(other, "a key")
    }
    kms.networkAccess = options.optionalString("azure_keyvault_kms_key_vault_network_access")
    switch options.value("azure_keyvault_kms_key_vault_resource_id") {
    case .object(let handle as VaultHandle): kms.vaultResourceID = try handle.vault().resourceID
    case .nil: break
    case let other: kms.vaultResourceID = try text(other, "a vault")
    }
    return kms
  }
}
