import Foundation
import Testing

/// The told paths: what each prints, that it leaves nothing behind, and that it knows its end.
@Suite struct StoryTests {
  /// A story, and Lua that keeps it from ending as documented.
  struct Story: CustomTestStringConvertible, Sendable {
    let name: String
    let sabotage: String
    var testDescription: String { name }
    var path: String { "scripts/\(name).lua" }
  }

  /// Takes a method of a class away: it does nothing and tells of nothing left to do.
  private static func without(_ method: String, of type: String = "cluster") -> String {
    """
    for _, class in pairs(debug.getregistry()) do
      if type(class) == 'table' and rawget(class, '__name') == '\(type)' then
        local index = class.__index
        class.__index = function(handle, member)
          if member ~= '\(method)' then return index(handle, member) end
          return function() return { read = 3, written = 3, failed = {} } end
        end
      end
    end
    """
  }

  static let stories = [
    Story(name: "public_policy", sabotage: without("rewrite_secrets")),
    Story(name: "public_rbac", sabotage: "identity.signed_in = function() error('nobody') end"),
    Story(name: "private", sabotage: without("update")),
    Story(name: "switch_to_private", sabotage: without("update", of: "vault")),
    Story(name: "switch_to_public", sabotage: without("rewrite_secrets")),
    Story(name: "migrate_to_v2", sabotage: without("upgrade")),
    Story(name: "rotation", sabotage: without("update", of: "key")),
    Story(name: "double_rotation", sabotage: without("rewrite_secrets")),
    Story(name: "disable", sabotage: without("rewrite_secrets")),
    Story(name: "expired_key", sabotage: without("update")),
  ]

  /// Ids of one run, in place of which another has others: versions, hashes, GUIDs.
  private static func masked(_ text: String) -> String {
    text.replacing(/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32,64}/) { match in
      String(repeating: "x", count: match.output.0.count)
    }
  }

  @Test func `every script of the folder is told of here`() throws {
    let folder = Program.root.appending(path: "scripts")
    let scripts = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".lua") && $0 != "read_etcd_values.lua" }
    #expect(scripts.sorted() == Self.stories.map { $0.name + ".lua" }.sorted())
  }

  @Test(arguments: stories) func `a story prints what it should, and leaves nothing`(
    story: Story
  ) throws {
    let scratch = try Scratch()
    let outcome = try Program.run([story.path], in: scratch)
    let file = Program.root.appending(path: "Tests/KmshTests/Stories/\(story.name).txt")
    #expect(Self.masked(outcome.output) == (try String(contentsOf: file, encoding: .utf8)))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: scratch.file("workspace.db")))
  }

  @Test func `a story stays in a workspace that is named for it`() throws {
    let scratch = try Scratch()
    let outcome = try Program.run([Self.stories[0].path, "--here"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let count = try Program.run(["-e", "print(#cluster.list{})"], in: scratch)
    #expect(count.output == "1\n")
  }

  @Test(arguments: stories) func `a story that does not end as documented exits with 1`(
    story: Story
  ) throws {
    let outcome = try Program.run(
      ["--workspace", ":memory:", "-e", story.sabotage, story.path],
      in: Scratch()
    )
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: "))
    #expect(!outcome.output.contains("The end is as documented."))
  }

  @Test func `an end that is not the documented one is named`() throws {
    let story = Self.stories[0]
    let outcome = try Program.run(
      ["--workspace", ":memory:", "-e", story.sabotage, story.path],
      in: Scratch()
    )
    #expect(
      outcome.errors
        == "error: the end state is not the documented one: not so: db-1 is under the new version\n"
    )
  }
}
