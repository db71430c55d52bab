internal import AzureModel
internal import CryptoEngine
internal import FoundationEssentials
public import LuaRuntime

/// A live handle to one version of a key.
final class KeyHandle: LuaObject {
  let session: Session
  /// Full identifier, version included.
  let kid: KeyID

  init(_ kid: KeyID, _ session: Session) {
    self.kid = kid
    self.session = session
  }

  /// What the handle stands for.
  ///
  /// - Throws: `key.not_found` once it is gone, `key.disabled` as the service refuses even get.
  func key() throws -> Key { try session.azure.key(kid, context: session.context()) }

  /// What the workspace keeps of it, whatever a caller may do with it.
  ///
  /// - Throws: `key.not_found` once it is gone.
  func record() throws -> Key {
    if let key = try session.azure.findKey(kid) { return key }
    return try key()
  }
}

/// Options of `key.create` beside its name and its vault.
private let attributeOptions: [LuaOption] = [
  .optional("ops", .strings, "operations the key permits", az: "--ops"),
  .optional("not_before", .string, "time before which it does not encrypt", az: "--not-before"),
  .optional("expires", .string, "time from which it does not encrypt", az: "--expires"),
  .optional("disabled", .boolean, "made disabled", az: "--disabled"),
  .optional("tags", .table, "at most 15", az: "--tags"),
]

extension LuaModule {
  /// The Lua module `key`.
  public static func key(_ session: Session) -> LuaModule {
    LuaModule("key", "Keys and their versions.") { module in
      module.function(
        "create",
        "Makes a key; again with the same name, a new version of it.",
        options: [
          .required("vault_name", .any, "vault, by handle or name", az: "--vault-name"),
          .required("name", .string, "1 to 127 letters, digits and hyphens", az: "--name"),
          .optional("kty", .string, "default: RSA", az: "--kty"),
          .optional("size", .integer, "2048 (default), 3072 or 4096 bits", az: "--size"),
        ] + attributeOptions,
        returns: "key"
      ) { call in
        let options = try call.options()
        let made = try session.azure.createKey(
          KeyOptions(
            vault: session.vaultName(options.value("vault_name")),
            name: options.string("name"),
            kty: options.optionalString("kty"),
            size: options.optionalInteger("size").map { Int(clamping: $0) },
            attributes: options
          ),
          context: session.context()
        )
        return .object(KeyHandle(made.kid, session))
      }
      module.function(
        "import",
        "Takes a private key over from outside, as PEM or JWK.",
        options: [
          .required("vault_name", .any, "vault, by handle or name", az: "--vault-name"),
          .required("name", .string, "1 to 127 letters, digits and hyphens", az: "--name"),
          .optional("pem", .secret, "PKCS#8 or PKCS#1", az: "--pem-string"),
          .optional("jwk", .any, "JSON text or table with the private members"),
        ] + attributeOptions,
        returns: "key"
      ) { call in
        let options = try call.options()
        let made = try session.azure.importKey(
          KeyOptions(
            vault: session.vaultName(options.value("vault_name")),
            name: options.string("name"),
            attributes: options
          ),
          privateKey: options.privateKey(),
          context: session.context()
        )
        return .object(KeyHandle(made.kid, session))
      }
      module.function(
        "get",
        "Returns a key by kid, or the newest version by vault and name.",
        parameters: "kid | { vault_name, name, version? }",
        returns: "key"
      ) { call in
        .object(KeyHandle(try session.findKey(call.value(1)).kid, session))
      }
      module.function(
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
      module.function(
        "list",
        "Returns the newest version of each key of a vault.",
        options: [.required("vault_name", .any, "vault, by handle or name", az: "--vault-name")],
        returns: "array of keys"
      ) { call in
        let options = try call.options()
        let name = try session.vaultName(options.value("vault_name"))
        let context = try session.context()
        var handles: [LuaValue] = []
        var last: String?
        repeat {
          let page = try session.azure.listKeys(
            vault: name,
            after: last,
            limit: 500,
            context: context
          )
          handles += page.map { .object(KeyHandle($0.kid, session)) }
          last = page.count == 500 ? page.last?.name : nil
        } while last != nil
        return .array(handles)
      }
    }
  }
}
