/// The program behind a call, as its requests name it.
public struct APIClient: Hashable, Sendable {
  /// User agent.
  public let userAgent: String
  /// `api-version` that it sends to the data plane.
  public let apiVersion: String

  /// Describes a program.
  public init(userAgent: String, apiVersion: String) {
    self.userAgent = userAgent
    self.apiVersion = apiVersion
  }

  /// The shell itself.
  public static let shell = APIClient(userAgent: "kmsh", apiVersion: "2025-07-01")
  /// The KMS plugin of a cluster.
  ///
  /// Source: Azure/kubernetes-kms, which uses the client library of that version.
  public static let kmsPlugin = APIClient(userAgent: "k8s-kms-keyvault", apiVersion: "2016-10-01")

  /// `api-version` of requests to the control plane: the one that made RBAC the default, or one
  /// from before.
  static func controlPlaneVersion(isNewEra: Bool) -> String {
    isNewEra ? "2026-02-01" : "2023-07-01"
  }
  /// User agent of what the control plane asks of a vault.
  ///
  /// Source: Key Vault logging, the sample row.
  static let resourceManager = "azure-resource-manager/2.0"
}
