import AzureModel
import ClusterModel
import FoundationEssentials
import Testing

extension World {
  /// The context at another time.
  func at(_ time: String) throws -> CallContext {
    var context = context
    context.now = try Date(rfc3339: time)
    return context
  }

  func cluster() throws -> Cluster { try clusters.cluster(named: "c1") }

  /// A cluster of some options under the world's identity.
  @discardableResult
  func create(
    at time: CallContext? = nil,
    _ change: (inout ClusterOptions) throws -> Void = { _ in }
  ) throws -> Cluster {
    var options = ClusterOptions(name: "c1", resourceGroup: "rg")
    options.assignIdentity = identity.resourceID
    try change(&options)
    return try clusters.create(options, time ?? context)
  }

  @discardableResult
  func update(
    at time: CallContext? = nil,
    _ change: (inout ClusterUpdate) throws -> Void = { _ in }
  ) throws -> Cluster {
    var update = ClusterUpdate()
    try change(&update)
    return try clusters.update(cluster(), update, time ?? context)
  }

  /// What enables KMS with a key of a vault that is reached privately.
  func privateKMS(_ key: Key, vault: String = "kv1") throws -> KMSOptions {
    var options = kms(key)
    options.networkAccess = "Private"
    options.vaultResourceID = try azure.vault(named: vault).resourceID
    return options
  }

  func disable() throws {
    try update { $0.kms.isDisabled = true }
  }

  /// Lets the identity approve connections of a vault.
  func letApprove(vault: String = "kv1") throws {
    try azure.assignRole(
      RoleAssignmentOptions(
        role: "Key Vault Contributor",
        principalID: identity.principalID,
        scope: azure.vault(named: vault).resourceID
      ),
      context: context
    )
  }

  func setPublicAccess(_ access: PublicNetworkAccess, of vault: String = "kv1") throws {
    try azure.updateVault(named: vault, VaultChanges(publicNetworkAccess: access), context)
  }

  func connections(of vault: String = "kv1") throws -> [PrivateEndpointConnection] {
    try azure.vault(named: vault).privateEndpointConnections
  }

  func isHealthy() throws -> Bool {
    try clusters.health(of: cluster(), context).state == .healthy
  }

  func state(at time: CallContext? = nil) throws -> ProvisioningState {
    try clusters.provisioningState(of: cluster(), time ?? context)
  }

  /// Expects a refusal that leaves everything as it was.
  @discardableResult
  func refused(
    _ code: ClusterError.Code,
    at location: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) throws -> ClusterError? {
    let before = store.contents
    let error = #expect(throws: ClusterError.self, sourceLocation: location) { try body() }
    #expect(error?.code == code, sourceLocation: location)
    #expect(store.contents == before, sourceLocation: location)
    return error
  }
}
