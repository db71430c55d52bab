internal import CryptoEngine
internal import FoundationEssentials
internal import Yams

extension EncryptionConfiguration {
  /// The configuration as a file that a kube-apiserver reads.
  ///
  /// It holds the local keys in clear, as such a file must.
  ///
  /// - Returns: YAML text.
  /// - Throws: `configuration.invalid` for a name that YAML cannot hold.
  public func yaml() throws(AtRestError) -> String {
    let document: Node = [
      "apiVersion": "apiserver.config.k8s.io/v1",
      "kind": "EncryptionConfiguration",
      "resources": Node(rules.map(\.node)),
    ]
    do {
      return try serialize(node: document)
    } catch {
      throw AtRestError(.configurationInvalid, "the configuration cannot be written as YAML")
    }
  }
}

extension EncryptionConfiguration.Rule {
  fileprivate var node: Node {
    ["resources": Node(resources.map(YAMLText.node)), "providers": Node(providers.map(\.node))]
  }
}

extension EncryptionConfiguration.Provider {
  fileprivate var node: Node {
    switch self {
    case .identity: ["identity": Node([(Node, Node)](), .implicit, .flow)]
    case .aescbc(let keys): ["aescbc": Self.node(keys)]
    case .aesgcm(let keys): ["aesgcm": Self.node(keys)]
    case .secretbox(let keys): ["secretbox": Self.node(keys)]
    case .kms(let kms): ["kms": kms.node]
    }
  }

  private static func node(_ keys: [LocalKey]) -> Node {
    let list = keys.map { key -> Node in
      let secret = key.secret.withUnsafeBytes { Data($0).base64EncodedString() }
      return ["name": YAMLText.node(key.name), "secret": YAMLText.node(secret)]
    }
    return ["keys": Node(list)]
  }
}

extension EncryptionConfiguration.KMSConfiguration {
  fileprivate var node: Node {
    var pairs: [(Node, Node)] = [
      ("apiVersion", YAMLText.node(apiVersion.rawValue)), ("name", YAMLText.node(name)),
      ("endpoint", YAMLText.node(endpoint)),
    ]
    if apiVersion == .v1, cacheSize != KMSv1Provider.cacheSizeByDefault {
      pairs.append(("cachesize", Node("\(cacheSize)", Tag(.int))))
    }
    pairs.append(("timeout", YAMLText.node("\(timeout)")))
    return Node(pairs)
  }
}
