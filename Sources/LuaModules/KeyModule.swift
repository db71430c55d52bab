internal import AzureModel
internal import CryptoEngine
internal import FoundationEssentials
public import LuaRuntime

/// How a function names a vault.
let vaultNameOption = LuaOption.required(
  "vault_name",
  .any,
  "vault, by handle or name",
  az: "--vault-name"
).naming(.vaults)

/// Attributes that a new version may be given.
private let attributeOptions: [LuaOption] = [
  .required("name", .string, "1 to 127 letters, digits and hyphens", az: "--name"),
  .optional(
    "ops",
    .strings,
    "operations the key permits",
    default: .words("all of its type"),
    az: "--ops"
  )
  .naming(.keyOperations),
  .optional("not_before", .string, "time before which it does not encrypt", az: "--not-before"),
  .optional("expires", .string, "time from which it does not encrypt", az: "--expires"),
  .optional("disabled", .boolean, "made disabled", default: false, az: "--disabled"),
  .optional("tags", .table, "at most 15", az: "--tags"),
]

/// Options of making a key in a vault that is known.
let createKeyOptions =
  attributeOptions + [
    .optional(
      "kty",
      .string,
      "RSA or EC; with -HSM in a premium vault",
      default: "RSA",
      az: "--kty"
    )
    .naming(.words(["RSA", "EC", "RSA-HSM", "EC-HSM"])),
    .optional(
      "size",
      .integer,
      "2048, 3072 or 4096 bits, for RSA",
      default: .words("2048 for RSA"),
      az: "--size"
    ),
    .optional(
      "curve",
      .string,
      "P-256, P-384, P-521 or P-256K, for EC",
      default: .words("P-256 for EC"),
      az: "--curve"
    )
    .naming(.words(["P-256", "P-384", "P-521", "P-256K"])),
  ]

extension LuaModule {
  /// The Lua module `key`.
  public static func key(_ session: Session) -> LuaModule {
    LuaModule("key", "Keys and their versions.") { module in
      module.keyMaking(session)
      module.keyFinding(session)
      module.deletedKeys(session)
      module.keyBackups(session)
      module.takes(.keyIDs, or: Session.keyNameOptions, "get", "find", "at")
    }
  }

  private func keyMaking(_ session: Session) {
    function(
      "create",
      "Makes a key; again with the same name, a new version of it.",
      options: [vaultNameOption] + createKeyOptions,
      returns: "key"
    ) { call in
      let options = try call.options()
      return try session.createKey(vault: session.vaultName(options.value("vault_name")), options)
    }
    function(
      "import",
      "Takes a private key over from outside, as PEM or JWK.",
      options: [vaultNameOption] + attributeOptions + [
        .optional("pem", .secret, "PKCS #8, PKCS #1 or SEC 1", az: "--pem-string"),
        .optional("jwk", .any, "JSON text or table with the private members").concealed(),
        .optional(
          "kty",
          .string,
          "type that the material must be of",
          default: .words("what it is")
        ),
      ],
      returns: "key"
    ) { call in
      let options = try call.options()
      var asked = try KeyOptions(vault: session.vaultName(options.value("vault_name")), options)
      let (privateKey, jwk) = try options.importedKey()
      asked.kty = asked.kty ?? jwk?.kty
      asked.ops = asked.ops ?? jwk?.keyOps
      let made = try session.azure.importKey(
        asked,
        privateKey: privateKey,
        context: session.context()
      )
      return .object(KeyHandle(made.kid, session))
    }
  }

  private func keyFinding(_ session: Session) {
    function(
      "update",
      "Changes attributes of a version by its id, which get does not return while it is disabled.",
      options: [
        .required("id", .any, "key, by handle or kid", az: "--id").naming(.keyIDs)
      ] + keyChangeOptions,
      returns: "key"
    ) { call in
      let options = try call.options()
      let kid = try session.keyID(options.value("id"))
      let key = try session.azure.updateKey(
        kid,
        options.keyChanges(),
        context: session.context()
      )
      return .object(KeyHandle(key.kid, session))
    }
    function(
      "get",
      "Returns a key by kid, or the newest version by vault and name.",
      parameters: "kid | { vault_name, name, version? }",
      returns: "key"
    ) { call in
      .object(KeyHandle(try session.findKey(call.value(1)).kid, session))
    }
    function(
      "at",
      "Returns a handle by kid, or by vault and name, without asking the vault for it.",
      parameters: "kid | { vault_name, name, version? }",
      returns: "key"
    ) { call in
      .object(KeyHandle(try session.namedKey(call.value(1)), session))
    }
    function(
      "find",
      "As get, nil when there is none.",
      parameters: "kid | { vault_name, name, version? }",
      returns: "key?"
    ) { call in
      do {
        return .object(KeyHandle(try session.findKey(call.value(1)).kid, session))
      } catch let error as AzureError where error.code == .keyNotFound {
        return .nil
      }
    }
    function(
      "list",
      "Returns the newest version of each key of a vault, in order of name.",
      options: [vaultNameOption],
      returns: "array of keys"
    ) { call in
      let name = try session.vaultName(call.options().value("vault_name"))
      var pages = session.keyPages(ofVault: name)
      var handles: [LuaValue] = []
      while let key = try pages.next() { handles.append(.object(KeyHandle(key.kid, session))) }
      return .array(handles)
    }
    function(
      "each",
      "As list, but one key a turn, with one page of 25 in memory.",
      options: [vaultNameOption],
      returns: "iterator of keys"
    ) { call in
      let name = try session.vaultName(call.options().value("vault_name"))
      var pages = session.keyPages(ofVault: name)
      return .object(
        LuaIterator("key.each") {
          try pages.next().map { .object(KeyHandle($0.kid, session)) } ?? .nil
        }
      )
    }
  }
}

extension Session {
  /// Makes a key as the options say.
  func createKey(vault: String, _ options: LuaOptions) throws -> LuaValue {
    let asked = try KeyOptions(vault: vault, options)
    return .object(KeyHandle(try azure.createKey(asked, context: context()).kid, self))
  }

  /// Walks the keys of a vault.
  func keyPages(ofVault name: String) -> Pages<Key> {
    Pages(after: \.name) { last in
      try self.azure.listKeys(vault: name, after: last, context: self.context())
    }
  }
}

/// Walks a list that the service gives in pages, with one page in memory.
struct Pages<Item> {
  private var page: ArraySlice<Item> = []
  private var last: String?
  private var isLast = false
  private let mark: (Item) -> String
  private let read: (String?) throws -> [Item]

  /// Walks pages that `read` gives; `mark` tells where a page goes on after an item.
  init(after mark: @escaping (Item) -> String, _ read: @escaping (String?) throws -> [Item]) {
    self.mark = mark
    self.read = read
  }

  mutating func next() throws -> Item? {
    if page.isEmpty {
      guard !isLast else { return nil }
      let items = try read(last)
      isLast = items.count < Azure.pageLengthMax
      last = items.last.map(mark)
      page = items[...]
    }
    return page.popFirst()
  }
}
