internal import AzureModel
internal import ClusterModel
internal import EncryptionAtRest
public import LuaRuntime

/// A live handle to a Secret.
final class SecretHandle: LuaObject {
  let cluster: ClusterHandle
  let namespace: String
  let name: String

  init(_ cluster: ClusterHandle, namespace: String, name: String) {
    self.cluster = cluster
    self.namespace = namespace
    self.name = name
  }

  /// What the handle stands for.
  ///
  /// - Throws: `secret.not_found` once it is gone, `secret.unreadable`.
  func secret() throws -> ClusterSecret {
    try cluster.apiServer().secret(namespace: namespace, name: name)
  }
}

private let placeOptions: [LuaOption] = [
  .required("cluster", .any, "cluster, by handle or name").naming(.clusters),
  .required("name", .string, "DNS subdomain", az: "NAME"),
  .optional("namespace", .string, "where it lies", default: "default", az: "--namespace").naming(
    .namespaces
  ),
]

private let foundOptions = placeOptions.naming("name", .secrets)

private let scopeOptions: [LuaOption] = [
  .required("cluster", .any, "cluster, by handle or name").naming(.clusters),
  .optional("namespace", .string, "where it lies", default: "default", az: "--namespace").naming(
    .namespaces
  ),
  .optional(
    "all_namespaces",
    .boolean,
    "of every namespace",
    default: false,
    az: "--all-namespaces"
  ),
]

extension LuaModule {
  /// The Lua module `secret`.
  public static func secret(_ session: Session) -> LuaModule {
    LuaModule("secret", "Secrets of a cluster.") { module in
      module.function(
        "create",
        "Creates a Secret.",
        options: placeOptions + [
          .optional(
            "type",
            .string,
            "what the Secret is for, such as kubernetes.io/tls",
            default: "Opaque",
            az: "--type"
          ),
          .optional("data", .table, "bytes by key").concealed(),
          .optional("string_data", .table, "text by key", az: "--from-literal").concealed(),
          .optional("labels", .table, "text by name"),
          .optional("annotations", .table, "text by name"),
          .optional("immutable", .boolean, "data may never change", default: .words("not set")),
        ],
        returns: "secret"
      ) { call in
        let options = try call.options()
        return try session.call { _, context in
          let cluster = try session.cluster(options.value("cluster"))
          var object = KubernetesSecret(
            name: options.string("name"),
            namespace: options.optionalString("namespace") ?? "default",
            type: options.optionalString("type") ?? "Opaque",
            data: try options.secretData() ?? [:],
            uid: try context.identifiers.guid(),
            creationTimestamp: context.now
          )
          object.labels = try options.optionalTags("labels") ?? [:]
          object.annotations = try options.optionalTags("annotations") ?? [:]
          object.isImmutable = options.optionalBoolean("immutable")
          _ = try session.clusters.apiServer(of: cluster, context).createSecret(object)
          return .object(
            SecretHandle(
              ClusterHandle(cluster, session),
              namespace: object.namespace,
              name: object.name
            )
          )
        }
      }
      module.function("get", "Returns a Secret.", options: foundOptions, returns: "secret") {
        call in
        let handle = try session.secretHandle(call.options())
        _ = try handle.secret()
        return .object(handle)
      }
      module.function(
        "find",
        "As get, nil when there is none.",
        options: foundOptions,
        returns: "secret?"
      ) { call in
        let handle = try session.secretHandle(call.options())
        let found = try handle.cluster.apiServer().findSecret(
          namespace: handle.namespace,
          name: handle.name
        )
        return found == nil ? .nil : .object(handle)
      }
      module.function(
        "list",
        "Returns the Secrets of a namespace, or of all.",
        options: scopeOptions,
        returns: "array of secrets"
      ) { call in
        var walk = try SecretWalk(call.options(), session)
        var handles: [LuaValue] = []
        while let handle = try walk.next() { handles.append(.object(handle)) }
        return .array(handles)
      }
      module.function(
        "each",
        "Walks the Secrets of a namespace, or of all, a page in memory at a time.",
        options: scopeOptions,
        returns: "iterator of secrets"
      ) { call in
        let options = try call.options()
        var walk = try SecretWalk(options, session)
        return .object(
          LuaIterator("secret.each") {
            if let handle = try walk.next() { return .object(handle) }
            walk = try SecretWalk(options, session)
            return .nil
          }
        )
      }
    }
  }
}

/// Handles of Secrets one after the other, read a page at a time.
private struct SecretWalk {
  private static let pageCount = 500

  private let cluster: ClusterHandle
  private let namespace: String?
  private var page: ArraySlice<SecretHandle> = []
  private var last: String?
  private var isAtEnd = false

  init(_ options: LuaOptions, _ session: Session) throws {
    cluster = ClusterHandle(try session.cluster(options.value("cluster")), session)
    namespace =
      options.optionalBoolean("all_namespaces") == true
      ? nil : options.optionalString("namespace") ?? "default"
  }

  mutating func next() throws -> SecretHandle? {
    if page.isEmpty, !isAtEnd {
      let secrets = try cluster.apiServer().listSecrets(
        namespace: namespace,
        after: last,
        limit: Self.pageCount
      )
      last = secrets.last?.object.storagePath
      isAtEnd = secrets.isEmpty
      page =
        secrets.map {
          SecretHandle(cluster, namespace: $0.object.namespace, name: $0.object.name)
        }[...]
    }
    return page.popFirst()
  }
}

