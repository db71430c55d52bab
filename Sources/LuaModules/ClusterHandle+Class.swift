internal import AzureModel
internal import ClusterModel
internal import LuaRuntime

extension LuaClass<ClusterHandle> {
  /// The class of cluster handles.
  static func cluster(_ session: Session) -> LuaClass<ClusterHandle> {
    LuaClass("cluster", "A managed Kubernetes cluster.") { type in
      type.describe = { "cluster \($0.name)" }
      type.isEqual = {
        ($0.name + "/" + $0.resourceGroup).lowercased()
          == ($1.name + "/" + $1.resourceGroup).lowercased()
      }
      type.card = { handle in
        let cluster = try handle.cluster()
        let context = try session.context()
        return try cluster.card(
          kms: session.clusters.kms(of: cluster, context),
          health: session.clusters.health(of: cluster, context),
          state: session.clusters.provisioningState(of: cluster, context)
        )
      }
      type.row = { try $0.cluster().row }
      type.clusterFields()
      type.clusterViews()
      type.clusterHealth(session)
      type.clusterStore(session)
      type.clusterAnswers(session)
      type.clusterForecast(session)
      type.clusterLife(session)
      type.clusterRewrite(session)
      type.method(
        "update",
        "Changes identity, tunnel or KMS; without an option it is reconciled.",
        options: (kmsOptions + [
          .optional(
            "assign_identity",
            .any,
            "user-assigned identity, by handle or ARM id",
            az: "--assign-identity"
          ).naming(.identities),
          .optional(
            "enable_apiserver_vnet_integration",
            .boolean,
            "tunnel through the cluster's network; for good, and in effect after stop and start",
            az: "--enable-apiserver-vnet-integration"
          ),
          subnetOption,
        ]).keepingWhatIsLeftOut + [
          .optional(
            "disable_azure_keyvault_kms",
            .boolean,
            "stop sealing; the key stays readable",
            default: false,
            az: "--disable-azure-keyvault-kms"
          )
        ],
        returns: "cluster"
      ) { handle, call in
        let options = try call.options()
        var update = ClusterUpdate()
        update.assignIdentity = try session.optionalIdentityID(options)
        update.hasVNetIntegration = options.optionalBoolean("enable_apiserver_vnet_integration")
        update.apiServerSubnetID = options.optionalString("apiserver_subnet_id")
        update.kms = try session.kmsOptions(options)
        _ = try session.clusters.update(handle.cluster(), update, session.context())
        return .object(handle)
      }
    }
  }

  private func clusterFields() {
    field("name", "Name as created.") { .string(try $0.cluster().name) }
    field("id", "ARM id.") { .string(try $0.cluster().resourceID) }
    field("resource_group", "Group it lies in.") { .string(try $0.cluster().resourceGroup) }
    field("location", "Region.") { .string(try $0.cluster().location) }
    field("node_resource_group", "Group of the nodes.") {
      .string(try $0.cluster().nodeResourceGroup)
    }
    field("kubernetes_version", "Version.") { .string(try $0.cluster().kubernetesVersion) }
    field("provisioning_state", "How the last operation goes or went, such as `Succeeded`.") {
      let session = $0.session
      return .string(
        try session.clusters.provisioningState(of: $0.cluster(), session.context()).rawValue
      )
    }
    field("power_state", "`{ code = 'Running' }`, or `Stopped`.") {
      .table(["code": .string(try $0.cluster().powerState.rawValue)])
    }
    field("tenant_id", "Tenant of its subscription.") { .string(try $0.cluster().tenantID) }
    field("fqdn", "Host name of the API server.") { .string(try $0.cluster().fqdn) }
    field("identity", "Who the cluster is.") { try $0.shapes().azIdentity.luaValue }
    field("security_profile", "KMS as the resource shows it.") {
      try $0.shapes().azSecurity.fields
    }
    field("api_server_access_profile", "How the API server is reached, nil on a plain cluster.") {
      try $0.shapes().azAccess.fields
    }
  }

  private func clusterViews() {
    method("show", "Returns what `az aks show` prints.", returns: "table") { handle, _ in
      try handle.shapes().az.luaValue
    }
  }
}
