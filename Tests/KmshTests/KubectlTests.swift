import Foundation
import Peers
import Testing

/// `kmsh kubectl` as processes: pipes, exit statuses, and two at once on one workspace.
@Suite struct KubectlTests {
  private let scratch: Scratch
  private static let count = 3000

  /// A cluster whose Secrets are under a key that is no longer current.
  init() throws {
    scratch = try Scratch()
    let outcome = try Program.run(
      [
        "-e",
        """
        local v = vault.create{ name = 'kv1', resource_group = 'rg' }
        local i = identity.create{ name = 'id1', resource_group = 'rg' }
        v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
        local options = { enable_azure_keyvault_kms = true, assign_identity = i,
          azure_keyvault_kms_key_id = v:create_key{ name = 'k' },
          azure_keyvault_kms_key_vault_network_access = 'Public' }
        options.name, options.resource_group = 'c1', 'rg'
        local c = cluster.create(options)
        workspace.transaction(function()
          for n = 1, \(Self.count) do
            secret.create{ cluster = c, name = ('s%05d'):format(n), namespace = 'ns' .. n % 3,
              data = { v = tostring(n) } }
          end
        end)
        c:update{ enable_azure_keyvault_kms = true,
          azure_keyvault_kms_key_id = v:create_key{ name = 'k' },
          azure_keyvault_kms_key_vault_network_access = 'Public' }
        """,
      ],
      in: scratch
    )
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  /// Runs a line of a shell in which `kubectl` is the program, on cluster c1.
  private func shell(_ line: String) throws -> Program.Outcome {
    let names = ["out", "err"].map { scratch.file(UUID().uuidString + $0) }
    for name in names { try Data().write(to: URL(filePath: name)) }
    let process = try Program.start(
      ["-c", "kubectl() { '\(Program.path)' kubectl --cluster c1 \"$@\"; }\n" + line],
      in: scratch,
      executable: "/bin/bash",
      output: FileHandle(forWritingAtPath: names[0]),
      errors: FileHandle(forWritingAtPath: names[1])
    )
    process.waitUntilExit()
    return Program.Outcome(
      status: process.terminationStatus,
      output: try String(contentsOfFile: names[0], encoding: .utf8),
      errors: try String(contentsOfFile: names[1], encoding: .utf8)
    )
  }

  /// Counts of the inventory: all, unreadable, stale.
  private func inventory() throws -> [Int] {
    let outcome = try Program.run(
      ["-e", "local i = cluster.get('c1'):inventory{} print(i.values, i.unreadable, i.stale)"],
      in: scratch
    )
    return outcome.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
  }

  @Test func `the document's rewrite is two processes, and moves every Secret`() throws {
    let outcome = try shell(
      "set -o pipefail; kubectl get secrets --all-namespaces -o json | kubectl replace -f -"
    )
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors.prefix(500))")
    #expect(outcome.lines.count == Self.count)
    #expect(outcome.lines.allSatisfy { $0.hasPrefix("secret/s") && $0.hasSuffix(" replaced") })
    #expect(try inventory() == [Self.count, 0, 0])
  }

  @Test func `two rewrites at once neither wait for ever nor lose a Secret`() throws {
    let rewrite = "kubectl get secrets -A -o json | kubectl replace -f -"
    let outcome = try shell("(\(rewrite)) & (\(rewrite)); wait")
    let conflicts = outcome.errors.split(separator: "\n")
    #expect(
      conflicts.allSatisfy {
        $0.hasPrefix("Error from server (Conflict): error when replacing \"STDIN\": Operation ")
      },
      "\(outcome.errors.prefix(500))"
    )
    // Two writers may meet within a line, and leave an empty one.
    #expect(outcome.output.count { $0 == "\n" } + conflicts.count == 2 * Self.count)
    #expect(try inventory() == [Self.count, 0, 0])
  }

  @Test func `a reader that leaves early ends the writer`() throws {
    let outcome = try shell("kubectl get secrets -A -o json | head -3")
    #expect(outcome.output.hasSuffix("\"items\": [\n"), "\(outcome.output)")
  }

  @Test func `a script sees the exit status, results and errors apart`() throws {
    let found = try shell("kubectl get secret nope s00001 -n ns1 -o name; echo $?")
    #expect(found.output == "secret/s00001\n1\n")
    #expect(found.errors == "Error from server (NotFound): secrets \"nope\" not found\n")
    let count = try shell("kubectl get secrets -A -o name | wc -l")
    #expect(count.output == "\(Self.count)\n")
    let empty = try shell("kubectl replace -f - </dev/null; echo $?")
    #expect(empty.output == "1\n" && empty.errors == "error: no objects passed to replace\n")
  }

  @Test func `a folder's files are read in their order, and folders within it when asked`() throws {
    let outcome = try shell(
      """
      mkdir -p "$HOME/d/e" && cd "$HOME"
      for n in d/b.json d/a.yaml d/e/c.yml d/x.txt; do
        name=$(basename "${n%.*}")
        printf '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"%s"}}' "$name" >"$n"
      done
      kubectl create -f d; kubectl delete -f d -R; kubectl create secret generic f --from-file d
      kubectl get secret f -o 'jsonpath={.data}' | tr -d '[:space:]' | head -c 10
      """
    )
    #expect(
      outcome.lines == [
        "secret/a created", "secret/b created", "secret \"a\" deleted", "secret \"b\" deleted",
        "secret/f created", "{\"a.yaml\":",
      ],
      "\(outcome.output) \(outcome.errors)"
    )
    #expect(outcome.errors == "Error from server (NotFound): secrets \"c\" not found\n")
  }

  @Test func `a kubeconfig lies beside the workspace and makes a cluster the current one`() throws {
    let outcome = try Program.run(
      ["kubectl", "config", "set-context", "c1", "--cluster", "c1"],
      in: scratch
    )
    #expect(outcome.output == "Context \"c1\" created.\n")
    #expect(FileManager.default.fileExists(atPath: scratch.file("workspace.db.kubeconfig")))
    let used = try Program.run(["kubectl", "config", "use-context", "c1"], in: scratch)
    #expect(used.status == 0)
    let got = try Program.run(["kubectl", "get", "secret", "s00003", "-n", "ns0"], in: scratch)
    #expect(got.lines.count == 2 && got.status == 0)
  }
}
