import CryptoEngine
import FoundationEssentials

/// A key with all its versions as a blob that only a vault opens.
///
/// ## Design
///
/// The service's blob opens in vaults of the same subscription and geography and nowhere else.
/// So this one is sealed under the workspace's root key, with subscription and geography in a
/// clear header that is authenticated with it: an altered blob, or one of another workspace, does
/// not open, and one for another place is known by its header. Inside, each version's material
/// stays sealed as it lay in the store; it is opened only when a version moves to another vault.
struct KeyBackup {
  /// What a vault compares before it opens a blob.
  struct Header: Codable, Hashable {
    let subscriptionID: String
    let geography: String
  }

  /// One version with its material, sealed under its kid.
  struct Version: Codable {
    let key: Key
    let sealed: Data
  }

  /// What is sealed.
  struct Body: Codable {
    let series: KeySeries
    let versions: [Version]
  }

  /// Most versions that the service backs up.
  static let versionCountMax = 500
  /// Longest blob read, in bytes; 500 versions of RSA 4096 take about four million.
  static let byteCountMax = 8 << 20
  private static let mark = Array("kmsh key backup 1\n".utf8)
  private static let headerByteCountMax = 1024

  let header: Header
  /// Header as in the blob: what is authenticated.
  private let headerText: [UInt8]
  private let sealed: [UInt8]

  /// Seals a key.
  init(_ body: Body, _ header: Header, _ store: any AzureStore) throws {
    self.header = header
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    headerText = [UInt8](try encoder.encode(header))
    sealed = try store.sealMaterial(
      SecretBytes(copying: try encoder.encode(body)),
      name: Self.name(headerText)
    )
  }

  /// Takes a blob apart; nil for what is none.
  init?(blob: [UInt8]) {
    guard blob.count <= Self.byteCountMax, blob.starts(with: Self.mark) else { return nil }
    let rest = blob.dropFirst(Self.mark.count)
    // A header that cannot be read is none.
    guard let end = rest.prefix(Self.headerByteCountMax).firstIndex(of: UInt8(ascii: "\n")),
      let header = try? JSONDecoder().decode(Header.self, from: Data(rest[..<end]))
    else { return nil }
    self.header = header
    headerText = [UInt8](rest[..<end])
    sealed = [UInt8](rest[(end + 1)...])
  }

  /// The blob: a mark, the header on a line, what is sealed.
  var blob: [UInt8] { Self.mark + headerText + [UInt8(ascii: "\n")] + sealed }

  /// Opens the blob.
  ///
  /// - Throws: what the store says of one that was altered or sealed elsewhere, or `DecodingError`.
  func open(_ store: any AzureStore) throws -> Body {
    let body = try store.openMaterial(sealed, name: Self.name(headerText))
    return try JSONDecoder().decode(Body.self, from: body.withUnsafeBytes { Data($0) })
  }

  private static func name(_ header: [UInt8]) -> String {
    "key backup \(String(decoding: header, as: UTF8.self))"
  }
}
