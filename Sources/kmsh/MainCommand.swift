internal import ArgumentParser

/// The command line as it is parsed and told of: as `lua` has it, with the workspace and the limits
/// of kmsh.
struct MainCommand: ParsableCommand {
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
      kmsh test [PATH ...]              run the tests in *_test.lua
      kmsh check [PATH ...]             look for mistakes in Lua without running it
      kmsh replay FILE ...              run transcripts and compare
      kmsh docs [NAME]                  the reference
      kmsh completion bash|zsh|fish     completion of the command line, for a shell
      kmsh version                      versions of kmsh and its libraries
      """,
    discussion: """
      Exit status: 0 done, 1 a script or command failed, 2 wrong usage, 3 an audit, a check, a test
      or a replay found something, 124 out of time, 130 interrupted.
      """
  )

  @OptionGroup var flags: Flags

  @Argument(
    parsing: .captureForPassthrough,
    help: "Script and its arguments; - is standard input.",
    completion: .file()
  )
  var script: [String] = []

  mutating func validate() throws {
    // What follows the options is passed through unread, so a lone --help arrives here.
    if ["-h", "--help"].contains(script.first) { throw CleanExit.helpRequest() }
    if script.first == "--" {
      script.removeFirst()
    } else if let first = script.first, first.hasPrefix("-"), first != "-" {
      throw ValidationError("unknown option '\(first)'")
    }
    if flags.isInteractive, script.first == "-" {
      throw ValidationError("-i needs standard input for the prompt: name a script file")
    }
  }
}
