internal import EncryptionAtRest
internal import EtcdSnapshot
internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

/// Runs `kmsh audit`.
struct AuditCommand {
  /// Longest PEM file and longest configuration, in bytes.
  private static let byteCountMax = 1 << 20

  private let arguments: AuditArguments

  init(_ arguments: AuditArguments) { self.arguments = arguments }

  /// Prints the audit; false when it found something.
  func run() throws -> Bool {
    var audit = Audit(try options())
    let progress = Progress(besidesValues: !arguments.summary)
    progress.show("checking \(arguments.file)")
    defer { progress.clear() }
    let snapshot = try EtcdSnapshot(path: arguments.file)
    var report = AuditReport(
      isJSON: arguments.json,
      showsValues: !arguments.summary,
      configuration: arguments.config != nil
    ) { Kmsh.write($0, to: 1) }
    report.begin(snapshot.info)
    try audit.run(
      snapshot,
      onValue: { report.add($0) },
      onProgress: { count in
        progress.show("\(count) of \(snapshot.info.liveCount) values")
        return true
      }
    )
    progress.clear()
    guard audit.totals.values > 0 else {
      let what = arguments.resource.map { " of \($0)" } ?? ""
      throw LuaError(
        code: "audit.empty",
        message: "no value\(what) lies under \(arguments.prefix)",
        hint: "--prefix is the API server's --etcd-prefix, --resource a name such as secrets"
      )
    }
    report.end(audit.totals, audit.verdict)
    return audit.verdict.isClean
  }

  private func options() throws -> Audit.Options {
    var options = Audit.Options()
    options.retire = arguments.retire
    options.current = arguments.current
    options.prefix = arguments.prefix
    options.resource = arguments.resource
    if let path = arguments.config {
      var reading = EncryptionConfiguration.Options(path: path)
      reading.allowsKMSv1 = true
      options.configuration = try EncryptionConfiguration(
        parsing: read(path) { EncryptionConfiguration.unreadable(path: path, reason: $0) },
        options: reading
      )
    }
    options.keys = try arguments.key.map { entry in
      let (keyID, path) = try AuditArguments.keyParts(entry)
      do {
        let pem = try read(path) {
          LuaError(code: "file.unreadable", message: "cannot read \(path): \($0)")
        }
        return try AuditKey(keyID: keyID, pem: pem)
      } catch let error as LuaError {
        throw error
      } catch {
        throw LuaError(code: "key.invalid", message: "\(path): \(error)")
      }
    }
    return options
  }

  /// Reads a file; what the system says goes through `failure`.
  private func read(_ path: String, _ failure: (String) -> any Error) throws -> [UInt8] {
    do throws(ScriptFile.Failure) {
      return try ScriptFile.read(path: path, byteCountMax: Self.byteCountMax)
    } catch {
      throw failure(error.description)
    }
  }
}

/// How far a long command is, on a line of the terminal that the result overwrites.
private struct Progress {
  private let isShown: Bool

  init(besidesValues: Bool) {
    isShown = isatty(2) == 1 && !(besidesValues && isatty(1) == 1)
  }

  func show(_ text: String) {
    if isShown { Kmsh.write("\r\u{1B}[K\(text)", to: 2) }
  }

  func clear() {
    if isShown { Kmsh.write("\r\u{1B}[K", to: 2) }
  }
}
