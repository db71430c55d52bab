internal import AzureModel
internal import EncryptionAtRest

/// Opens one stored value after the other, and asks the plugin for a source that it refused once
/// only: a hundred thousand Secrets under a lost key are one question, not as many.
struct PatientOpening {
  /// Most refused sources remembered.
  private static let countMax = 1000

  private let server: APIServer
  private var headers = HeaderReader()
  /// What the plugin said of wrapped sources, and the key ids that they name.
  private var refusals: [[UInt8]: AtRestError] = [:]
  private var refusedKeyIDs: Set<String> = []

  init(_ server: APIServer) { self.server = server }

  /// What a value tells of itself, and what opening it gave.
  mutating func open(_ entry: StoredEntry) -> (ValueHeader, Result<OpenedValue, AtRestError>) {
    let header = headers.read(entry.value)
    if let keyID = header.keyID, refusedKeyIDs.contains(keyID),
      let refusal = source(of: entry, header).flatMap({ refusals[$0] })
    {
      return (header, .failure(refusal))
    }
    do {
      let opened = try server.chain.open(
        entry.value,
        storagePath: entry.key,
        now: server.context.now
      )
      return (header, .success(opened))
    } catch {
      if error.code == .failed, let keyID = header.keyID, let source = source(of: entry, header) {
        if refusals.count >= Self.countMax { (refusals, refusedKeyIDs) = ([:], []) }
        refusals[source] = error
        refusedKeyIDs.insert(keyID)
      }
      return (header, .failure(error))
    }
  }

  /// The wrapped source of an envelope; nil for one that cannot be read.
  private func source(of entry: StoredEntry, _ header: ValueHeader) -> [UInt8]? {
    // A damaged envelope has no source that another value could share.
    try? EncryptedObject(parsing: entry.value, from: header.prefix.count).source.ciphertext
  }
}
