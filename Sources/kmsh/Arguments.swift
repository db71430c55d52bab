internal import ArgumentParser

/// The command line, as `lua` has it, with the workspace and the limits of kmsh.
struct Arguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kmsh",
    abstract: "A scriptable shell for rehearsing Kubernetes encryption at rest with a key vault.",
    usage: """
      kmsh [OPTIONS]                    prompt
      kmsh [OPTIONS] FILE [ARG ...]     run a script (`arg` as in lua)
      kmsh [OPTIONS] -e CODE            run a chunk
      kmsh [OPTIONS] -                  run standard input as one script
      kmsh az ...                       az over the workspace
      kmsh shims DIR                    put az and kubectl there, which run kmsh
      kmsh env                          shell commands that do, with a workspace of its own
      kmsh audit FILE ...               what an etcd snapshot is encrypted with
      kmsh kubectl ...                  kubectl over the clusters of the workspace
      kmsh doctor ...                   what is wrong with a workspace, and the cure
      kmsh version                      versions of kmsh and its libraries
      """,
    discussion: """
      Exit status: 0 done, 1 a script or command failed, 2 wrong usage, 3 an audit found something,
      130 interrupted.
      """
  )

  @Option(
    name: .customShort("e"),
    help: ArgumentHelp("Run a chunk; may be repeated.", valueName: "code")
  )
  var chunks: [String] = []

  @Option(
    name: .customShort("l"),
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

  @Option(
    help: ArgumentHelp(
      "File of the workspace, or :memory:. Default: $KMSH_WORKSPACE, else the user's data folder.",
      valueName: "path"
    )
  )
  var workspace: String?

  @Option(help: ArgumentHelp("Memory Lua may hold, in MiB.", valueName: "mib"))
  var limitMemory: Int?

  @Option(help: ArgumentHelp("Instructions Lua may execute.", valueName: "count"))
  var limitInstructions: Int?

  @Argument(parsing: .captureForPassthrough, help: "Script and its arguments; - is standard input.")
  var script: [String] = []

  func validate() throws {
    // What follows the options is passed through unread, so a lone --help arrives here.
    if ["-h", "--help"].contains(script.first) { throw CleanExit.helpRequest() }
    if let first = script.first, first.hasPrefix("-"), first != "-" {
      throw ValidationError("unknown option '\(first)'")
    }
    if let limitMemory, !(1...1_048_576).contains(limitMemory) {
      throw ValidationError("--limit-memory is a number of MiB from 1 to 1048576")
    }
    if let limitInstructions, limitInstructions < 1 {
      throw ValidationError("--limit-instructions is a number from 1")
    }
    if isInteractive, script.first == "-" {
      throw ValidationError("-i needs standard input for the prompt: name a script file")
    }
  }
}
