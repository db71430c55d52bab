import Console
import LineEditor
import LuaModules
import LuaRuntime

extension Benchmarks {
  /// The prompt: what shows of a list of very many keys, and an undo log beside many writes.
  static func prompt() throws {
    try withWorkspace(resultOfManyRows)
  }

  private static func resultOfManyRows(_ state: LuaState) throws {
    try run(
      state,
      """
      k = key.create{ vault_name = vault.create{ name = 'kv1', resource_group = 'rg' }, name = 'k' }
      list = {}
      for n = 1, 100000 do list[n] = k end
      """
    )
    var surroundings = Surroundings()
    surroundings.rowCount = { 50 }
    var shownCount = 0
    let console = Console(
      state: state,
      reader: RepeatedLine("list", count: 21),
      sinks: Console.Sinks(results: { shownCount += $0.count }, talk: { print($0) }),
      surroundings: surroundings,
      columnCount: { 120 }
    )
    print("The prompt")
    let seconds = median(of: 1) { console.run() } / 21
    precondition(shownCount > 21 * 48 * 40, "nothing was shown")
    show("  first screen of 100000 rows (goal: 50 ms)", seconds * 1e3, "ms")
  }
}

/// The same line, over and over.
private final class RepeatedLine: LineReader {
  private let line: String
  private var count: Int

  init(_ line: String, count: Int) { (self.line, self.count) = (line, count) }

  func readLine(prompt: String) -> LineResult {
    count -= 1
    return count < 0 ? .endOfInput : .line(line)
  }

  func remember(_ entry: String) {}
}
