internal import CryptoEngine
internal import FoundationEssentials

extension ConfigurationFile {
  /// Checks everything, in the order and with the words of Kubernetes' validation.
  ///
  /// Source: specification §5, `ValidateEncryptionConfiguration`.
  ///
  /// - Throws: `configuration.invalid` with all that was found.
  func validate(isReloadedAutomatically: Bool) throws(AtRestError) {
    var findings = Findings()
    var kmsNames: Set<String> = []
    if rules.isEmpty { findings.require("resources", "at least one resources is required") }
    for (index, rule) in rules.enumerated() {
      let path = "resources[\(index)]"
      if rule.resources.isEmpty {
        findings.require("\(path).resources", "at least one \(path).resources is required")
      }
      findings.checkOverlap(rule.resources, "\(path).resources")
      for (index, resource) in rule.resources.enumerated() {
        findings.checkResource(resource, "\(path).resources[\(index)]")
      }
      if rule.providers.isEmpty {
        findings.require("\(path).providers", "at least one \(path).providers is required")
      }
      for (index, provider) in rule.providers.enumerated() {
        let path = "\(path).providers[\(index)]"
        findings.checkProvider(provider, path)
        if let kms = provider.kms {
          findings.checkKMS(kms, "\(path).kms", kmsNames, isReloaded: isReloadedAutomatically)
          kmsNames.insert(kms.name)
        } else if let keys = provider.aesgcm {
          findings.checkKeys(keys, "\(path).aesgcm.keys", [16, 24, 32])
        } else if let keys = provider.aescbc {
          findings.checkKeys(keys, "\(path).aescbc.keys", [16, 24, 32])
        } else if let keys = provider.secretbox {
          findings.checkKeys(keys, "\(path).secretbox.keys", [32])
        }
      }
    }
    guard let first = findings.texts.first else { return }
    let all = findings.texts.joined(separator: ", ")
    throw Self.failure(findings.texts.count > 1 ? "[\(all)]" : first)
  }

  private struct Findings {
    private(set) var texts: [String] = []

    mutating func require(_ path: String, _ detail: String) {
      texts.append("\(path): Required value: \(detail)")
    }

    mutating func refuse(_ path: String, json value: String, _ detail: String) {
      texts.append("\(path): Invalid value: \(value): \(detail)")
    }

    mutating func refuse(_ path: String, _ value: String, _ detail: String) {
      refuse(path, json: "\"\(value)\"", detail)
    }

    // MARK: Resources

    mutating func checkOverlap(_ resources: [String], _ path: String) {
      let names = resources.map(ResourceName.init)
      let list = "[" + resources.map { "\"\($0.shownResource)\"" }.joined(separator: ",") + "]"
      if Set(names).count < names.count {
        refuse(path, json: list, "the same resource cannot be specified multiple times")
      }
      let groups = Set(names.filter { $0.resource == "*" })
      let isCovered = names.contains { name in
        [name.wholeGroup, .everything].contains { $0 != name && groups.contains($0) }
      }
      if isCovered {
        refuse(
          path,
          json: list,
          "using overlapping resources such as 'secrets' and '*.' in the same resource list is not "
            + "allowed as they will be masked"
        )
      }
    }

    mutating func checkResource(_ resource: String, _ path: String) {
      let name = ResourceName(resource)
      let problem: String? =
        if resource.contains(where: \.isUppercase) {
          "resource name should not contain capital letters"
        } else if resource == "*" {
          "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources"
        } else if [
          "apiserveripinfo", "serviceipallocations", "servicenodeportallocations",
        ].contains(resource) {
          "resources which do not have REST API/s cannot be encrypted"
        } else if name.group == "events.k8s.io" {
          "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' "
            + "instead in the config file"
        } else if name.group == "extensions" {
          "'extensions' group has been removed and cannot be used for encryption"
        } else if name.group == "*", name.resource != "*" {
          "encrypting the same resource across groups is not supported"
        } else {
          nil
        }
      if let problem { refuse(path, resource.shownResource, problem) }
    }

    // MARK: Providers

    mutating func checkProvider(_ provider: Provider, _ path: String) {
      let count =
        [provider.aesgcm, provider.aescbc, provider.secretbox].count { $0 != nil }
        + (provider.isIdentity ? 1 : 0) + (provider.kms == nil ? 0 : 1)
      guard count != 1 else { return }
      refuse(
        path,
        json: provider.dump,
        count == 0
          ? "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, "
            + "Secretbox, Identity"
          : "more than one provider specified in a single element, should split into different "
            + "list elements"
      )
    }

    mutating func checkKeys(_ keys: [Key], _ path: String, _ lengths: [Int]) {
      if keys.isEmpty { require(path, "at least one keys is required") }
      for (index, key) in keys.enumerated() {
        let path = "\(path)[\(index)]"
        if key.name.isEmpty { require("\(path).name", "name is a mandatory field for a key") }
        guard !key.secret.isEmpty else {
          require("\(path).secret", "secret is a mandatory field for a key")
          continue
        }
        guard let secret = key.decodedSecret else {
          refuse("\(path).secret", "REDACTED", "secrets must be base64 encoded")
          continue
        }
        if !lengths.contains(secret.byteCount) {
          let expected = lengths.map(String.init).joined(separator: " ")
          refuse(
            "\(path).secret",
            "REDACTED",
            "secret is not of the expected length, got \(secret.byteCount), expected one of "
              + "[\(expected)]"
          )
        }
      }
    }

