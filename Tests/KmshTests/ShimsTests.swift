import Foundation
import Testing

/// The programs that stand in for `az` and `kubectl`.
@Suite struct ShimsTests {
  @Test func `shims run this kmsh, say how they are found, and may be made again`() throws {
    let scratch = try Scratch()
    let folder = scratch.file("it's here")
    for _ in 1...2 {
      let outcome = try Program.run(["shims", folder], in: scratch)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("export PATH="))
    }
    let run = try Shell.run(
      "export PATH=\"\(folder):$PATH\"\naz --version | head -n 1\naz account show --query 'name'\n",
      in: scratch
    )
    #expect(run.output == "azure-cli                         2.91.0\n\"Subscription 1\"\n")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.sorted() == ["az", "kubectl"])
  }

  @Test func `a program that kmsh did not make is left alone`() throws {
    let scratch = try Scratch()
    let path = try scratch.write("#!/bin/sh\necho real\n", to: "az")
    let outcome = try Program.run(["shims", scratch.path], in: scratch)
    #expect(outcome.status == 1 && outcome.errors.contains("kmsh did not make it"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "#!/bin/sh\necho real\n")
  }

  @Test func `env sets PATH and a workspace of its own, which it keeps when asked again`() throws {
    let scratch = try Scratch()
    let folder = scratch.file("env")
    let run = try Shell.run(
      """
      eval "$('\(Program.path)' env '\(folder)')"
      az group create -n there -l eastus -o none
      eval "$('\(Program.path)' env '\(folder)')"
      az group list --query '[].name' -o tsv
      echo "$KMSH_WORKSPACE" "$KUBECONFIG" "$(command -v az)" "$(command -v kubectl)"
      """,
      in: scratch
    )
    #expect(
      run.output == "there\n\(folder)/workspace.db \(folder)/kubeconfig \(folder)/bin/az "
        + "\(folder)/bin/kubectl\n"
    )
    #expect(!FileManager.default.fileExists(atPath: scratch.file("workspace.db")))
  }

  @Test func `env makes a folder of its own each time`() throws {
    let scratch = try Scratch()
    let run = try Shell.run(
      """
      export TMPDIR='\(scratch.path)'
      eval "$('\(Program.path)' env)"; A=$KMSH_WORKSPACE
      eval "$('\(Program.path)' env)"; [ "$A" != "$KMSH_WORKSPACE" ] && echo other
      case "$A" in "$TMPDIR"/kmsh.*/workspace.db) echo there;; esac
      """,
      in: scratch
    )
    #expect(run.output == "other\nthere\n", "\(run.errors)")
  }

  @Test(arguments: [["shims"], ["shims", "a", "b"], ["shims", "--all"], ["env", "a", "b"]])
  func `what cannot be meant is wrong usage`(arguments: [String]) throws {
    let outcome = try Program.run(arguments, in: Scratch())
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("kmsh shims DIR"))
  }
}
