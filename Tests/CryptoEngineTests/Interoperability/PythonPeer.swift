import CryptoEngine
import Foundation
import Testing

/// The `cryptography` package of Python, behind `peer.py`.
enum PythonPeer: Peer {
  static let program = "/usr/bin/python3"
  static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "peer.py").path

  /// It recovers bytes that were signed without naming a hash, but signs none itself.
  static func can(_ verb: Request.Verb, _ algorithm: Algorithm) -> Bool {
    algorithm != .rsNull || verb != .sign
  }

  static func answer(_ requests: [Request]) throws -> [[UInt8]] {
    let folder = try PrivateFolder()
    // Isolated: neither the user's folder nor the environment decides what is imported.
    let run = try folder.run(program, ["-I", "-B", script], input: JSONEncoder().encode(requests))
    try #require(run.status == 0)
    let answers = try JSONDecoder().decode([Data].self, from: Data(run.output))
    try #require(answers.count == requests.count)
    return answers.map { [UInt8]($0) }
  }
}
