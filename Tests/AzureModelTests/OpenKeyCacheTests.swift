import FoundationEssentials
import Testing

@testable import AzureModel

@Suite struct OpenKeyCacheTests {
  private let numbers = PublicNumbers.rsa(modulus: Data([1]), exponent: Data([3]))

  @Test func `it keeps the keys used last`() throws {
    let cache = OpenKeyCache()
    let key = try Material.get()
    for number in 0..<OpenKeyCache.capacity { cache.keep(key, id: "\(number)", numbers) }
    #expect(cache.find("0", numbers) != nil)
    cache.keep(key, id: "one more", numbers)
    #expect(cache.count == OpenKeyCache.capacity)
    #expect(cache.find("0", numbers) != nil)
    #expect(cache.find("1", numbers) == nil)
  }

  @Test func `an entry counts for its public half only`() throws {
    let cache = OpenKeyCache()
    cache.keep(try Material.get(), id: "k", numbers)
    #expect(cache.find("k", .rsa(modulus: Data([2]), exponent: Data([3]))) == nil)
  }
}
