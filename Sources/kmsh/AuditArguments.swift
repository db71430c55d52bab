internal import ArgumentParser

/// The command line of `kmsh audit`.
struct AuditArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kmsh audit",
    abstract: "Tell what each value of an etcd snapshot is encrypted with.",
    discussion: """
      FILE is what `etcdctl snapshot save` wrote. No key is needed to tell providers and key ids.
      With --key values are opened; with --config it is told which are stale, and values in clear
      count that should not be. Without --config these are the Secrets in clear.

      Exit status: 0 nothing to do, 3 something lies in clear or needs the key to be retired.
      """
  )

  @Argument(help: "Snapshot of an etcd.")
  var file: String

  @Option(
    help: ArgumentHelp("EncryptionConfiguration that the API server runs with.", valueName: "file")
  )
  var config: String?

  @Option(
    help: ArgumentHelp(
      "RSA private key (PEM) behind a key id, or behind the kid whose hash the key id is.",
      valueName: "kid=file"
    )
  )
  var key: [String] = []

  @Option(
    help: ArgumentHelp("Key that is to go: kid, key id, version, or CIPHER:NAME.", valueName: "kid")
  )
  var retire: String?

  @Option(
    help: ArgumentHelp(
      "Key that the plugin encrypts with now; values under another are stale.",
      valueName: "kid"
    )
  )
  var current: String?

  @Option(help: ArgumentHelp("Only values of this resource, such as secrets.", valueName: "name"))
  var resource: String?

  @Option(help: ArgumentHelp("The API server's --etcd-prefix, in slashes.", valueName: "path"))
  var prefix = "/registry/"

  @Flag(help: "Leave the single values out.")
  var summary = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    for entry in key { _ = try Self.keyParts(entry) }
    for (name, value) in [("retire", retire), ("current", current), ("resource", resource)]
    where value.map({ $0.allSatisfy(\.isWhitespace) }) == true {
      throw ValidationError("--\(name) needs a name")
    }
    guard prefix.hasPrefix("/"), prefix.hasSuffix("/") else {
      throw ValidationError("--prefix begins and ends with a slash, as /registry/ does")
    }
  }

  /// The two halves of `KID=FILE`, parted at the first equals sign.
  static func keyParts(_ entry: String) throws -> (keyID: String, path: String) {
    guard let equals = entry.firstIndex(of: "="), equals > entry.startIndex,
      entry.index(after: equals) < entry.endIndex
    else { throw ValidationError("--key is KID=FILE") }
    return (String(entry[..<equals]), String(entry[entry.index(after: equals)...]))
  }
}
