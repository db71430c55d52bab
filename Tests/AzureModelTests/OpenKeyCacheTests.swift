import Testing

@testable import AzureModel

@Suite struct OpenKeyCacheTests {
  @Test func `it keeps the keys used last`() throws {
    let cache = OpenKeyCache()
    let key = try Material.get()
    for number in 0..<OpenKeyCache.capacity { cache.keep(key, id: "\(number)", modulus: [1]) }
    #expect(cache.find("0", modulus: [1]) != nil)
    cache.keep(key, id: "one more", modulus: [1])
    #expect(cache.count == OpenKeyCache.capacity)
    #expect(cache.find("0", modulus: [1]) != nil)
    #expect(cache.find("1", modulus: [1]) == nil)
  }

  @Test func `an entry counts for its modulus only`() throws {
    let cache = OpenKeyCache()
    cache.keep(try Material.get(), id: "k", modulus: [1])
    #expect(cache.find("k", modulus: [2]) == nil)
  }
}
