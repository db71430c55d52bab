import Foundation

extension Benchmarks {
  /// A command of `az` as a script runs it: a whole process, its output read by no one.
  static func commands(_ kmsh: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let start = [kmsh, "--workspace", folder.appending(path: "workspace.db").path, "az"]
    try run(start + ["keyvault", "create", "-n", "kv1", "-g", "rg", "-o", "none"])
    try run(start + ["keyvault", "key", "create", "-n", "k", "--vault-name", "kv1", "-o", "none"])
    let show = [
      "keyvault", "key", "show", "-n", "k", "--vault-name", "kv1", "--query", "key.kid", "-o",
      "tsv",
    ]
    print("A command line of az, a whole process")
    let seconds = try median(of: 101) { try run(start + show) }
    Benchmarks.show("  az keyvault key show", seconds * 1e3, "ms", goal: "under 30 ms")
  }

  /// Runs a program to its end as a shell does, its output thrown away.
  private static func run(_ words: [String]) throws {
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var (identifier, status): (pid_t, Int32) = (0, 0)
    guard posix_spawn(&identifier, words[0], &actions, nil, &arguments, environ) == 0,
      waitpid(identifier, &status, 0) == identifier, status == 0
    else { throw CocoaError(.executableLoad) }
  }
}
