internal import AzureModel
public import EncryptionAtRest

extension APIServer {
  /// What a request for one of many Secrets came to: nil when it was done, else why not.
  public typealias Answer = ClusterError?

  /// Creates Secrets one after the other in one transaction; one that is refused stops no other.
  ///
  /// - Throws: what the store throws; then none is created.
  public func createSecrets(_ secrets: [KubernetesSecret]) throws -> [Answer] {
    try etcd.transaction {
      try secrets.map { secret in
        do {
          _ = try createSecret(secret)
          return nil
        } catch let error as ClusterError {
          return error
        }
      }
    }
  }

  /// Puts Secrets in the place of those that lie there, each if it is still what the request was
  /// made for; one that is refused stops no other.
  ///
  /// One that stays the same and is not stale is not written. They are opened and sealed without a
  /// lock, then written in one transaction.
  ///
  /// Source: Kubernetes, `registry.Store.Update`; seed rules R52, R126.
  ///
  /// - Parameter secrets: no two of one name and namespace.
  /// - Returns: an answer for each: `secret.not_found`, `secret.conflict`, `secret.invalid`,
  ///   `secret.unreadable`, `secret.unwritable` among them.
  /// - Throws: what the store throws; then none is written.
  public func replaceSecrets(_ secrets: [KubernetesSecret]) throws -> [Answer] {
    try replaceSecrets(secrets, attempts: Self.attemptsMax)
  }

  /// Attempts at a request that was made for no version, before the server gives up.
  private static let attemptsMax = 5

  private func replaceSecrets(_ secrets: [KubernetesSecret], attempts: Int) throws -> [Answer] {
    var answers = [Answer](repeating: nil, count: secrets.count)
    var writes: [(index: Int, entry: StoredEntry, value: [UInt8])] = []
    var opening = PatientOpening(self)
    for (index, secret) in secrets.enumerated() {
      do {
        let entry = try stored(namespace: secret.namespace, name: secret.name)
        let opened = opening.open(entry).1.mapError { $0 as any Error }
        let old = try read(entry, as: opened, failing: { "Internal error occurred: \($0)" })
        let new = try request(secret, over: old)
        if new == old.object, try !opened.get().isStale { continue }
        writes.append((index, entry, try seal(new)))
      } catch let error as ClusterError {
        answers[index] = error
      }
    }
    try session?.keepNewSources()
    let written = try etcd.replace(writes.map { ($0.entry, $0.value) })
    for (write, isWritten) in zip(writes, written) where !isWritten {
      let secret = secrets[write.index]
      // Made for any version, it is for the one that is there by now as well.
      let isForAny = secret.requestedVersion.isEmpty && attempts > 1
      answers[write.index] =
        isForAny
        ? try replaceSecrets([secret], attempts: attempts - 1)[0] : Self.conflict(secret.name)
    }
    return answers
  }

  /// What a request makes of the Secret that is there.
  private func request(
    _ secret: KubernetesSecret,
    over old: ClusterSecret
  ) throws -> KubernetesSecret {
    let version = secret.requestedVersion
    guard version.isEmpty || version == "\(old.resourceVersion)" else {
      throw Self.conflict(secret.name)
    }
    guard secret.uid.isEmpty || secret.uid == old.object.uid else {
      throw ClusterError(
        .secretConflict,
        "Operation cannot be fulfilled on secrets \"\(secret.name)\": StorageError: invalid "
          + "object, Code: 4, Key: \(old.object.storagePath), ResourceVersion: 0, "
          + "AdditionalErrorMsg: Precondition failed: UID in precondition: \(secret.uid.echoed), "
          + "UID in object meta: \(old.object.uid)",
        hint: "another Secret of that name was made since: read it again",
        status: 409,
        azureCode: "Conflict"
      )
    }
    let new = secret.replacing(old.object)
    try SecretRules.checkChange(from: old.object, to: new)
    return new
  }
}
