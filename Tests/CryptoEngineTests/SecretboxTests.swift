import Foundation
import TestData
import Testing

@testable import CryptoEngine

/// The published vectors of the constructions under secretbox, and its own.
@Suite struct SecretboxTests {
  private static let firstKey = [UInt8](
    hex: "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389"
  )
  private static let nonce = [UInt8](hex: "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37")

  private func derived(_ key: [UInt8], _ input: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    let words = input.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt32>.self) }
    output.withUnsafeMutableBytes { output in
      key.withUnsafeBytes { Salsa20.derive(key: $0, input: words, into: output) }
    }
    return output
  }

  /// Source: "Cryptography in NaCl", section 8.
  @Test func `HSalsa20 agrees with the vectors of NaCl`() {
    let shared = [UInt8](hex: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    #expect(derived(shared, [UInt8](repeating: 0, count: 16)) == Self.firstKey)
    #expect(
      derived(Self.firstKey, Array(Self.nonce.prefix(16)))
        == [UInt8](hex: "dc908dda0b9344a953629b733820778880f3ceb421bb61b91cbd4c3e66256ce4")
    )
  }

  /// Source: "Salsa20 specification", section 9, and the eSTREAM vectors, set 1, vector 0.
  @Test func `Salsa20 agrees with the eSTREAM vector`() {
    var output = [UInt8](repeating: 0, count: 64)
    let key = [0x80] + [UInt8](repeating: 0, count: 31)
    output.withUnsafeMutableBytes { output in
      key.withUnsafeBytes {
        Salsa20.block(key: $0, nonce: SIMD2(0, 0), counter: 0, into: output)
      }
    }
    #expect(
      output
        == [UInt8](
          hex: "e3be8fdd8beca2e3ea8ef9475b29a6e7003951e1097a5c38d23b7a5fad9f6844"
            + "b22c97559e2723c7cbbd3fe4fc8d9a0744652a83e72a9c461876af4d7ef1a117"
        )
    )
  }

  private func seal(_ text: [UInt8], key: [UInt8] = firstKey) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: text.count + 16)
    try output.withUnsafeMutableBytes { output in
      try text.withUnsafeBytes { text in
        try Self.nonce.withUnsafeBytes {
          try Secretbox.seal(text, key: SecretBytes(copying: key), nonce: $0, into: output)
        }
      }
    }
    return output
  }

  private func open(_ box: [UInt8], key: [UInt8] = firstKey) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: max(box.count - 16, 0))
    try output.withUnsafeMutableBytes { output in
      try box.withUnsafeBytes { box in
        try Self.nonce.withUnsafeBytes {
          try Secretbox.open(box, key: SecretBytes(copying: key), nonce: $0, into: output)
        }
      }
    }
    return output
  }

  /// Source: "Cryptography in NaCl", section 10.
  @Test func `a box agrees with the vector of NaCl, and opens`() throws {
    let text = [UInt8](
      hex: "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a"
        + "1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057"
        + "e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040"
        + "e082f937763848645e0705"
    )
    let box = try seal(text)
    #expect(
      box
        == [UInt8](
          hex: "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4"
            + "476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738"
            + "b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de"
            + "56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5"
        )
    )
    #expect(try open(box) == text)
  }

  @Test func `boxes of every length open, and no flipped bit or other key does`() throws {
    for count in Array(0...200) + [4096] {
      let text = try Random.bytes(count)
      let box = try seal(text)
      #expect(try open(box) == text)
      var flipped = box
      flipped[Int.random(in: box.indices)] ^= 1 << UInt8.random(in: 0...7)
      #expect(throws: CryptoError.self) { try open(flipped) }
      #expect(throws: CryptoError.self) { try open(box, key: text.count == 32 ? [] : [1]) }
    }
    #expect(throws: CryptoError.self) { try open([UInt8](repeating: 0, count: 15)) }
  }
}
