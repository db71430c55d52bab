import Foundation

/// One thing asked of a peer.
public struct Request: Encodable {
  /// What is asked.
  public enum Verb: String, Encodable, Sendable {
    // Each as the peers spell it.
    case encrypt, decrypt, sign, verify
  }

  let verb: Verb
  let algorithm: Algorithm
  /// Private key to decrypt and sign, public one to encrypt and verify, in PEM form.
  let key: String
  /// Message, ciphertext or digest.
  let value: Data
  /// What to verify.
  var signature = Data()

  /// Asks a thing.
  public init(
    _ verb: Verb,
    _ algorithm: Algorithm,
    key: String,
    _ value: [UInt8],
    signature: [UInt8] = []
  ) {
    self.verb = verb
    self.algorithm = algorithm
    self.key = key
    self.value = Data(value)
    self.signature = Data(signature)
  }
}

/// Another implementation of the same algorithms.
public protocol Peer {
  /// Whether it can do a thing at all.
  static func can(_ verb: Request.Verb, _ algorithm: Algorithm) -> Bool
  /// Answers each request in turn: the bytes asked for, of verifying one byte, 1 or 0.
  static func answer(_ requests: [Request]) throws -> [[UInt8]]
}

/// A folder that only we may enter, and that goes when its owner goes.
public final class PrivateFolder {
  private let url: URL

  /// Makes the folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "kmsh-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file and returns its path.
  public func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    let file = url.appending(path: name)
    try Data(bytes).write(to: file)
    return file.path
  }

  /// Path of a file in it.
  public func path(of name: String) -> String { url.appending(path: name).path }

  /// Runs a program on some input, at most a minute, and returns its exit status and output.
  ///
  /// All three streams are files, so that neither side can wait for the other.
  public func run(
    _ program: String,
    _ arguments: [String],
    input: some Sequence<UInt8> = []
  ) throws -> (status: Int32, output: [UInt8]) {
    let names = try ["in", "out", "err"].map { try write([], to: $0) }
    _ = try write(input, to: "in")
    let process = try ChildProcess(
      program,
      arguments,
      input: FileHandle(forReadingAtPath: names[0]),
      output: FileHandle(forWritingAtPath: names[1]),
      errors: FileHandle(forWritingAtPath: names[2])
    )
    // The one process started here, should it hang.
    DispatchQueue.global().asyncAfter(deadline: .now() + 60) { process.send(SIGKILL) }
    process.waitUntilExit()
    return (process.terminationStatus, [UInt8](try Data(contentsOf: URL(filePath: names[1]))))
  }
}

/// PEM text of DER bytes.
public func pem(_ label: String, _ der: some Collection<UInt8>) -> String {
  let text = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
  return "-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n"
}

/// A peer that gave no answer.
struct PeerFailure: Error {
  let what: String

  static func check(_ isGood: Bool, _ what: String) throws {
    guard isGood else { throw PeerFailure(what: what) }
  }
}
