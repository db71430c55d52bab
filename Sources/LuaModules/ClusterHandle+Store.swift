internal import AzureModel
internal import ClusterModel
internal import EncryptionAtRest
internal import FoundationEssentials
internal import LuaRuntime

extension LuaClass<ClusterHandle> {
  /// What lies under a cluster's API server: its etcd, and what it keeps of its plugin.
  func clusterStore(_ session: Session) {
    method("etcd", "Returns the etcd under the API server.", returns: "etcd") { handle, _ in
      let etcd = try session.clusters.etcd(of: handle.cluster())
      return .object(EtcdHandle(etcd, "of \(handle.name)"))
    }
    method(
      "encryption_configuration",
      "Returns the YAML that the API server runs with.",
      returns: "string"
    ) { handle, _ in
      .string(try session.clusters.encryptionConfiguration(of: handle.cluster()).yaml())
    }
    method(
      "kms_client",
      "Returns what the API server keeps of its plugin: seed, cache, health.",
      returns: "{ name, api_version, health, write?, cache }?"
    ) { handle, _ in
      let context = try session.context()
      let view = try session.clusters.kmsClient(of: handle.cluster(), context)
      return .optional(try view.map { try $0.luaValue(now: context.now) })
    }
    method(
      "readyz",
      "Asks the health endpoint of the API server's KMS providers.",
      returns: "{ check, status, text }?"
    ) { handle, _ in
      .optional(
        try session.clusters.readyz(of: handle.cluster(), session.context()).map {
          .table([
            "check": .string($0.check), "status": .integer(Int64($0.status)),
            "text": .string($0.text),
          ])
        }
      )
    }
  }
}

extension KMSClientView {
  fileprivate func luaValue(now: Date) throws -> LuaValue {
    .table([
      "name": .string(name), "api_version": .string(apiVersion),
      "version_seen": .optional(versionSeen.map { .string($0) }),
      "health": .table([
        "check": .string(healthCheck), "ok": .boolean(problem == nil),
        "message": .optional(problem.map { .string($0) }),
        "asked": .optional(verdict.map { .string($0.time.rfc3339) }),
        "next_poll": .optional(verdict.map { .string($0.nextPoll.rfc3339) }),
      ]),
      "write": .optional(
        seed.map { seed in
          .table([
            "key_id": .string(seed.wrapped.keyID),
            "key_id_hash": .string(KeyIdentifier.hash(seed.wrapped.keyID)),
            "uid": .string(seed.uid), "expires": .string(seed.expiry.rfc3339),
            "expired": .boolean(now >= seed.expiry),
          ])
        }
      ),
      "cache": .array(
        sources.sorted { $0.expiry < $1.expiry }.map { source, expiry in
          .table([
            "key_id": .string(source.wrapped.keyID),
            "dek_source_type": .string(source.type.name), "expires": .string(expiry.rfc3339),
          ])
        }
      ),
    ])
  }
}
