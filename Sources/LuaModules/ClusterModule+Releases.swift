internal import AzureModel
internal import ClusterModel
internal import FoundationEssentials
internal import LuaRuntime

extension LuaModule {
  /// What `cluster` tells of versions of Kubernetes.
  func releases(_ session: Session) {
    function(
      "versions",
      "Returns the versions of Kubernetes that can be had now, the oldest first.",
      returns: "array of { version, available, end_of_support, supported, default }"
    ) { _ in
      let now = try session.context().now
      let byDefault = try session.clusters.versionByDefault(at: now)
      return .array(
        try session.clusters.releases(at: now).map {
          .table([
            "version": .string($0.name), "available": .string($0.available.rfc3339),
            "end_of_support": .string($0.endOfSupport.rfc3339),
            "supported": .boolean($0.isSupported(at: now)),
            "default": .boolean($0.name == byDefault),
          ])
        }
      )
    }
  }
}
