import Foundation

/// The `cryptography` package of Python, behind `peer.py`.
public enum PythonPeer: Peer {
  private static let program = "/usr/bin/python3"
  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "peer.py").path

  /// It recovers bytes that were signed without naming a hash, but signs none itself.
  public static func can(_ verb: Request.Verb, _ algorithm: Algorithm) -> Bool {
    algorithm != .rsNull || verb != .sign
  }

  /// Runs the program once for all requests.
  public static func answer(_ requests: [Request]) throws -> [[UInt8]] {
    let folder = try PrivateFolder()
    // Isolated: neither the user's folder nor the environment decides what is imported.
    let run = try folder.run(program, ["-I", "-B", script], input: JSONEncoder().encode(requests))
    try PeerFailure.check(run.status == 0, "python")
    let answers = try JSONDecoder().decode([Data].self, from: Data(run.output))
    try PeerFailure.check(answers.count == requests.count, "python")
    return answers.map { [UInt8]($0) }
  }
}
