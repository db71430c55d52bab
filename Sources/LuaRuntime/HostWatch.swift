internal import CLua

/// Watches the calls from Lua into the host while something runs, and can cut the run off.
///
/// Every function, method and field of a bound module or object counts, and an assignment to a
/// field; to show or compare an object, or a step of an iterator, does not.
///
/// ## Design
///
/// While no one watches, calls go the way they always go: a watch sends them another way, and so
/// costs nothing when there is none. Watches nest: a call is the inner one's and the outer one's.
final class HostWatch {
  /// What to do at a call.
  enum Act {
    /// Tell of it, before it is made.
    case tell((_ name: String, _ number: Int) throws -> Void)
    /// Cut the run off at the call of this number: instead of it, or once it is made.
    case cut(number: Int, isMade: Bool)
    /// Tell of it when it begins and when it has ended.
    case trace(HostTrace)
  }

  /// What a run is stopped with.
  static let cutOff = LuaError(code: "fault.cut", message: "cut off by an injected fault")

  private let act: Act
  let outer: HostWatch?
  /// The traces that are kept, the outermost first.
  let traces: [HostTrace]
  private(set) var count = 0
  /// Whether the run was cut off; nothing it calls is done any more.
  private(set) var isCut = false

  init(_ act: Act, within outer: HostWatch?) {
    self.act = act
    self.outer = outer
    traces = (outer?.traces ?? []) + { if case .trace(let trace) = act { [trace] } else { [] } }()
  }

  /// Whether the run, or one that it is part of, was cut off.
  var isOver: Bool { isCut || outer?.isOver == true }

  /// Counts a call that is about to be made, the outer watches first.
  ///
  /// - Returns: whoever cuts the run off once it is made.
  /// - Throws: `fault.cut` when the call is not to be made, and what a listener throws.
  fileprivate func arrive(_ name: String, in state: LuaState) throws -> HostWatch? {
    let ender = try outer?.arrive(name, in: state)
    count += 1
    switch act {
    case .tell(let before):
      // What the listener calls is not part of the run.
      try state.watching(by: outer) { try before(name, count) }
    case .cut(count, isMade: false): throw cut(state)
    case .cut(count, isMade: true): return ender ?? self
    case .cut, .trace: break
    }
    return ender
  }

  fileprivate func cut(_ state: LuaState) -> LuaError {
    isCut = true
    unsafe clua_cut(state.machine)
    return Self.cutOff
  }
}

extension LuaState {
  /// Runs `body`; `before` is told the name and number of each call into the host that it makes.
  public func watchingHostCalls<Result>(
    before: @escaping (_ name: String, _ number: Int) throws -> Void,
    _ body: () throws -> Result
  ) throws -> Result {
    try watching(by: HostWatch(.tell(before), within: watch), body)
  }

  /// Runs `body`, and cuts it off at its n-th call into the host, as if its process were killed.
  ///
  /// Nothing in Lua can catch that, and nothing the run left behind reaches the host any more:
  /// neither its coroutines nor its finalisers.
  ///
  /// - Parameters:
  ///   - number: of the call, from 1.
  ///   - isMade: whether that call is made, and only its answer does not arrive.
  ///   - body: what is cut off.
  /// - Returns: nil when the run was cut off.
  /// - Throws: what `body` throws.
  public func cuttingOff<Result>(
    atHostCall number: Int,
    isMade: Bool,
    _ body: () throws -> Result
  ) throws -> Result? {
    let cutter = HostWatch(.cut(number: number, isMade: isMade), within: watch)
    let outcome = Swift.Result {
      try watching(by: cutter) {
        // While the cut lasts, finalisers of what the run made are refused.
        defer { if cutter.isCut { collectGarbage() } }
        return try body()
      }
    }
    guard cutter.isCut, cutter.outer?.isOver != true else { return try outcome.get() }
    unsafe clua_end_cut(machine)
    return nil
  }

  func watching<Result>(
    by watch: HostWatch?,
    _ body: () throws -> Result
  ) throws -> Result {
    let earlier = self.watch
    route(watch)
    defer { route(earlier) }
    return try body()
  }

  private func route(_ watch: HostWatch?) {
    self.watch = watch
    unsafe clua_route(
      machine,
      watch == nil
        ? { unsafe LuaState.dispatch($0, $1, $2, $3) }
        : { unsafe LuaState.dispatchWatched($0, $1, $2, $3) }
    )
  }

  private static func dispatchWatched(
    _ context: UnsafeMutableRawPointer,
    _ body: UnsafeMutableRawPointer,
    _ L: OpaquePointer,
    _ count: Int32
  ) -> Int32 {
    // As in `dispatch`: the state owns the machine that calls, and keeps its bodies.
    let state = unsafe Unmanaged<LuaState>.fromOpaque(context).takeUnretainedValue()
    let function = unsafe Unmanaged<FunctionBody>.fromOpaque(body).takeUnretainedValue()
    let call = unsafe LuaCall(state, L, count, function)
    do {
      return try state.runWatched(function, call)
    } catch {
      state.stage(error, of: call)
      return -1
    }
  }

  private func runWatched(_ function: FunctionBody, _ call: LuaCall) throws -> Int32 {
    guard let watch else { return try function(call) }
    if watch.isOver { throw HostWatch.cutOff }
    guard function.isCounted else { return try function(call) }
    let ender = try watch.arrive(function.description.name, in: self)
    let outcome =
      watch.traces.isEmpty
      ? Swift.Result { try function(call) } : traced(function, call, watch.traces)
    if let ender, !watch.isOver { throw ender.cut(self) }
    return try outcome.get()
  }
}