extension Session {
  /// The Secret that the options name, found or not.
  fileprivate func secretHandle(_ options: LuaOptions) throws -> SecretHandle {
    SecretHandle(
      ClusterHandle(try cluster(options.value("cluster")), self),
      namespace: options.optionalString("namespace") ?? "default",
      name: options.string("name")
    )
  }
}

extension LuaOptions {
  /// The version that an update is for.
  fileprivate func optionalResourceVersion() throws -> Int64? {
    guard let text = optionalString("resource_version") else { return nil }
    guard let version = Int64(text), version > 0 else {
      throw LuaError(
        code: "argument.value",
        message: "resource_version is a number as a Secret's field of that name has it"
      )
    }
    return version
  }

  /// The bytes of `data` with the text of `string_data` over them; nil when neither is given.
  fileprivate func secretData() throws -> [String: [UInt8]]? {
    guard contains("data") || contains("string_data") else { return nil }
    var data: [String: [UInt8]] = [:]
    for name in ["data", "string_data"] {
      if case .array(let items) = value(name), !items.isEmpty {
        throw Self.nameless(name)
      }
      guard case .table(let members) = value(name) else { continue }
      for (key, value) in members {
        guard case .string = key else { throw Self.nameless(name) }
        guard case .bytes(let bytes) = value else {
          throw LuaError(
            code: "argument.type",
            message: "\(name): '\(key.text)' must be a string"
          )
        }
        data[key.text] = bytes
      }
    }
    return data
  }

  private static func nameless(_ option: String) -> LuaError {
    LuaError(
      code: "argument.type",
      message: "\(option): each value needs a name that is text",
      hint: "\(option) = { NAME = 'VALUE' }"
    )
  }
}

extension LuaClass<SecretHandle> {
  /// The class of Secret handles.
  static func secret() -> LuaClass<SecretHandle> {
    LuaClass("secret", "A Secret of a cluster.") { type in
      type.describe = { "secret \($0.namespace)/\($0.name)" }
      type.isEqual = {
        $0.name == $1.name && $0.namespace == $1.namespace && $0.cluster.name == $1.cluster.name
      }
      type.card = { handle in
        let secret = try handle.secret()
        return .card(
          "secret \(handle.namespace)/\(handle.name)",
          [
            ("type", .string(secret.object.type.echoed)),
            ("data keys", .string(secret.object.data.keys.sorted().joined(separator: " "))),
            ("resource_version", .string("\(secret.resourceVersion)")),
          ]
        )
      }
      type.row = { handle in
        let secret = try handle.secret()
        return .row([
          ("namespace", .string(handle.namespace)), ("name", .string(handle.name)),
          ("type", .string(secret.object.type.echoed)),
          ("data", .integer(Int64(secret.object.data.count))),
        ])
      }
      type.field("name", "Name.") { .string($0.name) }
      type.field("namespace", "Namespace.") { .string($0.namespace) }
      type.field("type", "Type.") { .string(try $0.secret().object.type) }
      type.field("data", "Decoded bytes by key.") { handle in
        .table(
          Dictionary(
            uniqueKeysWithValues: try handle.secret().object.data.map {
              (LuaKey($0), LuaValue.bytes($1))
            }
          )
        )
      }
      type.field("labels", "Labels.") { handle in
        .table(
          Dictionary(
            uniqueKeysWithValues: try handle.secret().object.labels.map {
              (LuaKey($0), LuaValue.string($1))
            }
          )
        )
      }
      type.field("resource_version", "Revision of the last write.") {
        .string("\(try $0.secret().resourceVersion)")
      }
      type.field("uid", "Identifier of this object.") { .string(try $0.secret().object.uid) }
      type.field("creation_timestamp", "When it was made.") {
        .optional(try $0.secret().object.creationTimestamp.map { .string($0.rfc3339) })
      }
      type.method(
        "update",
        "Changes the Secret; data given replaces all data.",
        options: [
          .optional("data", .table, "bytes by key").concealed(),
          .optional("string_data", .table, "text by key").concealed(),
          .optional("labels", .table, "text by name"),
          .optional("immutable", .boolean, "data may never change"),
        ].keepingWhatIsLeftOut + [
          .optional("resource_version", .string, "refuse when it stands at another")
        ],
        returns: "secret"
      ) { handle, call in
        let options = try call.options()
        var changes = SecretChanges()
        changes.data = try options.secretData()
        changes.labels = try options.optionalTags("labels")
        changes.isImmutable = options.optionalBoolean("immutable")
        changes.resourceVersion = try options.optionalResourceVersion()
        _ = try handle.cluster.apiServer().updateSecret(
          namespace: handle.namespace,
          name: handle.name,
          changes
        )
        return .object(handle)
      }
      type.method("delete", "Deletes the Secret.") { handle, _ in
        try handle.cluster.apiServer().deleteSecret(
          namespace: handle.namespace,
          name: handle.name
        )
        return .nil
      }
      type.secretExplanation()
      type.method("stored", "Tells how the Secret lies in etcd.", returns: "table") { handle, _ in
        let server = try handle.cluster.apiServer()
        let entry = try server.stored(namespace: handle.namespace, name: handle.name)
        // A value that cannot be opened still shows how it lies.
        return try StoredShape.luaValue(entry, plaintext: try? server.open(entry).plaintext)
      }
    }
  }
}
