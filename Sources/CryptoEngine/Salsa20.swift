internal import COpenSSL

/// The Salsa20 core and its two uses in XSalsa20, which OpenSSL lacks.
///
/// ## Why this is safe to write by hand
///
/// The core is additions, exclusive ors and rotations by constants on 32-bit words. No branch and
/// no address depends on a key, a nonce or a text, so its time and its memory accesses do not
/// either, on any processor whose additions take constant time. The state is kept by diagonals:
/// a column round is then four steps on whole vectors, and a row round is the same four steps on
/// rotated ones. Tests hold it to the published vectors.
///
/// Source: D. J. Bernstein, "The Salsa20 family of stream ciphers" (2008), section 4, and
/// "Extending the Salsa20 nonce" (2011), section 2.
enum Salsa20 {
  /// Length of a block of key stream.
  static let blockByteCount = 64

  /// `expand 32-byte k`, little-endian: the words 0, 5, 10 and 15 of every state.
  private static let constant = SIMD4<UInt32>(0x6170_7865, 0x3320_646E, 0x7962_2D32, 0x6B20_6574)

  /// A state of sixteen words by diagonals: `d0` holds the words 0, 5, 10, 15; `d1` the words
  /// 4, 9, 14, 3; `d2` the words 8, 13, 2, 7; `d3` the words 12, 1, 6, 11.
  private struct State {
    var d0, d1, d2, d3: SIMD4<UInt32>

    /// Key in the words 1 to 4 and 11 to 14, input in the words 6 to 9.
    init(_ key: UnsafeRawBufferPointer, _ input: SIMD4<UInt32>) {
      func word(_ index: Int) -> UInt32 {
        unsafe UInt32(littleEndian: key.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
      }
      d0 = Salsa20.constant
      d1 = SIMD4(word(3), input[3], word(7), word(2))
      d2 = SIMD4(input[2], word(6), word(1), input[1])
      d3 = SIMD4(word(5), word(0), input[0], word(4))
    }

    /// Ten times a column round and a row round.
    mutating func mix() {
      for _ in 0..<10 {
        quarter()
        (d1, d2, d3) = (d1.rotated3, d2.rotated2, d3.rotated1)
        swap(&d1, &d3)
        quarter()
        swap(&d1, &d3)
        (d1, d2, d3) = (d1.rotated1, d2.rotated2, d3.rotated3)
      }
    }

    private mutating func quarter() {
      d1 ^= (d0 &+ d3).shifted(7)
      d2 ^= (d1 &+ d0).shifted(9)
      d3 ^= (d2 &+ d1).shifted(13)
      d0 ^= (d3 &+ d2).shifted(18)
    }

    /// The words in their own order; all machines Swift runs on are little-endian.
    func store(into output: UnsafeMutableRawBufferPointer) {
      let words = (
        d0[0], d3[1], d2[2], d1[3], d1[0], d0[1], d3[2], d2[3],
        d2[0], d1[1], d0[2], d3[3], d3[0], d2[1], d1[2], d0[3]
      )
      unsafe withUnsafeBytes(of: words) { unsafe output.copyMemory(from: $0) }
    }
  }

  /// Writes one block of key stream: 64 bytes for a 32-byte key, an 8-byte nonce and a counter.
  static func block(
    key: UnsafeRawBufferPointer,
    nonce: SIMD2<UInt32>,
    counter: UInt64,
    into output: UnsafeMutableRawBufferPointer
  ) {
    let low = UInt32(truncatingIfNeeded: counter)
    let high = UInt32(truncatingIfNeeded: counter >> 32)
    let start = unsafe State(key, SIMD4(nonce[0], nonce[1], low, high))
    var state = start
    state.mix()
    state.d0 &+= start.d0
    state.d1 &+= start.d1
    state.d2 &+= start.d2
    state.d3 &+= start.d3
    unsafe state.store(into: output)
  }

  /// HSalsa20: derives a 32-byte key from a 32-byte key and 16 bytes of a nonce.
  static func derive(
    key: UnsafeRawBufferPointer,
    input: SIMD4<UInt32>,
    into output: UnsafeMutableRawBufferPointer
  ) {
    var state = unsafe State(key, input)
    state.mix()
    // The words 0, 5, 10, 15 and 6, 7, 8, 9.
    let words = (state.d0, SIMD4(state.d3[2], state.d2[3], state.d2[0], state.d1[1]))
    unsafe withUnsafeBytes(of: words) { unsafe output.copyMemory(from: $0) }
  }
}

extension SIMD4<UInt32> {
  /// Each word rotated left by a number of bits.
  fileprivate func shifted(_ count: UInt32) -> SIMD4<UInt32> {
    (self &<< SIMD4(repeating: count)) | (self &>> SIMD4(repeating: 32 - count))
  }

  /// The words moved down by one, two and three places, around the end.
  fileprivate var rotated1: SIMD4<UInt32> { SIMD4(self[1], self[2], self[3], self[0]) }
  fileprivate var rotated2: SIMD4<UInt32> { SIMD4(self[2], self[3], self[0], self[1]) }
  fileprivate var rotated3: SIMD4<UInt32> { SIMD4(self[3], self[0], self[1], self[2]) }
}
