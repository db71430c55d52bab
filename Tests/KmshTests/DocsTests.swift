import Foundation
import Peers
import Testing

/// `kmsh docs` and `kmsh completion`.
@Suite struct DocsTests {
  @Test func `a page is what help prints`() throws {
    let scratch = try Scratch()
    let page = try Program.run(["docs", "vault.create"], in: scratch)
    let help = try Program.run(["-e", "help 'vault.create'"], in: scratch)
    #expect(page.status == 0 && page.output == help.output)
    #expect(page.output.hasPrefix("vault.create{…} → vault\n"))
    #expect(try Program.run(["docs", "R76"], in: scratch).output.hasPrefix("R76\n"))
  }

  @Test func `the whole has every function once`() throws {
    let scratch = try Scratch()
    let lines = try Program.run(["docs"], in: scratch).lines
    for name in [
      "vault.create{…} → vault", "kms.rotate{…} → report", "clock.now() → RFC 3339 string",
    ] {
      #expect(lines.count { $0 == name } == 1, "\(name)")
    }
    let markdown = try Program.run(["docs", "--markdown"], in: scratch).lines
    for title in [
      "# kmsh reference", "## Module `kms`", "## Object `deleted key`", "### `vault.create{…}`",
    ] {
      #expect(markdown.count { $0 == title } == 1, "\(title)")
    }
    #expect(markdown.contains { $0.hasPrefix("| `name` (required) | text |  | `--name` |") })
    #expect(!FileManager.default.fileExists(atPath: scratch.file("workspace.db")))
  }

  @Test(arguments: [
    (["docs", "valt"], Int32(1), "did you mean 'vault'"),
    (["docs", "--markdown", "valt"], 1, "did you mean 'vault'"),
    (["docs", "--stubs", "valt"], 1, "did you mean 'vault'"),
    (["docs", "--markdown", "--man"], 2, "hint: kmsh docs --help tells how"),
    (["docs", "--to", "x"], 2, "--to goes with --stubs"),
    (["docs", "--stubs", "--to", "/nowhere/at/all"], 1, "No such file or directory"),
    (["docs", "a", "b"], 2, "hint: kmsh docs --help tells how"),
    (["completion", "tcsh"], 2, "hint: kmsh completion --help tells how"),
    (["completion"], 2, "hint: kmsh completion --help tells how"),
  ])
  func `a slip is told`(arguments: [String], status: Int32, text: String) throws {
    let outcome = try Program.run(arguments, in: Scratch())
    #expect(outcome.status == status && outcome.errors.contains(text), "\(outcome.errors)")
    #expect(outcome.output == "")
  }

  @Test func `stubs are written into a folder`() throws {
    let scratch = try Scratch()
    #expect(try Program.run(["docs", "--stubs", "--to", scratch.path], in: scratch).status == 0)
    let one = try Program.run(["docs", "--stubs", "vault"], in: scratch).output
    #expect(try String(contentsOfFile: scratch.file("vault.d.lua"), encoding: .utf8) == one)
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(names.count { $0.hasSuffix(".d.lua") } >= 14)
  }

  @Test func `the linter takes the globals`() throws {
    let scratch = try Scratch()
    let text = try Program.run(["docs", "--luacheckrc"], in: scratch).output
    let configuration = try scratch.write(text, to: "luacheckrc")
    let good = try scratch.write(
      "print(vault.get('kv1'), workspace.settings.throttling)\n",
      to: "a.lua"
    )
    let bad = try scratch.write("print(valt.get('kv1'), vault.gte)\n", to: "b.lua")
    let options = ["--no-color", "--config", configuration]
    #expect(try Tool.run("/usr/bin/luacheck", options + [good]).status == 0)
    let outcome = try Tool.run("/usr/bin/luacheck", options + [bad])
    #expect(outcome.status != 0)
    #expect(outcome.output.contains("'valt'") && outcome.output.contains("'gte'"))
  }

