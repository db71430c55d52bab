internal import AzureModel
internal import ClusterModel
internal import EncryptionAtRest
internal import LuaRuntime
internal import WorkspaceStore

/// Requests for many objects, each of which is done or refused by itself.
struct SecretRequests {
  static let options: [LuaOption] = [
    .required("cluster", .any, "cluster, by handle or name"),
    .required("verb", .choice(["create", "replace"]), "what is done with each"),
    .required("objects", .table, "JSON texts").concealed(),
    .required("namespace", .string, "of an object that names none"),
    .optional(
      "is_namespace_given",
      .boolean,
      "whether an object of another one is refused",
      default: false
    ),
    .optional("dry_run", .boolean, "whether all is taken back", default: false),
    .optional(
      "is_lenient",
      .boolean,
      "whether fields that nobody knows are dropped",
      default: false
    ),
  ]

  /// Most objects of one call.
  private static let countMax = 1000

  private let given: LuaOptions
  private let session: Session
  private let verb: String
  private let namespace: String

  init(_ given: LuaOptions, _ session: Session) throws {
    self.given = given
    self.session = session
    verb = given.string("verb")
    namespace = given.string("namespace")
  }

  /// One object of the call, and what became of it.
  private struct Request {
    var kind = "Secret"
    var apiVersion = "v1"
    var name = ""
    var namespace = ""
    var secret: KubernetesSecret?
    var refusal: LuaError?

    var luaValue: LuaValue {
      .table([
        "kind": .string(kind), "api_version": .string(apiVersion), "name": .string(name),
        "namespace": .string(namespace), "error": refusal?.value ?? .nil,
      ])
    }
  }

  /// Sends the objects and tells of each what became of it.
  func answers() throws -> LuaValue {
    guard case .array(let texts) = given.value("objects"), texts.count <= Self.countMax else {
      if case .table(let members) = given.value("objects"), members.isEmpty { return .array([]) }
      throw LuaError(
        code: "argument.value",
        message: "objects is an array of at most \(Self.countMax) JSON texts"
      )
    }
    var requests = texts.map(request)
    let server = try session.apiServer(given)
    guard given.optionalBoolean("dry_run") == true else {
      try send(&requests, server)
      return .array(requests.map(\.luaValue))
    }
    /// Takes the requests back.
    struct Undone: Error {}
    do {
      try session.workspace.transaction {
        try send(&requests, server)
        throw Undone()
      }
    } catch is Undone {}
    return .array(requests.map(\.luaValue))
  }

  private func request(_ text: LuaValue) -> Request {
    var request = Request()
    do {
      guard case .bytes(let json) = text else {
        throw LuaError(code: "argument.type", message: "an object must be a JSON text")
      }
      do {
        var secret = try KubernetesSecret(
          request: json,
          isStrict: given.optionalBoolean("is_lenient") != true
        )
        request.name = secret.name
        if secret.namespace.isEmpty { secret.namespace = namespace }
        request.namespace = secret.namespace
        try checkNamespace(secret.namespace)
        request.secret = secret
      } catch let error as AtRestError {
        try describe(json, &request)
        throw LuaError(
          code: "secret.invalid",
          message: error.message,
          status: 400,
          azureCode: "BadRequest"
        )
      }
    } catch let error as any LuaErrorConvertible {
      request.refusal = error.luaError
    } catch {
      request.refusal = LuaError(code: "objects.invalid", message: "\(error)")
    }
    return request
  }

  private func checkNamespace(_ found: String) throws {
    guard given.optionalBoolean("is_namespace_given") == true, found != namespace else { return }
    throw LuaError(
      code: "argument.value",
      message: "the namespace from the provided object \"\(found.echoed)\" does not match the "
        + "namespace \"\(namespace.echoed)\". You must pass '--namespace=\(found.echoed)' to "
        + "perform this operation."
    )
  }

  /// Notes what an object that is no Secret calls itself.
  private func describe(_ json: [UInt8], _ request: inout Request) throws {
    let object = try JSONTree(text: json).luaValue
    let metadata = object.member("metadata")
    request.kind = object.member("kind")?.text ?? ""
    request.apiVersion = object.member("apiVersion")?.text ?? ""
    request.name = metadata?.member("name")?.text ?? ""
    request.namespace = metadata?.member("namespace")?.text ?? namespace
  }

  private func send(_ requests: inout [Request], _ server: APIServer) throws {
    var batch: [Int] = []
    var paths: Set<String> = []
    for index in requests.indices {
      guard let secret = requests[index].secret else { continue }
      // What is named twice is done twice, in order.
      if !paths.insert(secret.storagePath).inserted {
        try send(batch, &requests, server)
        (batch, paths) = ([], [secret.storagePath])
      }
      batch.append(index)
    }
    try send(batch, &requests, server)
  }

  private func send(_ batch: [Int], _ requests: inout [Request], _ server: APIServer) throws {
    var secrets = batch.compactMap { requests[$0].secret }
    if verb == "create" {
      let context = try session.context()
      for index in secrets.indices {
        try secrets[index].stamp(uid: context.identifiers.guid(), at: context.now)
      }
    }
    let answers =
      try verb == "create" ? server.createSecrets(secrets) : server.replaceSecrets(secrets)
    for (index, answer) in zip(batch, answers) { requests[index].refusal = answer?.luaError }
  }
}
