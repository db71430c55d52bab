internal import AzureModel
internal import ClusterModel
internal import CryptoEngine
internal import EncryptionAtRest
internal import EtcdSnapshot
internal import FoundationEssentials
public import LuaRuntime

extension LuaModule {
  /// The Lua module `etcd`: values as a kube-apiserver stored them, whichever etcd they come from.
  public static func etcd(_ session: Session) -> LuaModule {
    LuaModule("etcd", "Stored values: what they are under, and what they hold.") { module in
      module.function(
        "classify",
        "Tells which provider a stored value is under; needs no key.",
        parameters: "bytes",
        returns: "{ provider, name?, kms_version?, key_id?, … }"
      ) { call in
        let stored = try call.bytes(1)
        var members = try StoredShape(stored).members
        members["name"] = .optional(StoredProvider.name(in: stored).map { .string($0) })
        return .table(members)
      }
      module.function(
        "open_snapshot",
        "Opens a file of `etcdctl snapshot save`, to be read only.",
        parameters: "path",
        returns: "etcd"
      ) { call in
        let path = try call.string(1)
        try session.checkMayOpenFiles(call.description.name)
        return .object(EtcdHandle(try EtcdSnapshot(path: path), path))
      }
      module.function(
        "audit",
        "Tells of every stored value what it is under, and whether a key can be retired.",
        options: EtcdAudit.options,
        returns: "{ totals, each, verdict }"
      ) { call in
        try EtcdAudit(call.options(), session).run(call.state)
      }
      module.function(
        "reader",
        "Makes a reader of KMS v2 values that tries the given keys, one after the other.",
        options: [.required("keys", .any, "array of keys, by handle or kid")],
        returns: "reader"
      ) { call in
        guard case .array(let keys) = try call.options().value("keys"), !keys.isEmpty else {
          throw LuaError(
            code: "argument.type",
            message: "\(call.description.name): option 'keys' must be an array of keys"
          )
        }
        return .object(try EtcdReader(keys.map { try session.findKey($0).kid }, session))
      }
      module.takes(.files, "open_snapshot")
      module.takesSecret(argument: 1, "classify")
    }
  }
}

/// Opens stored values with keys of vaults, without the cluster that wrote them.
final class EtcdReader: LuaObject {
  let keys: [KeyID]
  private let reader: KMSv2Reader

  init(_ keys: [KeyID], _ session: Session) throws {
    self.keys = keys
    let azure = try session.azure
    let context = try session.context()
    reader = KMSv2Reader { source in
      var failures: [String] = []
      for key in keys {
        do {
          return try source.unwrapped(by: key, of: azure, context)
        } catch let error as AzureError {
          failures.append("\(key.name): \(error.message.trimmed)")
        }
      }
      throw NoKeyFits(keyID: source.keyID, failures: failures)
    }
  }

  /// None of the keys unwraps a source.
  private struct NoKeyFits: Error, CustomStringConvertible {
    let keyID: String
    let failures: [String]
    var description: String {
      "no given key unwraps the source of key id \(keyID) (\(failures.joined(separator: "; ")))"
    }
  }

  /// Opens one value.
  ///
  /// - Throws: `transform.failed` under another provider or with none of the keys,
  ///   `envelope.invalid`, `envelope.rejected`.
  func open(_ stored: [UInt8], at storagePath: String) throws -> OpenedEnvelope {
    let provider = StoredProvider(classifying: stored)
    guard provider == .kmsV2, let name = StoredProvider.name(in: stored) else {
      throw AtRestError(.failed, "the value is under \(provider.rawValue), not kms:v2")
    }
    return try reader.open(
      stored,
      from: KMSv2Provider.prefix(name: name).count,
      storagePath: storagePath,
      now: .now
    )
  }
}

extension String {
  /// Without the line ends that a service's message may end with.
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

extension LuaClass<EtcdReader> {
  /// The class of readers.
  static func etcdReader() -> LuaClass<EtcdReader> {
    LuaClass("etcd reader", "Opens stored values with given keys.") { type in
      type.describe = { "etcd reader (\($0.keys.count) keys)" }
      type.method(
        "open",
        "Opens a stored value; a Secret comes decoded too.",
        options: [
          .required("etcd_key", .string, "where the value lies; it is bound to that"),
          .required("value", .secret, "the stored bytes"),
        ],
        returns: "{ plaintext, key_id, dek_source_type, secret? }"
      ) { reader, call in
        let options = try call.options()
        let path = options.string("etcd_key")
        let opened = try reader.open(options.bytes("value"), at: path)
        var members: [LuaKey: LuaValue] = [
          "plaintext": .bytes(opened.plaintext), "key_id": .string(opened.keyID),
          "dek_source_type": .string(opened.sourceType.name),
        ]
        if path.hasPrefix(KubernetesSecret.storagePrefix) {
          members["secret"] = try KubernetesSecret(storageBytes: opened.plaintext).luaValue
        }
        return .table(members)
      }
    }
  }
}

extension KubernetesSecret {
  /// The Secret as plain data.
  fileprivate var luaValue: LuaValue {
    func table(_ texts: [String: String]) -> LuaValue {
      .table(Dictionary(uniqueKeysWithValues: texts.map { (LuaKey($0), LuaValue.string($1)) }))
    }
    return .table([
      "name": .string(name), "namespace": .string(namespace), "type": .string(type),
      "uid": .string(uid), "labels": table(labels), "annotations": table(annotations),
      "creation_timestamp": .optional(creationTimestamp.map { .string($0.rfc3339) }),
      "immutable": .optional(isImmutable.map { .boolean($0) }),
      "data": .table(Dictionary(uniqueKeysWithValues: data.map { (LuaKey($0), .bytes($1)) })),
    ])
  }
}
