internal import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

/// What is wrong with the Secrets as they are stored.
extension ManagedClusters {
  /// Secrets that no provider of the server opens.
  func ailment(
    ofStranded group: SecretGroup,
    of cluster: Cluster,
    _ context: CallContext
  ) throws -> Ailment {
    let example = group.examples.first ?? KubernetesSecret.storagePrefix
    let isOtherVersion = group.provider == .kmsV1 && cluster.kms != nil
    let count = SecretGroup.text(group.count, "lies", "lie")
    let cause: String
    let remedy: String
    var cure: [CureStep] = []
    if let kid = group.kid {
      cause =
        "\(count) under \(kid), which the plugin no longer holds: the cluster was rotated "
        + "twice without a rewrite in between"
      let isInProgress = try operationInProgress(on: cluster, context) != nil
      remedy =
        (isInProgress ? "abort the update, which cannot end, then " : "")
        + "let the cluster use that key once more, rewrite the Secrets, and go back to the current "
        + "key with another rewrite"
      cure =
        try cluster.kms.map { kms in
          try azure.findKey(kid) == nil
            ? []
            : (isInProgress ? [.abortOperation] : [])
              + [.rewrite, .use(kid), .rewrite, .use(kms.current), .rewrite]
        } ?? []
    } else if isOtherVersion {
      cause = "\(count) under KMS v1, which this cluster's plugin does not speak"
      remedy = "nothing reads them here: disable KMS and rewrite before an upgrade to 1.27 (R98)"
    } else {
      cause =
        "\(count) under \(group.keyID.map { "key id \($0)" } ?? "a provider"), which this "
        + "cluster never had, or are damaged"
      remedy = "put values from a backup back with c:etcd():put(path, bytes)"
    }
    return Ailment(
      "SecretsUnreadable",
      message: "unable to transform key \"\(example)\": "
        + (try listFailure(at: example, of: cluster, context)),
      cause: cause,
      remedy: cure.isEmpty && group.kid != nil
        ? "the key is gone: what these Secrets held is lost, unless the key is recovered" : remedy,
      rule: group.kid != nil ? "R79" : isOtherVersion ? "R103" : "R75",
      kid: group.kid,
      cure: cure
    )
  }

  /// What the list that a starting server makes says of a value, without asking the vault.
  private func listFailure(
    at path: String,
    of cluster: Cluster,
    _ context: CallContext
  ) throws -> String {
    let prefix = KMSv2Provider.prefix(name: LiveProvider.name)
    if let kms = cluster.kms, cluster.kmsVersion == "v1" {
      return PluginFailure("decrypt", kms.current, Azure.parameterIncorrect()).description
    }
    guard let kms = cluster.kms, cluster.kmsVersion == "v2",
      let entry = try store.etcd(ofCluster: cluster.id).entry(at: path),
      entry.value.starts(with: prefix)
    else { return "no matching prefix found" }
    // Without a token the plugin can do no more than compare key ids.
    let plugin = VaultPlugin(
      azure: azure,
      slots: kms.slots,
      caller: PluginCaller(context: context, isIdentityGone: true)
    )
    let reader = KMSv2Reader(sourceCountMax: 1) { try plugin.decrypt($0, uid: "") }
    do {
      let value = entry.value
      _ = try reader.open(value, from: prefix.count, storagePath: path, now: context.now)
      return "the value cannot be opened"
    } catch {
      return error.message
    }
  }
}
