/// The address of a KMS plugin: a URL of scheme `unix`, as Go takes it apart.
///
/// Source: specification §3.5; Go `net/url.Parse`.
public enum SocketEndpoint {
  /// Returns the socket's path; `@name` is one of Linux's abstract namespace.
  ///
  /// - Throws: `configuration.invalid`.
  public static func address(_ endpoint: String) throws(AtRestError) -> String {
    guard !endpoint.isEmpty else {
      throw AtRestError(
        .configurationInvalid,
        "remote KMS provider can't use empty string as endpoint"
      )
    }
    let url: GoURL
    do {
      url = try GoURL(endpoint)
    } catch {
      throw AtRestError(
        .configurationInvalid,
        "invalid endpoint \"\(endpoint)\" for remote KMS provider, error: \(error.message)"
      )
    }
    guard url.scheme == "unix" else {
      throw AtRestError(
        .configurationInvalid,
        "unsupported scheme \"\(url.scheme)\" for remote KMS provider"
      )
    }
    return url.path.hasPrefix("/@") ? String(url.path.dropFirst()) : url.path
  }
}

/// Scheme and path of a URL, by Go's rules.
struct GoURL {
  let scheme: String
  /// Decoded; empty when the URL has none, or is opaque.
  let path: String

  /// What Go's parser says.
  struct Failure: Error {
    let message: String
  }

  init(_ text: String) throws(Failure) {
    func failure(_ what: String) -> Failure { Failure(message: "parse \"\(text)\": \(what)") }
    guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw failure("net/url: invalid control character in URL")
    }
    var rest = text.prefix { $0 != "#" }
    guard let (scheme, afterScheme) = Self.scheme(rest) else {
      throw failure("missing protocol scheme")
    }
    rest = afterScheme.prefix { $0 != "?" }
    self.scheme = scheme
    if !rest.hasPrefix("/") {
      if !scheme.isEmpty {
        path = ""
        return
      }
      guard !rest.prefix(while: { $0 != "/" }).contains(":") else {
        throw failure("first path segment in URL cannot contain colon")
      }
    }
    if rest.hasPrefix("//"), !scheme.isEmpty || !rest.hasPrefix("///") {
      let host = rest.dropFirst(2).prefix { $0 != "/" }
      if let bad = host.first(where: { " <>\"".contains($0) }) {
        throw failure("invalid character \"\(bad)\" in host name")
      }
      rest = rest.dropFirst(2 + host.count)
    }
    switch Self.decoded(rest) {
    case .success(let path): self.path = path
    case .failure(let escape): throw failure("invalid URL escape \"\(escape.text)\"")
    }
  }

  /// The scheme in lower case and what follows; nil for a URL that begins with a colon.
  private static func scheme(_ text: Substring) -> (String, Substring)? {
    let letters = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    guard text.dropFirst(letters.count).first == ":", letters.first?.isLetter ?? true else {
      return ("", text)
    }
    guard !letters.isEmpty else { return nil }
    return (letters.lowercased(), text.dropFirst(letters.count + 1))
  }

  /// An escape that is none.
  private struct BadEscape: Error {
    let text: String
  }

  private static func decoded(_ text: Substring) -> Result<String, BadEscape> {
    var bytes: [UInt8] = []
    let given = Array(text.utf8)
    var index = 0
    while index < given.count {
      guard given[index] == UInt8(ascii: "%") else {
        bytes.append(given[index])
        index += 1
        continue
      }
      let escape = given[index..<min(index + 3, given.count)]
      let digits = String(decoding: escape.dropFirst(), as: UTF8.self)
      guard escape.count == 3, digits.allSatisfy(\.isHexDigit), let byte = UInt8(digits, radix: 16)
      else { return .failure(BadEscape(text: String(decoding: escape, as: UTF8.self))) }
      bytes.append(byte)
      index += 3
    }
    return .success(String(decoding: bytes, as: UTF8.self))
  }
}
