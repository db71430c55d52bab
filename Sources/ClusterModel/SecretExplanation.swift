internal import AzureModel
internal import EncryptionAtRest

/// How a stored value becomes a Secret again, step by step.
///
/// Source: Kubernetes specification §3.1, §3.2 and §9.
public struct SecretExplanation: Hashable, Sendable {
  /// One step.
  public struct Step: Hashable, Sendable {
    /// What is done.
    public let title: String
    /// Whether it works; nil when it is not come to.
    public let isGood: Bool?
    /// With what, and what came of it; never what is secret.
    public let detail: String
  }

  /// Where the value lies.
  public let storagePath: String
  /// The steps in their order.
  public private(set) var steps: [Step] = []
  /// Whether the Secret can be read.
  public private(set) var isReadable = true

  init(storagePath: String) { self.storagePath = storagePath }

  mutating func add(_ title: String, _ detail: String) {
    steps.append(Step(title: title, isGood: isReadable ? true : nil, detail: detail))
  }

  mutating func fail(_ title: String, _ detail: String) {
    steps.append(Step(title: title, isGood: false, detail: detail))
    isReadable = false
  }
}

extension APIServer {
  /// Tells how a Secret is read, up to what stands in the way.
  ///
  /// - Throws: `secret.not_found`.
  public func explain(namespace: String, name: String) throws -> SecretExplanation {
    let entry = try stored(namespace: namespace, name: name)
    var headers = HeaderReader()
    let header = headers.read(entry.value)
    var told = SecretExplanation(storagePath: entry.key)
    told.add("etcd", "\(entry.value.count) bytes, written as revision \(entry.modRevision)")
    let result = Result { try open(entry) }
    switch header.provider {
    case .identity: told.add("provider", "identity: no prefix, the value lies in clear")
    case .kmsV2:
      told.add("provider", "KMS v2, \(header.name ?? ""), by its prefix")
      explainEnvelope(entry, header, result, &told)
    case .kmsV1 where cluster.kmsVersion == "v1" && cluster.kms != nil:
      told.add("provider", "KMS v1, \(header.name ?? ""), by its prefix")
      explainSlots(result, &told)
    default:
      let provider = "\(header.provider.rawValue) \(header.name ?? ""), by its prefix"
      guard case .failure(let error) = result else {
        told.add("provider", provider)
        break
      }
      told.fail("provider", "\(provider): \(error)")
    }
    switch result {
    case .success(let opened):
      told.add("object", "\(opened.plaintext.count) bytes of \(opened.plaintext.form)")
      told.add(
        "verdict",
        opened.isStale
          ? "stale: a write would store it otherwise (R74)" : "as a write would store it"
      )
    case .failure(let error):
      if told.isReadable {
        told.fail("opening", "\(error)")
      } else {
        told.add("object", "not come to")
      }
    }
    return told
  }

  /// The key of a KMS v1 value, which names none.
  private func explainSlots(
    _ result: Result<OpenedValue, any Error>,
    _ told: inout SecretExplanation
  ) {
    let slots = (cluster.kms?.slots ?? []).map(\.description).joined(separator: ", then ")
    switch result {
    case .success: told.add("key", "none is named: the plugin tries \(slots)")
    case .failure(let error):
      told.fail(
        "key",
        "none is named, and none that the plugin holds opens it (\(slots)): \(error)"
      )
    }
  }

  /// Source, key, seed and cipher of a KMS v2 value.
  private func explainEnvelope(
    _ entry: StoredEntry,
    _ header: ValueHeader,
    _ result: Result<OpenedValue, any Error>,
    _ told: inout SecretExplanation
  ) {
    let object: EncryptedObject
    do {
      object = try EncryptedObject(parsing: entry.value, from: header.prefix.count)
    } catch {
      return told.fail("envelope", error.message)
    }
    let source = object.source
    told.add(
      "envelope",
      "\(object.encryptedData.count) bytes of encrypted data, a wrapped source of "
        + "\(source.ciphertext.count) bytes, key id \(source.keyID)"
    )
    // A history that cannot be read names no key; the key id is there all the same.
    let kids = (try? cluster.kms?.kidsByKeyID()) ?? [:]
    let kid = kids[source.keyID.lowercased()]
    let slots = cluster.kms?.slots ?? []
    let key = kid?.description ?? "no key this cluster ever used"
    let isHeld = kid.map { slots.contains($0) } ?? false
    if case .failure(let error as AtRestError) = result, error.code != .envelopeRejected {
      told.fail("key", isHeld ? key : "\(key): no slot of the plugin holds it (R75, R79)")
      return told.add("unwrap", "refused: \(error.message)")
    }
    let slot = isHeld ? (kid == slots.first ? "current" : "previous") : "no longer in a slot"
    told.add("key", "\(key), \(slot)")
    told.add(
      "unwrap",
      "the vault opens the source, or the API server remembers it: \(object.sourceType.name)"
    )
    if object.sourceType == .seed {
      told.add("derive", "HKDF-SHA256 of the seed and the value's own 32 bytes gives its AES key")
    }
    if case .failure(let error) = result {
      told.fail("decrypt", "AES-256-GCM, bound to \(entry.key): \(error)")
    } else {
      told.add("decrypt", "AES-256-GCM, bound to \(entry.key)")
    }
  }
}

extension [UInt8] {
  /// What form of storage an object is in.
  fileprivate var form: String {
    starts(with: Array("k8s\0".utf8))
      ? "protobuf" : first == UInt8(ascii: "{") ? "JSON" : "no object"
  }
}
