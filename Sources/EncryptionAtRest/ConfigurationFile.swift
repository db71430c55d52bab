internal import CryptoEngine

/// An EncryptionConfiguration as its file has it: decoded, not yet judged.
struct ConfigurationFile {
  struct Rule {
    var resources: [String] = []
    var providers: [Provider] = []
  }
  struct Provider {
    var aesgcm, aescbc, secretbox: [Key]?
    var isIdentity = false
    var kms: KMS?
  }
  struct Key {
    var name = "", secret = ""
  }
  struct KMS {
    var apiVersion = "", name = "", endpoint = ""
    var cacheSize: Int32?
    var timeout: GoDuration?
  }

  private(set) var rules: [Rule] = []

  // MARK: Decoding

  /// Decodes a file as Kubernetes does since 1.31: strictly.
  ///
  /// - Throws: `configuration.invalid`.
  init(decoding bytes: [UInt8], path: String) throws(AtRestError) {
    guard !bytes.isEmpty else {
      throw Self.failure(
        "error while loading file: encryption provider configuration file \"\(path)\" is empty"
      )
    }
    func decodingFailure(_ text: String) -> AtRestError {
      Self.failure(
        "error decoding encryption provider configuration file \"\(path)\": \(text)"
      )
    }
    do {
      try decode(bytes)
    } catch let failure as Failure {
      throw decodingFailure(failure.text)
    } catch {
      throw decodingFailure("\(error)")
    }
  }

  static func failure(_ text: String) -> AtRestError {
    AtRestError(.configurationInvalid, "error while parsing file: \(text)")
  }

  private struct Failure: Error {
    let text: String
  }

  private mutating func decode(_ bytes: [UInt8]) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(text: "the file is no UTF-8 text")
    }
    let root: YAMLValue
    let isWhole: Bool
    do throws(YAMLDocument.Failure) {
      (root, isWhole) = try YAMLDocument.first(text)
    } catch {
      throw Failure(text: Self.words(for: error, text))
    }
    let members = try Self.header(root)
    var decoder = StrictDecoder()
    let version = members.text("apiVersion")
    let kind = members.text("kind")
    if kind.isEmpty || version.isEmpty {
      do {
        try read(members, &decoder)
      } catch {
        decoder.noteKeys()
      }
      // A comment may hold the key of a provider that was taken out.
      let shown = isWhole && decoder.mayShow && !text.contains("#") ? text : "REDACTED"
      let what = kind.isEmpty ? "Kind" : "apiVersion"
      throw Failure(text: "Object '\(what)' is missing in '\(shown)'")
    }
    guard
      [
        "apiserver.config.k8s.io/v1 EncryptionConfiguration", "v1 EncryptionConfig",
      ].contains("\(version) \(kind)")
    else {
      throw Failure(
        text: "no kind \"\(kind.shown)\" is registered for version \"\(version.shown)\" in scheme "
          + "\"k8s.io/apiserver/pkg/server/options/encryptionconfig/config.go:142\""
      )
    }
    try read(members, &decoder)
    guard decoder.unknown.isEmpty else {
      let fields = decoder.unknown.map { "unknown field \"\($0)\"" }
      throw Failure(text: "strict decoding error: " + fields.joined(separator: ", "))
    }
  }

  /// The members of the root, or what the server says of another one.
  private static func header(_ root: YAMLValue) throws(Failure) -> [Member] {
    let members: [Member]
    switch root {
    case .mapping(let found): members = found
    case .null: members = []
    default:
      throw Failure(
        text: "couldn't get version/kind; json parse error: json: cannot unmarshal \(root.kind) "
          + "into Go value of type struct { APIVersion string "
          + #""json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#
      )
    }
    for (name, value) in members where name == "kind" || name == "apiVersion" {
      switch value {
      case .string, .null: continue
      default:
        throw Failure(
          text: "couldn't get version/kind; json parse error: json: cannot unmarshal "
            + "\(value.kind) into Go struct field .\(name) of type string"
        )
      }
    }
    return members
  }

  /// What the server says of a text that is no YAML: it takes it for JSON.
  private static func words(for failure: YAMLDocument.Failure, _ text: String) -> String {
    switch failure {
    case .limit(let what): return what
    case .duplicateKey(let key, let line):
      return "strict decoding error: yaml: unmarshal errors:\n  line \(line): key "
        + "\"\(key.shown)\" already set in map"
    case .syntax:
      let visible = text.unicodeScalars.filter { !$0.properties.isWhitespace }.prefix(2)
      let first = visible.first ?? " "
      let problem =
        if first == "{", let second = visible.dropFirst().first {
          "invalid character '\(second)' looking for beginning of object key string"
        } else {
          "invalid character '\(first)' looking for beginning of value"
        }
      return "couldn't get version/kind; json parse error: \(problem)"
    }
  }

  private mutating func read(_ members: [Member], _ decoder: inout StrictDecoder) throws {
    for (name, value) in members {
      switch name {
      case "apiVersion", "kind": continue
      case "resources":
        let place = StrictDecoder.Place(
          owner: "EncryptionConfiguration",
          field: "resources",
          path: "resources"
        )
        rules = try decoder.list(value, place, of: "v1.ResourceConfiguration") { item, decoder in
          try Rule(item, &decoder)
        }
      default: decoder.add(unknown: name, at: nil)
      }
    }
  }
}

typealias Member = (name: String, value: YAMLValue)

extension [Member] {
  fileprivate func text(_ name: String) -> String {
    if case .string(let text) = first(where: { $0.name == name })?.value { text } else { "" }
  }
}

extension String {
  /// A name from a file, unless it might be key material: keys are longer, or end in `=`.
  var shown: String {
    let isName = wholeMatch(of: /[A-Za-z0-9._\/-]{0,40}/) != nil
    let isLikeKey = utf8.count == 32 && !contains(/[._-]/)
    return isName && !isLikeKey ? self : "REDACTED"
  }
}
