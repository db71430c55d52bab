internal import ArgumentParser
internal import FoundationEssentials
internal import LuaModules
internal import WorkspaceStore

/// `kmsh doctor`: what is wrong with a workspace, and what can be done.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kmsh doctor",
    abstract: "Tell what is wrong with a workspace, and what can be done.",
    discussion: """
      Looks at the files, the database, its records, checkpoints and clusters, and changes nothing.
      With --repair it counts anew what Secrets are under, and takes away rows that no checkpoint
      owns: what can be made good from the rest.

      Exit status: 0 nothing is wrong, 1 something is.
      """
  )

  @Option(
    help: ArgumentHelp(
      "File of the workspace. Default: $KMSH_WORKSPACE, else the user's data folder.",
      valueName: "path"
    )
  )
  var workspace: String?

  @Flag(help: "Repair what can be repaired.")
  var repair = false

  @Flag(help: "Print JSON.")
  var json = false

  /// Prints the findings; false when something is wrong.
  func examine(workspace named: String?) throws -> Bool {
    let path =
      workspace ?? named
      ?? Workspace.defaultPath(environment: ProcessInfo.processInfo.environment)
    var findings = try Self.findings(path)
    var repaired: [WorkspaceFinding] = []
    if repair, findings.contains(where: \.isRepairable) {
      repaired = findings.filter(\.isRepairable)
      try WorkspaceExamination.repair(path: path)
      findings = try Self.findings(path)
    }
    Kmsh.write(
      try json ? Self.json(path, findings, repaired) : Self.text(path, findings, repaired),
      to: 1
    )
    return !findings.contains { $0.severity == .problem }
  }

  private static func findings(_ path: String) throws -> [WorkspaceFinding] {
    let examination = WorkspaceExamination(path: path)
    guard examination.isUsable else { return examination.findings }
    return examination.findings + (try ClusterExamination.findings(path: path))
  }

  private static func text(
    _ path: String,
    _ findings: [WorkspaceFinding],
    _ repaired: [WorkspaceFinding]
  ) -> String {
    var lines = ["workspace \(path)"]
    for finding in repaired { lines.append("repaired \(finding.id): \(finding.message)") }
    for finding in findings {
      lines.append("\(finding.severity.rawValue) \(finding.id): \(finding.message)")
      if let cure = finding.cure { lines.append("  cure: \(cure)") }
    }
    if !findings.contains(where: { $0.severity == .problem }) { lines.append("nothing is wrong") }
    return lines.joined(separator: "\n") + "\n"
  }

  private struct Report: Encodable {
    let workspace: String
    let ok: Bool
    let findings, repaired: [WorkspaceFinding]
  }

  private static func json(
    _ path: String,
    _ findings: [WorkspaceFinding],
    _ repaired: [WorkspaceFinding]
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    let report = Report(
      workspace: path,
      ok: !findings.contains { $0.severity == .problem },
      findings: findings,
      repaired: repaired
    )
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }
}