  @Test func `the man page is a man page`() throws {
    let scratch = try Scratch()
    let page = try Program.run(["docs", "--man"], in: scratch).output
    let file = try scratch.write(page, to: "kmsh.1")
    for part in [".Dt KMSH 1\n", ".Sh NAME\n", ".Sh SYNOPSIS\n", ".It \"vault.create{…}\"\n"] {
      #expect(page.contains(part), "\(part)")
    }
    // Lists and displays that are opened are closed.
    #expect(page.matches(of: #/(?m)^\.Bl /#).count == page.matches(of: #/(?m)^\.El$/#).count)
    #expect(page.matches(of: #/(?m)^\.Bd /#).count == page.matches(of: #/(?m)^\.Ed$/#).count)
    if let mandoc = Tool.find("mandoc") {
      let outcome = try Tool.run(mandoc, ["-Tlint", "-Werror", file])
      #expect(outcome.status == 0, "\(outcome.output)")
    }
    if let groff = Tool.find("groff") {
      let outcome = try Tool.run(groff, ["-Kutf8", "-mdoc", "-Tutf8", "-ww", file])
      #expect(outcome.status == 0 && outcome.output.contains("KMSH(1)"))
      #expect(!outcome.output.contains("mdoc error"))
    }
  }

  @Test(arguments: [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])])
  func `a shell takes its completion script`(shell: String, options: [String]) throws {
    let scratch = try Scratch()
    let outcome = try Program.run(["completion", shell], in: scratch)
    #expect(outcome.status == 0)
    for word in ["docs", "doctor", "audit", "completion", "workspace", "markdown"] {
      #expect(outcome.output.contains(word), "\(word)")
    }
    let file = try scratch.write(outcome.output, to: "script")
    guard let path = Tool.find(shell) else { return }
    let checked = try Tool.run(path, options + [file])
    #expect(checked.status == 0, "\(checked.output)")
  }

  @Test func `bash completes commands, flags and shells`() throws {
    let scratch = try Scratch()
    let script = try scratch.write(
      Program.run(["completion", "bash"], in: scratch).output,
      to: "script"
    )
    for (words, wanted) in [
      (["kmsh", "do"], ["docs", "doctor"]), (["kmsh", "docs", "--mark"], ["--markdown"]),
      (["kmsh", "completion", "z"], ["zsh"]), (["kmsh", "--works"], ["--workspace"]),
    ] {
      let quoted = words.map { "'\($0)'" }.joined(separator: " ")
      let source = """
        source \(script); COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1)
        COMP_LINE='\(words.joined(separator: " "))'; COMP_POINT=${#COMP_LINE}
        _kmsh kmsh \(words.last ?? "") \(words[words.count - 2]) 2>/dev/null
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      let reply = try Tool.run("/bin/bash", ["-c", source]).output
        .split(separator: "\n").map { String($0).trimmingCharacters(in: .whitespaces) }
      #expect(Set(reply).isSuperset(of: wanted), "\(words): \(reply)")
    }
  }
}

/// A program beside kmsh that a test runs.
enum Tool {
  /// Path of a program, nil where it is not installed.
  static func find(_ name: String) -> String? {
    ["/usr/bin", "/bin", "/usr/local/bin"].map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a program to its end, errors and output in one.
  static func run(
    _ path: String,
    _ arguments: [String],
    environment: [String: String] = [:],
    folder: String = "/"
  ) throws -> (status: Int32, output: String) {
    let scratch = try Scratch()
    let output = try scratch.write("", to: "output")
    let handle = FileHandle(forWritingAtPath: output)
    let process = try ChildProcess(
      path,
      arguments,
      environment: [
        "HOME": scratch.path, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
      ].merging(environment) { $1 },
      folder: folder,
      output: handle,
      errors: handle
    )
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: output, encoding: .utf8))
  }
}
