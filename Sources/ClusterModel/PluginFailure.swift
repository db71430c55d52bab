internal import AzureModel
internal import EncryptionAtRest

/// Who a plugin calls the vault as, and when.
struct PluginCaller: Sendable {
  /// Time, place and principal of the calls.
  var context: CallContext
  /// Whether the cluster's identity was deleted: then no token can be had, and no call is made.
  var isIdentityGone = false
}

/// A vault's refusal on its way through the plugin.
struct PluginFailure: Error, CustomStringConvertible {
  /// What the API server is told.
  let service: KeyServiceError
  /// What the vault, or whoever stood before it, said.
  let vault: AzureError
  var description: String { service.description }
}

extension PluginFailure {
  /// What an API server sees of a plugin that does not answer in time.
  ///
  /// Source: Kubernetes specification §3.5.
  static let deadlineExceeded = KeyServiceError(
    status: "DeadlineExceeded",
    message: "context deadline exceeded"
  )

  /// Answers that the plugin's client library waits half a minute on before it tries again.
  ///
  /// Source: Kubernetes specification §9.
  private static let retriedStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

  /// Words a refusal as the plugin's client library does.
  init(_ verb: String, _ key: KeyID, _ error: AzureError) {
    self.init(service: Self.told(verb, key, error), vault: error)
  }

  private static func told(_ verb: String, _ key: KeyID, _ error: AzureError) -> KeyServiceError {
    guard let status = error.status else {
      // Only a host that does not resolve has no answer at all.
      return KeyServiceError(
        message: sending(verb, status: 0)
          + "Post \"\(address(verb, key))\": dial tcp: lookup \(key.host): no such host"
      )
    }
    guard !retriedStatuses.contains(status) else { return deadlineExceeded }
    return KeyServiceError(
      message: "failed to \(verb), error: keyvault.BaseClient#\(name(verb)): Failure responding to "
        + "request: StatusCode=\(status) -- Original Error: autorest/azure: Service "
        + "returned an error. Status=\(status) Code=\"\(error.azureCode ?? "Unknown")\" "
        + "Message=\"\(error.message)\""
    )
  }

  /// The failure of a call for which there is no token, as the cluster's identity is gone.
  ///
  /// Source: Azure Instance Metadata Service, errors.
  init(noTokenFor verb: String, _ key: KeyID) {
    self.init(
      service: KeyServiceError(
        message: Self.sending(verb, status: 400)
          + "azure.BearerAuthorizer#WithAuthorization: Failed to refresh the Token for request to "
          + "\(Self.address(verb, key)): StatusCode=400 -- Original Error: adal: Refresh request "
          + "failed. Status Code = '400'. Response body: "
          + #"{"error":"invalid_request","error_description":"Identity not found"}"#
      ),
      vault: Self.identityGone
    )
  }

  /// What is wrong with a cluster whose identity was deleted.
  static let identityGone = AzureError(
    .identityNotFound,
    "the cluster's identity is gone",
    hint: "create an identity, grant it encrypt and decrypt, and assign it to the cluster",
    rule: "R19",
    innerCode: "IdentityNotFound"
  )

  private static func sending(_ verb: String, status: Int) -> String {
    "failed to \(verb), error: keyvault.BaseClient#\(name(verb)): Failure sending request: "
      + "StatusCode=\(status) -- Original Error: "
  }

  private static func name(_ verb: String) -> String { verb == "encrypt" ? "Encrypt" : "Decrypt" }

  private static func address(_ verb: String, _ key: KeyID) -> String {
    "\(key)/\(verb)?api-version=2016-10-01"
  }
}
