internal import ArgumentParser

/// The options of the command line.
struct Flags: ParsableArguments {
  @Option(
    name: .customShort("e", allowingJoined: true),
    help: ArgumentHelp("Run a chunk; may be repeated.", valueName: "code")
  )
  var chunks: [String] = []

  @Option(
    name: .customShort("l", allowingJoined: true),
    help: ArgumentHelp(
      "Require a module into a global of its name first, or as NAME=MODULE.",
      valueName: "module"
    )
  )
  var modules: [String] = []

  @Flag(name: .customLong("version"), help: "Show the versions, as kmsh version does.")
  var showsVersion = false

  @Flag(name: .customShort("i"), help: "Show the prompt after the script.")
  var isInteractive = false

  @Flag(
    name: .customShort("E"),
    help: "Ignore the variables of kmsh and Lua, and the startup file."
  )
  var ignoresEnvironment = false

  @Flag(name: .customShort("n"), help: "Parse what is given, and run nothing.")
  var parsesOnly = false

  @Option(
    help: ArgumentHelp(
      "File of the workspace, or :memory:. Default: $KMSH_WORKSPACE, else the user's data folder.",
      valueName: "path"
    ),
    completion: .file()
  )
  var workspace: String?

  @Flag(help: "Print each returned value, and an error, as a JSON document.")
  var json = false

  @Flag(help: "Tell nothing of how far long work is.")
  var quiet = false

  @Flag(help: "Write each call into the modelled world to standard error, as JSON a line.")
  var trace = false

  @Flag(
    name: .customLong("dry-run"),
    help: "Take everything back in the end, and tell what it would have done."
  )
  var isDryRun = false

  @Option(help: ArgumentHelp("Write a transcript that can be replayed.", valueName: "file"))
  var record: String?

  @Option(help: ArgumentHelp("Make identifiers and random numbers repeatable.", valueName: "n"))
  var seed: Int64?

  @Option(help: ArgumentHelp("Stop the script after so long.", valueName: "seconds"))
  var timeout: Double?

  @Option(
    name: [.customLong("memory"), .customLong("limit-memory")],
    help: ArgumentHelp("Memory Lua may hold, in MiB.", valueName: "mib")
  )
  var memory: Int?

  @Option(help: ArgumentHelp("Instructions Lua may execute.", valueName: "count"))
  var limitInstructions: Int?

  @Option(help: "When there is colour.")
  var color = Arguments.Color.auto

  @Flag(
    name: .customLong("sandbox"),
    help: ArgumentHelp(
      "No files, processes, byte code, debug or modules in C; 256 MiB and 60 s by default."
    )
  )
  var isSandboxed = false

  @Flag(help: "Let modules in C be required.")
  var allowCModules = false

  func validate() throws {
    if let memory, !(1...1_048_576).contains(memory) {
      throw ValidationError("--memory is a number of MiB from 1 to 1048576")
    }
    if let timeout, !(0.001...1_000_000).contains(timeout) {
      throw ValidationError("--timeout is a number of seconds from 0.001 to 1000000")
    }
    if let limitInstructions, limitInstructions < 1 {
      throw ValidationError("--limit-instructions is a number from 1")
    }
    if isSandboxed, allowCModules {
      throw ValidationError("--sandbox and --allow-c-modules exclude each other")
    }
    for (flag, name) in [(json, "--json"), (isDryRun, "--dry-run"), (parsesOnly, "-n")]
    where flag && isInteractive {
      throw ValidationError("\(name) is for scripts: it goes without -i")
    }
  }
}
