internal import ArgumentParser

/// `kmsh completion`: what a shell completes kmsh's command line with.
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kmsh completion",
    abstract: "Print a script that completes kmsh's command line in a shell.",
    discussion: """
      bash: kmsh completion bash > ~/.local/share/bash-completion/completions/kmsh
      zsh:  kmsh completion zsh > DIR/_kmsh, DIR being one of $fpath
      fish: kmsh completion fish > ~/.config/fish/completions/kmsh.fish
      """
  )

  /// The shells that there are scripts for.
  enum Shell: String, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish
  }

  @Argument(help: "The shell.")
  var shell: Shell

  /// Returns the script.
  var text: String {
    let shell: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    return CommandTree.completionScript(for: shell) + "\n"
  }
}

/// The command line as a tree, which is what completion is made from: `MainCommand` itself passes
/// a command's own arguments on unread.
private struct CommandTree: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kmsh",
    subcommands: [
      Audit.self, Az.self, Check.self, Completion.self, Docs.self, Doctor.self, Env.self,
      Kubectl.self, Replay.self, Shims.self, Test.self, Version.self,
    ]
  )

  @OptionGroup var flags: Flags

  struct Audit: ParsableCommand {
    static let configuration = AuditArguments.configuration.renamed("audit")
    @OptionGroup var arguments: AuditArguments
  }

  struct Doctor: ParsableCommand {
    static let configuration = DoctorCommand.configuration.renamed("doctor")
    @OptionGroup var arguments: DoctorCommand
  }

  struct Docs: ParsableCommand {
    static let configuration = DocsCommand.configuration.renamed("docs")
    @OptionGroup var arguments: DocsCommand
  }

  struct Completion: ParsableCommand {
    static let configuration = CompletionCommand.configuration.renamed("completion")
    @OptionGroup var arguments: CompletionCommand
  }

  struct Test: ParsableCommand {
    static let configuration = TestCommand.configuration.renamed("test")
    @OptionGroup var arguments: TestCommand
  }

  struct Check: ParsableCommand {
    static let configuration = CheckCommand.configuration.renamed("check")
    @OptionGroup var arguments: CheckCommand
  }

  struct Replay: ParsableCommand {
    static let configuration = ReplayCommand.configuration.renamed("replay")
    @OptionGroup var arguments: ReplayCommand
  }

  struct Shims: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "shims",
      abstract: "Put az and kubectl into a folder, which run kmsh."
    )
    @Argument(completion: .directory) var folder: String
  }

  struct Env: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "env",
      abstract: "Print shell commands that do, with a workspace of its own."
    )
  }

  struct Az: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "az",
      abstract: "Run an az command line over the workspace."
    )
    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
  }

  struct Kubectl: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "kubectl",
      abstract: "Run a kubectl command line over the workspace."
    )
    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
  }

  struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "version",
      abstract: "Print the versions of kmsh and its libraries."
    )
  }
}

extension CommandConfiguration {
  /// The same command by a name without the program's.
  fileprivate func renamed(_ name: String) -> CommandConfiguration {
    CommandConfiguration(commandName: name, abstract: abstract)
  }
}
