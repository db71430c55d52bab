public import Foundation

/// A program that a test started.
///
/// It stands in for Foundation's `Process`, whose start reads beyond the end of a buffer and now and
/// then ends all tests with that (swift-corelibs-foundation, pull request 5472). The program's
/// signal mask is that of the thread which starts it.
public final class ChildProcess: @unchecked Sendable {
  /// Its number, which is its process group's too.
  public let processIdentifier: pid_t
  private let lock = NSLock()
  /// What waiting for it gave, once that is over.
  private var waitStatus: Int32?

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - path: its file.
  ///   - arguments: what follows its name.
  ///   - environment: all of its variables; nil for those of the tests.
  ///   - folder: where it runs; nil for where the tests do.
  ///   - input: what it reads; nil for nothing.
  ///   - output: where its output goes; nil for nowhere.
  ///   - errors: where its errors go; nil for nowhere.
  /// - Throws: `POSIXError` when it does not start.
  public init(
    _ path: String,
    _ arguments: [String],
    environment: [String: String]? = nil,
    folder: String? = nil,
    input: FileHandle? = nil,
    output: FileHandle? = nil,
    errors: FileHandle? = nil
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, handle) in [input, output, errors].enumerated() {
      if let handle {
        posix_spawn_file_actions_adddup2(&actions, handle.fileDescriptor, Int32(number))
      } else {
        posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", O_RDWR, 0)
      }
    }
    try Self.withoutOthers(&actions)
    if let folder { try Self.going(to: folder, &actions) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let variables = environment ?? ProcessInfo.processInfo.environment
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    var settings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var identifier: pid_t = 0
    let failure = posix_spawn(&identifier, path, &actions, &attributes, &words, &settings)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO) }
    processIdentifier = identifier
  }

  /// Whether it has not ended yet.
  public var isRunning: Bool { lock.withLock { reap() } == nil }

  /// Its exit status, or the number of the signal that ended it; 0 while it runs.
  public var terminationStatus: Int32 {
    guard let status = lock.withLock({ reap() }) else { return 0 }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : status & 0x7F
  }

  /// Waits for its end.
  public func waitUntilExit() {
    var information = siginfo_t()
    // It is only looked at here, so that nobody else finds it gone.
    while isRunning {
      waitid(P_PID, id_t(processIdentifier), &information, WEXITED | WNOWAIT)
    }
  }

  /// Sends it a signal, unless it has ended.
  public func send(_ signal: Int32) {
    lock.withLock { if reap() == nil { kill(processIdentifier, signal) } }
  }

  // MARK: What Glibc's module lacks (posix_spawn(3), 2.34 and later)

  private typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>

  /// Leaves open files behind, but the three.
  private static func withoutOthers(_ actions: Actions) throws {
    typealias Function = @convention(c) (Actions, Int32) -> Int32
    _ = unsafeBitCast(try symbol("addclosefrom_np"), to: Function.self)(actions, 3)
  }

  private static func going(to folder: String, _ actions: Actions) throws {
    typealias Function = @convention(c) (Actions, UnsafePointer<CChar>) -> Int32
    _ = unsafeBitCast(try symbol("addchdir_np"), to: Function.self)(actions, folder)
  }

  private static func symbol(_ name: String) throws -> UnsafeMutableRawPointer {
    guard let symbol = dlsym(nil, "posix_spawn_file_actions_" + name) else {
      throw POSIXError(.ENOSYS)
    }
    return symbol
  }

  // MARK: Waiting

  private func reap() -> Int32? {
    var status: Int32 = 0
    if waitStatus == nil, waitpid(processIdentifier, &status, WNOHANG) == processIdentifier {
      waitStatus = status
    }
    return waitStatus
  }
}
