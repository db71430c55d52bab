import AzureModel
import ClusterModel
import EncryptionAtRest
import FoundationEssentials
import Testing

@Suite struct UpgradeTests {
  private func upgrade(_ world: World, to version: String) throws {
    _ = try world.clusters.upgrade(world.cluster(), to: version, world.context)
  }

  private func prefix(_ world: World, _ name: String) throws -> String {
    let stored = try world.server().stored(namespace: "default", name: name).value
    return String(decoding: stored.prefix(15), as: UTF8.self)
  }

  @Test(arguments: [("1.26", "v1"), ("1.26.6", "v1"), ("1.27", "v2"), ("1.33", "v2")])
  func `the version at enable time gives the protocol (R95)`(
    version: String,
    kms: String
  ) throws {
    let world = try World()
    let key = try world.key()
    try world.create {
      $0.kubernetesVersion = version
      $0.kms = world.kms(key)
    }
    #expect(try world.clusters.kms(of: world.cluster(), world.context).version == kms)
    try world.secret("s")
    #expect(try prefix(world, "s") == "k8s:enc:kms:\(kms):")
    #expect(try world.server().secret(namespace: "default", name: "s").object.data["a"] == [1, 2])
    #expect(try world.isHealthy())
  }

  @Test func `with KMS v1 on, 1.27 and later are out of reach, and nothing changes (R97)`() throws {
    let world = try World()
    let key = try world.key()
    try world.create {
      $0.kubernetesVersion = "1.26"
      $0.kms = world.kms(key)
    }
    for version in ["1.27", "1.27.1", "1.28"] {
      let error = try world.refused(.versionRefused) { try upgrade(world, to: version) }
      #expect(error?.rule == "R97" && error?.status == 400)
      #expect(error?.hint?.contains("disable KMS, rewrite") == true)
    }
    try upgrade(world, to: "1.26.6")
    #expect(try world.cluster().kubernetesVersion == "1.26.6" && world.isHealthy())
  }

  @Test func `the documented migration ends with v2 envelopes alone (R98-R101)`() throws {
    let world = try World()
    let key = try world.key()
    try world.create {
      $0.kubernetesVersion = "1.26"
      $0.kms = world.kms(key)
    }
    for name in ["a", "b"] { try world.secret(name) }
    try world.disable()
    #expect(try world.server().rewriteSecrets().total.written == 2)
    try upgrade(world, to: "1.27.1")
    try world.update { $0.kms = world.kms(key) }
    #expect(try world.server().rewriteSecrets().total.written == 2)
    for name in ["a", "b"] { #expect(try prefix(world, name) == "k8s:enc:kms:v2:") }
    #expect(try world.isHealthy())
  }

  @Test func `a v1 envelope that was left is not readable through v2 (R103)`() throws {
    let world = try World()
    let key = try world.key()
    try world.create {
      $0.kubernetesVersion = "1.26"
      $0.kms = world.kms(key)
    }
    try world.secret("left")
    try world.disable()
    #expect(try world.server().secret(namespace: "default", name: "left").object.name == "left")
    try upgrade(world, to: "1.27")
    try world.update { $0.kms = world.kms(key) }
    let error = #expect(throws: ClusterError.self) {
      try world.server().secret(namespace: "default", name: "left")
    }
    #expect(error?.code == .secretUnreadable && error?.rule == "R103")
    #expect(error?.message.contains("no matching prefix found") == true)
  }

  /// From where, to where, and why not.
  @Test(
    arguments: [
      ("1.30", "1.31", nil), ("1.30", "1.30.4", nil), ("1.30.2", "1.30.9", nil),
      ("1.30", "1.32", "one minor version at a time: 1.31 first"),
      ("1.30", "1.29", "no way back"), ("1.30.9", "1.30.2", "no way back"),
      ("1.37", "1.38", "supported: 1.23"), ("1.30", "2.0", "write it as"),
      ("1.30", "latest", "write it as"),
    ] as [(String, String, String?)]
  )
  func `an upgrade goes one minor version at a time, and never back`(
    from: String,
    to: String,
    hint: String?
  ) throws {
    let world = try World()
    try world.create { $0.kubernetesVersion = from }
    guard let hint else {
      try upgrade(world, to: to)
      #expect(try world.cluster().kubernetesVersion == to)
      return
    }
    let before = world.store.contents
    let error = #expect(throws: ClusterError.self) { try upgrade(world, to: to) }
    #expect(error?.status == 400 && error?.hint?.contains(hint) == true)
    #expect(world.store.contents == before)
  }

  @Test func `the same version again does nothing, with the client's warning`() throws {
    let world = try World()
    let cluster = try world.create { $0.kubernetesVersion = "1.30" }
    #expect(
      try world.clusters.upgradeWarning(cluster, to: "1.30", world.context)?.message
        == "The cluster is already on version 1.30 and is not in a failed state. No operations will "
        + "occur when upgrading to the same version if the cluster is not in a failed state."
    )
    #expect(try world.clusters.upgrade(cluster, to: "1.30", world.context) == cluster)
    #expect(try world.clusters.upgradeWarning(cluster, to: "1.31", world.context) == nil)
  }

  @Test func `versions out of support are taken unless support is enforced`() throws {
    let world = try World()
    // 1 January 2026: 1.32 to 1.34 are supported.
    try world.create { $0.kubernetesVersion = "1.26" }
    try world.clusters.delete(world.cluster(), world.context)
    try world.azure.set("version_support_enforced", to: .boolean(true))
    for version in ["1.26", "1.31", "1.35", "1.38"] {
      let error = try world.refused(.versionRefused) {
        try world.create { $0.kubernetesVersion = version }
      }
      #expect(error?.azureCode == "K8sVersionNotSupported" && error?.status == 400)
      #expect(
        error?.message
          == "Version \(version) is not supported in this region. Please use [az aks get-versions] "
          + "command to get the supported version list in this region. For more information, "
          + "please check https://aka.ms/supported-version-list"
      )
      #expect(error?.hint?.hasPrefix("supported: 1.32, 1.33, 1.34;") == true)
    }
    // The newest but one, as AKS chooses.
    #expect(try world.create().kubernetesVersion == "1.33")
  }
}
