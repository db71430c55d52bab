internal import AzureModel
internal import ClusterModel
internal import EncryptionAtRest
internal import FoundationEssentials
internal import LuaRuntime

private let clusterOption = LuaOption.required("cluster", .any, "cluster, by handle or name")
  .naming(.clusters)

private let formOptions: [LuaOption] = [
  .optional(
    "form",
    .choice(["row", "object", "text"]),
    "what each is: a row, the whole object, or its JSON laid out over lines",
    default: "object"
  ),
  .optional("depth", .integer, "level that the text of an object stands at", default: 0),
]

extension LuaModule {
  /// The Lua module `api_server`: what `kmsh kubectl` asks of a cluster; to be required by name.
  static func apiServer(_ session: Session) -> LuaModule {
    LuaModule("api_server", "Objects of a cluster as its API server serves them.") { module in
      module.function(
        "each",
        "Walks Secrets, a page in memory at a time; fails before the first when one cannot be read.",
        options: [
          clusterOption, .optional("namespace", .string, "only this one", default: .words("all")),
          .optional("label_selector", .string, "such as app=db"),
          .optional("field_selector", .string, "such as type=Opaque"),
        ] + formOptions,
        returns: "iterator"
      ) { call in
        let options = try call.options()
        let form = try SecretForm(options, now: session.context().now)
        var walk = try SelectedSecrets(options, session)
        return .object(LuaIterator("api_server.each") { try walk.next().map(form.value) ?? .nil })
      }
      module.function(
        "get",
        "Returns one Secret.",
        options: [
          clusterOption, .required("name", .string, "name"),
          .required("namespace", .string, "namespace"),
        ] + formOptions,
        returns: "table or string"
      ) { call in
        let options = try call.options()
        let server = try session.apiServer(options)
        let secret = try server.secret(
          namespace: options.string("namespace"),
          name: options.string("name")
        )
        return try SecretForm(options, now: session.context().now).value(secret)
      }
      module.function(
        "send",
        "Creates or replaces many Secrets; one that is refused stops no other.",
        options: SecretRequests.options,
        returns: "array of { kind, api_version, name, namespace, error? }"
      ) { call in
        try SecretRequests(call.options(), session).answers()
      }
      module.function(
        "delete",
        "Deletes a Secret.",
        options: [
          clusterOption, .required("name", .string, "name"),
          .required("namespace", .string, "namespace"),
        ]
      ) { call in
        let options = try call.options()
        try session.apiServer(options).deleteSecret(
          namespace: options.string("namespace"),
          name: options.string("name")
        )
        return .nil
      }
      module.function(
        "objects",
        "Reads the objects of a file or folder of JSON or YAML one at a time, the elements of lists "
          + "by themselves; - is the input, or else standard input.",
        parameters: "path, is_recursive?, input?",
        returns: "iterator of JSON texts"
      ) { call in
        let state = call.state
        let isRecursive = try call.count > 1 && call.boolean(2)
        let path = try call.string(1)
        let input = path == "-" && !call.isNil(3) ? try call.bytes(3) : nil
        var source =
          try input.map { ObjectSource(text: $0) }
          ?? ObjectSource(path: path, isRecursive: isRecursive) { state.isInterrupted }
        return .object(
          LuaIterator("api_server.objects") { try source.next().map { .bytes($0) } ?? .nil }
        )
      }
      module.places(session)
    }
  }

