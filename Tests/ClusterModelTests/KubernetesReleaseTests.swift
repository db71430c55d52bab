import AzureModel
import FoundationEssentials
import Testing

@testable import ClusterModel

@Suite struct KubernetesReleaseTests {
  /// Version, month it became available, and the last month of community support.
  ///
  /// Source: AKS specification §7.
  static let table = [
    (27, "2023-07", "2024-07"), (28, "2023-11", "2025-01"), (29, "2024-03", "2025-03"),
    (30, "2024-07", "2025-08"), (31, "2024-11", "2025-11"), (32, "2025-04", "2026-03"),
    (33, "2025-06", "2026-07"), (34, "2025-11", "2026-11"), (35, "2026-03", "2027-03"),
    (36, "2026-06", "2027-06"), (37, "2026-10", "2027-10"),
  ]

  @Test(arguments: table)
  func `a version has the dates of the table`(minor: Int, from: String, to: String) throws {
    let release = try #require(KubernetesRelease.find(minor: minor))
    #expect(release.available.rfc3339.hasPrefix(from))
    #expect((release.endOfSupport - 1).rfc3339.hasPrefix(to))
    #expect(try release.isSupported(at: Date(rfc3339: "\(to)-15T00:00:00Z")))
    #expect(!release.isSupported(at: release.endOfSupport))
    #expect(!release.isSupported(at: release.available - 1))
  }

  @Test func `versions follow one another, each before it ends`() {
    let all = KubernetesRelease.all
    for (one, next) in zip(all, all.dropFirst()) {
      #expect(next.minor == one.minor + 1 && next.available > one.available)
      #expect(next.endOfSupport > one.endOfSupport && next.available < one.endOfSupport)
    }
  }

  @Test func `platform support ends with the fourth version after it`() throws {
    #expect(
      KubernetesRelease.find(minor: 30)?.endOfPlatformSupport?.rfc3339.hasPrefix("2025-11") == true
    )
    #expect(KubernetesRelease.find(minor: 37)?.endOfPlatformSupport == nil)
  }

  @Test(arguments: ["1.33", "1.33.2", "1.9", "1.23.100"])
  func `a version reads as it is written`(text: String) {
    #expect(KubernetesVersion(text)?.description == text)
  }

  @Test(arguments: [
    "", "1", "1.", "2.33", "11.33", "1..2", "1.33.", "1.33.2.1", "v1.33", "1.333", "1.3x", " 1.33",
    "1.33.1000", "1.+3", "1.33.-1", "1.\u{FF13}3", "1.3\u{301}", "1.33\n",
  ])
  func `what is no version is none`(text: String) {
    #expect(KubernetesVersion(text) == nil)
  }
}
