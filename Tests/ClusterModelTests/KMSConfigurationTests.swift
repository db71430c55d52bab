import AzureModel
import FoundationEssentials
import Testing

@testable import ClusterModel

@Suite struct KMSConfigurationTests {
  private let time = Date(timeIntervalSince1970: 1_767_225_600)

  private func kid(_ digit: Character) throws -> KeyID {
    try KeyID(parsing: "https://kv1.vault.azure.net/keys/k/" + String(repeating: digit, count: 32))
  }

  @Test func `two slots: the key before stays, the one before that goes (R77)`() throws {
    var kms = KMSConfiguration(enabling: try kid("1"), networkAccess: .isPublic, at: time)
    #expect(try kms.slots == [kid("1")])
    kms.use(try kid("2"), networkAccess: .isPublic, at: time + 1)
    #expect(try kms.slots == [kid("2"), kid("1")])
    kms.use(try kid("3"), networkAccess: .isPublic, at: time + 2)
    #expect(try kms.slots == [kid("3"), kid("2")])
  }

  @Test func `the same key again moves nothing`() throws {
    var kms = KMSConfiguration(enabling: try kid("1"), networkAccess: .isPublic, at: time)
    kms.use(try kid("2"), networkAccess: .isPublic, at: time + 1)
    kms.use(try kid("2"), networkAccess: .isPublic, at: time + 2)
    #expect(try kms.slots == [kid("2"), kid("1")])
    #expect(kms.history.count == 2)
  }

  @Test func `history tells from when to when each key was current`() throws {
    var kms = KMSConfiguration(enabling: try kid("1"), networkAccess: .isPublic, at: time)
    kms.use(try kid("2"), networkAccess: .isPublic, at: time + 60)
    #expect(kms.history.map(\.from) == [time, time + 60])
    #expect(kms.history.map(\.to) == [time + 60, nil])
    kms.disable(at: time + 120)
    #expect(!kms.isEnabled && kms.history.last?.to == time + 120)
  }
}