  /// What stands beside Secrets: nodes, namespaces, and what a command line needs to know.
  private func places(_ session: Session) {
    function(
      "nodes",
      "Returns the nodes.",
      options: [clusterOption],
      returns: "array of { name, version, created, age }"
    ) { call in
      let cluster = try session.cluster(call.options().value("cluster"))
      let now = try session.context().now
      return .array(
        try session.clusters.nodes(of: cluster).map {
          .table([
            "name": .string($0.name), "version": .string($0.version),
            "created": .string($0.created.rfc3339),
            "age": .string(Pod.age(since: $0.created, now)),
          ])
        }
      )
    }
    function(
      "namespaces",
      "Returns the namespaces.",
      options: [clusterOption],
      returns: "array of { name, created, age }"
    ) { call in
      let cluster = try session.cluster(call.options().value("cluster"))
      let now = try session.context().now
      return .array(
        try session.clusters.namespaces(of: cluster).map {
          .table([
            "name": .string($0), "created": .string(cluster.created.rfc3339),
            "age": .string(Pod.age(since: cluster.created, now)),
          ])
        }
      )
    }
    function(
      "selects",
      "Tells whether a label selector asks for an object with these labels.",
      parameters: "selector, labels",
      returns: "boolean"
    ) { call in
      guard case .table(let members) = try call.value(2) else { return .boolean(false) }
      let labels = Dictionary(members.map { ($0.key.text, $0.value.text ?? "") }) { first, _ in
        first
      }
      return .boolean(try LabelSelector(parsing: call.string(1)).matches(labels))
    }
    function(
      "folder",
      "Returns the names of the files in a folder, in order; nil when the path is no folder.",
      parameters: "path",
      returns: "array?"
    ) { call in
      let path = try call.string(1)
      // What is no folder has no contents.
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        return .nil
      }
      return .array(
        names.sorted().filter { name in
          var isFolder = false
          let isThere = FileManager.default.fileExists(
            atPath: "\(path)/\(name)",
            isDirectory: &isFolder
          )
          return isThere && !isFolder
        }.map { .string($0) }
      )
    }
  }
}

extension Session {
  /// The API server of the cluster that the options name.
  func apiServer(_ options: LuaOptions) throws -> APIServer {
    try clusters.apiServer(of: cluster(options.value("cluster")), context())
  }
}

/// Secrets that a selection asks for, one after the other, read a page at a time.
private struct SelectedSecrets {
  private static let pageCount = 500

  private let server: APIServer
  private let selection: SecretSelection
  private var page: ArraySlice<ClusterSecret> = []
  private var last: String?
  private var isAtEnd = false

  init(_ options: LuaOptions, _ session: Session) throws {
    server = try session.apiServer(options)
    selection = try SecretSelection(
      namespace: options.optionalString("namespace"),
      labelSelector: options.optionalString("label_selector"),
      fieldSelector: options.optionalString("field_selector")
    )
    try server.checkReadable(namespace: selection.namespace)
  }

  mutating func next() throws -> ClusterSecret? {
    while true {
      while let secret = page.popFirst() {
        if selection.matches(secret.object) { return secret }
      }
      if isAtEnd { return nil }
      let secrets = try server.listSecrets(
        namespace: selection.namespace,
        after: last,
        limit: Self.pageCount
      )
      last = secrets.last?.object.storagePath ?? last
      isAtEnd = secrets.isEmpty
      page = secrets[...]
    }
  }
}

/// What a Secret is handed to Lua as.
private struct SecretForm {
  private let form: String
  private let depth: Int
  private let now: Date

  init(_ options: LuaOptions, now: Date) throws {
    self.now = now
    form = options.optionalString("form") ?? "object"
    depth = Int(clamping: min(max(options.optionalInteger("depth") ?? 0, 0), 8))
  }

  func value(_ secret: ClusterSecret) throws -> LuaValue {
    let object = secret.object
    guard form != "row" else {
      return .table([
        "namespace": .string(object.namespace), "name": .string(object.name),
        "type": .string(object.type), "count": .integer(Int64(object.data.count)),
        "created": .optional(object.creationTimestamp.map { .string($0.rfc3339) }),
        "age": .string(object.creationTimestamp.map { Pod.age(since: $0, now) } ?? "<unknown>"),
        "labels": .table(
          Dictionary(
            uniqueKeysWithValues: object.labels.map { (LuaKey($0), LuaValue.string($1)) }
          )
        ),
      ])
    }
    let json = try object.objectJSON(resourceVersion: secret.resourceVersion)
    if form == "text" { return .bytes(JSONLayout.indented(json, depth: depth)) }
    return try JSONTree(text: json).luaValue
  }
}
