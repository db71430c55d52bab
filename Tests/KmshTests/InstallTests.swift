import Foundation
import Testing

/// `scripts/install` and its reverse, with the program that the tests are built with.
@Suite struct InstallTests {
  private static let script = Program.root.appending(path: "scripts/install").path
  private static let reverse = Program.root.appending(path: "scripts/uninstall").path

  /// Paths below a folder, those of folders with a slash at the end.
  private static func paths(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).map { path in
      var isFolder = ObjCBool(false)
      _ = FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
      return isFolder.boolValue ? path + "/" : path
    }.sorted()
  }

  private static func install(
    _ prefix: String,
    _ environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    try Tool.run(
      "/bin/bash",
      [script, "--binary", Program.path, prefix],
      environment: environment
    )
  }

  @Test func `what is installed runs from any folder, and leaves nothing when it goes`() throws {
    let scratch = try Scratch()
    let prefix = scratch.file("a prefix")
    let outcome = try Self.install(prefix)
    #expect(outcome.status == 0, "\(outcome.output)")
    let paths = try Self.paths(prefix)
    for path in [
      "bin/kmsh", "share/kmsh/stdlib/kms/rotate.lua", "share/kmsh/stdlib/_meta/vault.d.lua",
      "share/man/man1/kmsh.1", "share/bash-completion/completions/kmsh",
      "share/zsh/site-functions/_kmsh", "share/fish/vendor_completions.d/kmsh.fish",
    ] {
      #expect(paths.contains(path), "\(path)")
    }
    let run = try Tool.run(
      prefix + "/bin/kmsh",
      ["-e", "print(type(kms.rotate.run), package.path:match('[^;]*/share/kmsh/stdlib/%?.lua'))"],
      environment: ["KMSH_WORKSPACE": ":memory:"],
      folder: "/usr"
    )
    #expect(run.output == "function\t\(prefix)/share/kmsh/stdlib/?.lua\n")

    #expect(try Self.install(prefix).status == 0)
    #expect(try Self.paths(prefix) == paths)
    #expect(try Tool.run("/bin/bash", [Self.reverse, prefix]).status == 0)
    #expect(try Self.paths(scratch.path) == [])
    let again = try Tool.run("/bin/bash", [Self.reverse, prefix])
    #expect(again.status == 1 && again.output.hasPrefix("error: nothing is installed below "))
  }

  @Test func `what was there before stays, and DESTDIR stands before the prefix`() throws {
    let scratch = try Scratch()
    let folder = scratch.file("usr/bin")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    _ = try scratch.write("mine", to: "usr/bin/other")
    let before = try Self.paths(scratch.path)
    let environment = ["DESTDIR": scratch.path]
    #expect(try Self.install("/usr", environment).status == 0)
    #expect(try Self.paths(scratch.path).contains("usr/bin/kmsh"))
    // A file of somebody else's keeps its folder.
    _ = try scratch.write("mine", to: "usr/share/kmsh/stdlib/mine.lua")
    let reverse = try Tool.run("/bin/bash", [Self.reverse, "/usr"], environment: environment)
    #expect(reverse.status == 0)
    #expect(
      try Self.paths(scratch.path)
        == (before + [
          "usr/share/", "usr/share/kmsh/", "usr/share/kmsh/stdlib/",
          "usr/share/kmsh/stdlib/mine.lua",
        ]).sorted()
    )
  }

  @Test(arguments: [
    (["--nonsense"], Int32(2), "usage: "), (["a", "b"], 2, "usage: "), (["--binary"], 2, "usage: "),
    (["--binary", "/nowhere", "/nowhere/p"], 1, "error: /nowhere is no program"),
  ])
  func `a slip is told`(arguments: [String], status: Int32, text: String) throws {
    let outcome = try Tool.run("/bin/bash", [Self.script] + arguments)
    #expect(outcome.status == status && outcome.output.hasPrefix(text), "\(outcome.output)")
    #expect(!FileManager.default.fileExists(atPath: "/nowhere"))
  }
}
