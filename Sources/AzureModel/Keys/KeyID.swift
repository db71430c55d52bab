/// The identifier of a key or of one version of it: `https://<host>/keys/<name>[/<version>]`.
///
/// Host and version are kept in lower case, the name as written; two ids are equal when the
/// service takes them for the same thing, that is, ignoring letter case.
public struct KeyID: Hashable, Sendable, CustomStringConvertible {
  /// Name of the vault, in lower case.
  public let vault: String
  /// Name of the key, as written.
  public let name: String
  /// Version, 32 lower-case hexadecimal digits; nil for the latest.
  public let version: String?
  /// What equality goes by, and the id of the version's record: all in lower case.
  let recordID: String

  /// End of every vault's host.
  public static let hostSuffix = "vault.azure.net"
  /// Longest text read: what KMS v2 takes as a key id.
  public static let byteCountMax = 1024

  init(vault: String, name: String, version: String?) {
    self.vault = vault.lowercased()
    self.name = name
    self.version = version?.lowercased()
    let series = "\(self.vault)/\(name.lowercased())"
    recordID = self.version.map { "\(series)/\($0)" } ?? series
  }

  /// Names a key by its parts.
  ///
  /// - Throws: `key.id_invalid`.
  public init(vaultName: String, name: String, version: String? = nil) throws {
    let text = "https://\(vaultName).\(Self.hostSuffix)/keys/\(name)"
    try self.init(parsing: version.map { "\(text)/\($0)" } ?? text)
  }

  /// Reads an id, with a version or without.
  ///
  /// - Throws: `key.id_invalid`.
  public init(parsing text: String) throws {
    func invalid(_ why: String) -> AzureError {
      AzureError(
        .keyIDInvalid,
        "'\(text.echoed)' is not a key id: \(why)",
        hint: "a key id is https://<vault>.\(Self.hostSuffix)/keys/<name>/<version>"
      )
    }
    guard text.utf8.count <= Self.byteCountMax else { throw invalid("it is too long") }
    // All of it is ASCII, and what is not is refused below: bytes are all there is to compare.
    let scheme = "https://"
    let (start, rest) = (
      text.utf8.prefix(scheme.utf8.count), text.utf8.dropFirst(scheme.utf8.count)
    )
    guard Substring(start).lowercased() == scheme else { throw invalid("it starts with https://") }
    var parts = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { Substring($0) }
    if parts.count == 4, parts[3].isEmpty { parts.removeLast() }
    guard (3...4).contains(parts.count), parts[1].lowercased() == "keys" else {
      throw invalid("its path is /keys/<name>/<version>")
    }
    let host = parts[0].lowercased()
    let suffix = "." + Self.hostSuffix
    let vault = String(Substring(host.utf8.dropLast(suffix.utf8.count)))
    guard NameRule.isVaultName(vault), host == vault + suffix else {
      throw invalid("its host is <vault>.\(Self.hostSuffix)")
    }
    guard NameRule.isKeyName(String(parts[2])) else {
      throw invalid("a key name has 1 to 127 letters, digits and hyphens")
    }
    if parts.count == 4 {
      guard parts[3].utf8.count == 32, NameRule.isHexadecimal(parts[3]) else {
        throw invalid("a version has 32 hexadecimal digits")
      }
    }
    self.init(
      vault: vault,
      name: String(parts[2]),
      version: parts.count == 4 ? String(parts[3]) : nil
    )
  }

  /// Host of the vault.
  public var host: String { "\(vault).\(Self.hostSuffix)" }
  /// Whether it names one version.
  public var isVersioned: Bool { version != nil }
  /// The same key, without a version.
  public var unversioned: KeyID { KeyID(vault: vault, name: name, version: nil) }

  /// The id as the service writes it.
  public var description: String {
    var text = "https://"
    text.reserveCapacity(text.utf8.count + recordID.utf8.count + Self.hostSuffix.utf8.count + 8)
    text += vault
    text += "."
    text += Self.hostSuffix
    text += "/keys/"
    text += name
    guard let version else { return text }
    text += "/"
    text += version
    return text
  }

  /// Name and version as the service's messages give them.
  var nameAndVersion: String { version.map { "\(name)/\($0.echoed)" } ?? name }
  /// Id of the series' record.
  var seriesRecordID: String {
    version.map { String(recordID.dropLast($0.utf8.count + 1)) } ?? recordID
  }

  /// Compares as the service does, ignoring letter case.
  public static func == (left: KeyID, right: KeyID) -> Bool { left.recordID == right.recordID }

  /// Hashes what equality goes by.
  public func hash(into hasher: inout Hasher) { hasher.combine(recordID) }
}

extension KeyID: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    try self.init(parsing: try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
