internal import AzureModel
internal import ClusterModel
internal import WorkspaceStore

/// What the Lua modules share: one workspace, opened on first use, and who is calling.
///
/// ## Design
///
/// A script that never touches the cloud must not pay for a database, so the file is opened by
/// the first call that needs it. The session is confined to the thread of its Lua state.
public final class Session {
  /// File of the workspace; `:memory:` for one that ends with the process.
  public let path: String
  /// Whether nothing is told of how far long work is.
  public var isQuiet = false
  /// Whether no file but the workspace is opened.
  public var isSandboxed = false
  private var opened: World?
  /// Whether the workspace is open already.
  var isOpen: Bool { opened != nil }
  /// The checkpoint that this session took or went back to last, until it is dropped.
  var checkpoint: String?
  /// Who calls in place of the signed-in user, the innermost last.
  private var callers: [Principal] = []
  /// Where calls come from, for the network rules of vaults.
  var origin = NetworkOrigin.publicAddress(NetworkOrigin.addressByDefault)
  /// What a prompt keeps at hand.
  public let desk: Desk
  /// Who is asked before something is destroyed; nil in a script.
  var confirmer: Confirmer?
  /// How many recordings for the undo log are under way.
  private var recordingDepth = 0

  /// The opened workspace with the model over it.
  final class World {
    let workspace: Workspace
    let azure: Azure
    let clusters: ManagedClusters

    init(path: String) throws {
      workspace = try Workspace.open(path: path)
      azure = Azure(store: workspace)
      clusters = ManagedClusters(azure: azure, store: workspace)
    }

    /// Who is signed in; that an empty workspace gets an account is nobody's entry, but goes with
    /// the one that emptied it.
    func account() throws -> Account {
      if let account = try azure.findAccount() { return account }
      return try workspace.amendingLastUndoEntry { try azure.account(workspace) }
    }
  }

  /// Makes a session on a workspace that need not exist yet; `talk` takes what is no answer.
  public init(path: String, talk: @escaping (String) -> Void = { _ in }) {
    self.path = path
    desk = Desk(talk: talk)
  }

  /// Opens the workspace, once.
  func world() throws -> World {
    if let opened { return opened }
    let world = try World(path: path)
    for _ in 0..<recordingDepth { try world.workspace.beginUndoEntry() }
    opened = world
    return world
  }

  /// The model of the cloud.
  var azure: Azure {
    get throws { try world().azure }
  }

  /// The model of the clusters.
  var clusters: ManagedClusters {
    get throws { try world().clusters }
  }

  /// The file itself: clock, settings, transactions.
  var workspace: Workspace {
    get throws { try world().workspace }
  }

  /// How often this process has changed the workspace, nil while none is open.
  var revision: Int? { opened?.workspace.revision }

  /// Runs `body` so that its calls are those of a principal, on both planes; may nest.
  func running<Result>(as principal: Principal, _ body: () throws -> Result) rethrows -> Result {
    callers.append(principal)
    defer { callers.removeLast() }
    return try body()
  }

  /// Who calls, and when, by the workspace's clock.
  ///
  /// What has gone on without a call until then, the polls of API servers, happens first.
  func context() throws -> CallContext {
    let world = try world()
    let account = try world.account()
    let context = CallContext(
      principal: callers.last ?? account.signedInUser,
      now: try world.workspace.now(),
      origin: origin,
      identifiers: world.workspace
    )
    try world.clusters.catchUp(context)
    return context
  }

  /// Runs one short call into the model, on one look at the workspace.
  func call<Result>(_ body: (Azure, CallContext) throws -> Result) throws -> Result {
    let world = try world()
    return try world.workspace.reading { try body(world.azure, context()) }
  }

  /// Runs `body` so that what it changes is one entry of the undo log.
  func recordingUndo<Result>(_ body: () throws -> Result) throws -> Result {
    try opened?.workspace.beginUndoEntry()
    recordingDepth += 1
    defer {
      recordingDepth -= 1
      opened?.workspace.endUndoEntry()
    }
    return try body()
  }

  /// Closes the workspace; the next call opens it anew.
  public func close() {
    opened?.workspace.close()
    opened = nil
  }
}