    mutating func checkKMS(
      _ kms: KMS,
      _ path: String,
      _ seen: Set<String>,
      isReloaded: Bool
    ) {
      let isV1 = kms.effectiveVersion == "v1"
      let name = kms.name.shown
      if kms.name.isEmpty { require("\(path).name", "name is a mandatory field for a provider") }
      if !isV1, kms.name.contains(":") {
        let name = kms.name.replacing(":", with: "").shown == "REDACTED" ? "REDACTED" : kms.name
        refuse(
          "\(path).name",
          name,
          "invalid KMS provider name \(name), must not contain ':'"
        )
      }
      if isReloaded || !isV1, seen.contains(kms.name) {
        refuse(
          "\(path).name",
          name,
          "duplicate KMS provider name \(name), names must be unique"
        )
      }
      if kms.effectiveTimeout.nanoseconds <= 0 {
        refuse(
          "\(path).timeout",
          "\(kms.effectiveTimeout)",
          "timeout should be a positive value"
        )
      }
      checkEndpoint(kms.endpoint, "\(path).endpoint")
      checkVersion(kms, path)
    }

    private mutating func checkVersion(_ kms: KMS, _ path: String) {
      switch kms.effectiveVersion {
      case "v1":
        if kms.cacheSize == 0 {
          refuse(
            "\(path).cachesize",
            json: "0",
            "cachesize should be a positive value, or negative to disable"
          )
        }
      case "v2":
        if let size = kms.cacheSize {
          refuse("\(path).cachesize", json: "\(size)", "cachesize is not supported in v2")
        }
      default:
        refuse(
          "\(path).apiVersion",
          kms.apiVersion.shown,
          "unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported"
        )
      }
    }

    private mutating func checkEndpoint(_ endpoint: String, _ path: String) {
      guard !endpoint.isEmpty else {
        refuse(path, "", "endpoint is a mandatory field for a kms")
        return
      }
      do throws(GoURL.Failure) {
        let url = try GoURL(endpoint)
        if url.scheme != "unix" {
          refuse(
            path,
            endpoint,
            "unsupported scheme \"\(url.scheme)\" for KMS provider, only unix is supported"
          )
        }
      } catch {
        refuse(path, endpoint, "invalid endpoint for kms provider, error: \(error.message)")
      }
    }
  }
}

extension String {
  /// A resource from a file; with a star it cannot be a key.
  fileprivate var shownResource: String { contains("*") && utf8.count <= 100 ? self : shown }
}

extension ConfigurationFile.Key {
  /// The key's bytes by standard base64 with padding; line ends do not count, as in Go.
  var decodedSecret: SecretBytes? {
    let text = secret.unicodeScalars.filter { $0 != "\n" && $0 != "\r" }
    return Data(base64Encoded: String(String.UnicodeScalarView(text))).map {
      SecretBytes(copying: $0)
    }
  }
}

extension ConfigurationFile.KMS {
  /// An absent version means v1.
  var effectiveVersion: String { apiVersion.isEmpty ? "v1" : apiVersion }

  var effectiveTimeout: GoDuration {
    timeout ?? EncryptionConfiguration.KMSConfiguration.timeoutByDefault
  }
}

extension ConfigurationFile.Provider {
  /// The element as Go prints it, without the keys it holds.
  fileprivate var dump: String {
    func keys(_ keys: [ConfigurationFile.Key]?) -> String {
      guard let keys else { return "null" }
      let items = keys.map { "{\"Name\":\"\($0.name.shown)\",\"Secret\":\"REDACTED\"}" }
      return "{\"Keys\":[" + items.joined(separator: ",") + "]}"
    }
    let plugin = kms.map { kms in
      "{\"APIVersion\":\"\(kms.effectiveVersion.shown)\",\"Name\":\"\(kms.name.shown)\","
        + "\"CacheSize\":\(kms.cacheSize.map { "\($0)" } ?? "null"),"
        + "\"Endpoint\":\"\(kms.endpoint)\",\"Timeout\":\"\(kms.effectiveTimeout)\"}"
    }
    return "{\"AESGCM\":\(keys(aesgcm)),\"AESCBC\":\(keys(aescbc)),"
      + "\"Secretbox\":\(keys(secretbox)),\"Identity\":\(isIdentity ? "{}" : "null"),"
      + "\"KMS\":\(plugin ?? "null")}"
  }
}

extension EncryptionConfiguration {
  /// What a file that passed validation means.
  init(_ file: ConfigurationFile) {
    self.init(
      rules: file.rules.map { rule in
        Rule(resources: rule.resources, providers: rule.providers.compactMap(Provider.init))
      }
    )
  }
}

extension EncryptionConfiguration.Provider {
  fileprivate init?(_ provider: ConfigurationFile.Provider) {
    func keys(_ keys: [ConfigurationFile.Key]) -> [LocalKey] {
      keys.compactMap { key in key.decodedSecret.map { LocalKey(name: key.name, secret: $0) } }
    }
    if let found = provider.aesgcm {
      self = .aesgcm(keys(found))
    } else if let found = provider.aescbc {
      self = .aescbc(keys(found))
    } else if let found = provider.secretbox {
      self = .secretbox(keys(found))
    } else if let kms = provider.kms,
      let version = EncryptionConfiguration.KMSConfiguration.APIVersion(
        rawValue: kms.effectiveVersion
      )
    {
      self = .kms(
        EncryptionConfiguration.KMSConfiguration(
          apiVersion: version,
          name: kms.name,
          endpoint: kms.endpoint,
          cacheSize: kms.cacheSize.map(Int.init) ?? KMSv1Provider.cacheSizeByDefault,
          timeout: kms.effectiveTimeout
        )
      )
    } else if provider.isIdentity {
      self = .identity
    } else {
      return nil
    }
  }
}
