import Foundation
import LuaRuntime

/// Figures of one machine in one run: compare the ratios, not the times.
@main
enum Benchmarks {
  static func main() throws {
    HostMemory.keepFreed()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "emit" { return try SnapshotValues.emit(Array(arguments.dropFirst())) }
    if arguments.first == "audit-rows" { return try auditRows() }
    if arguments.first == "durable" { return try durableSecrets() }
    if arguments.first == "secrets", let kmsh = arguments.dropFirst().first {
      return try manySecrets(kmsh, counts: arguments.dropFirst(2).compactMap { Int($0) })
    }
    if arguments.first == "commands", let kmsh = arguments.dropFirst().first {
      return try commands(kmsh)
    }
    if arguments.first == "trials" { return try trials() }
    if arguments.first == "prompts", arguments.count == 3 {
      return try prompts(arguments[1], workspace: arguments[2])
    }
    guard let kmsh = arguments.first, arguments.count == 1 || arguments.count == 3 else {
      print("usage: benchmarks PATH-OF-KMSH [SNAPSHOT KEY.pem]")
      exit(2)
    }
    try coldStart(kmsh)
    try commands(kmsh)
    try storedValues()
    try largeValues()
    if arguments.count == 3 { try audits(kmsh, snapshot: arguments[1], key: arguments[2]) }
    try callsFromLua()
    try vaultOperations()
    try secretsThroughLua()
    try durableSecrets()
    try manySecrets(kmsh)
    try trials()
    try grants()
    try auditRows()
  }

  /// Median seconds of several runs.
  static func median(of count: Int, _ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let times = try (0..<count).map { _ in try clock.measure(body) / .seconds(1) }
    return times.sorted()[count / 2]
  }

  /// Median seconds of two bodies that take turns, and the median of their ratios.
  ///
  /// Each goes first in every other round, so that neither is helped by what the other left.
  static func inTurns(
    _ rounds: Int,
    _ reference: () throws -> Void,
    _ body: () throws -> Void
  ) rethrows -> (reference: Double, body: Double, ratio: Double) {
    let times = try (0..<rounds).map { round in
      let early = try median(of: 1) { try round % 2 == 0 ? reference() : body() }
      let late = try median(of: 1) { try round % 2 == 0 ? body() : reference() }
      return round % 2 == 0 ? (reference: early, body: late) : (reference: late, body: early)
    }
    func middle(_ values: [Double]) -> Double { values.sorted()[rounds / 2] }
    return (
      middle(times.map(\.reference)), middle(times.map(\.body)),
      middle(times.map { $0.body / $0.reference })
    )
  }

  /// Prints one line of a figure: what, its value, its ratio to the reference above it, the goal.
  static func show(
    _ what: String,
    _ value: Double,
    _ unit: String,
    times reference: Double? = nil,
    goal: String? = nil
  ) {
    show(what, value, unit, ratio: reference.map { value / $0 }, goal: goal)
  }

  /// As `show` above, with a ratio that was found otherwise.
  static func show(
    _ what: String,
    _ value: Double,
    _ unit: String,
    ratio: Double?,
    goal: String? = nil
  ) {
    let ratio = ratio.map { String(format: "%6.2f x", $0) } ?? ""
    let line =
      what.padding(toLength: 62, withPad: " ", startingAt: 0)
      + String(format: "%10.2f ", value)
      + unit.padding(toLength: 5, withPad: " ", startingAt: 0) + ratio
    guard let goal else { return print(line) }
    print(line.padding(toLength: 88, withPad: " ", startingAt: 0) + "  goal: \(goal)")
  }

  private static func coldStart(_ kmsh: String) throws {
    func start(_ path: String, _ flag: String) throws -> Double {
      try median(of: 101) {
        // Foundation's Process notices an end late; this is what a shell does.
        var arguments: [UnsafeMutablePointer<CChar>?] = [
          strdup(path), strdup(flag), strdup(""), nil,
        ]
        defer { for argument in arguments { free(argument) } }
        var identifier: pid_t = 0
        guard posix_spawn(&identifier, path, nil, nil, &arguments, environ) == 0,
          waitpid(identifier, nil, 0) == identifier
        else { throw CocoaError(.executableLoad) }
      }
    }
    print("Cold start of an empty program")
    let lua = try start("/usr/bin/lua5.4", "-e")
    show("  lua5.4 -e ''", lua * 1e3, "ms")
    show("  kmsh -e ''", try start(kmsh, "-e") * 1e3, "ms", times: lua * 1e3)
    show("  python3 -c ''", try start("/usr/bin/python3", "-c") * 1e3, "ms", times: lua * 1e3)
  }
}
