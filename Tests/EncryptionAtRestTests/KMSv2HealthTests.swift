import CryptoEngine
import Foundation
import Synchronization
import TestData
import Testing

@testable import EncryptionAtRest

/// A plugin that answers as a vector says, and notes what it was asked.
private final class ScriptedPlugin: KeyService {
  private let answer: KeyServiceStatus
  private let encrypted: @Sendable () throws -> WrappedSource
  private let log = Mutex<[String]>([])
  var calls: [String] { log.withLock { $0 } }

  init(_ answer: KeyServiceStatus, encrypted: @escaping @Sendable () throws -> WrappedSource) {
    self.answer = answer
    self.encrypted = encrypted
  }

  func status() -> KeyServiceStatus {
    log.withLock { $0.append("Status") }
    return answer
  }

  func encrypt(_ plaintext: SecretBytes, uid: String) throws -> WrappedSource {
    log.withLock { $0.append("Encrypt") }
    return try encrypted()
  }

  func decrypt(_ source: WrappedSource, uid: String) throws -> SecretBytes {
    throw KeyServiceError(message: "never asked here")
  }
}

/// Verdicts and words of a real API server on a plugin's answers.
@Suite struct KMSv2HealthTests {
  /// The one key of the recorded plugin: a Status that nothing is wrong with names it.
  private static let kid: String = {
    let vectors = try? VectorFile.json("kms-v2-validation.json").list("status")
    let healthy = vectors?.first { $0["healthy"] as? Bool == true }
    return (healthy?["answer"] as? [String: Any])?.text("key_id") ?? ""
  }()

  private static func text(_ vector: [String: Any], _ name: String) -> String? {
    if let value = vector[name] as? String { return value }
    guard let parts = (vector[name + "_repeat"] as? String)?.split(separator: "*"),
      parts.count == 2, let count = Int(parts[1])
    else { return nil }
    return String(repeating: String(parts[0]), count: count)
  }

  private static func encrypted(_ answer: [String: Any]) throws -> WrappedSource {
    if let code = answer["grpc_code"] as? String {
      throw KeyServiceError(status: code, message: answer.text("grpc_message"))
    }
    let keyID = text(answer, "key_id")
    var annotations = (answer["annotations"] as? [String: String] ?? [:])
      .mapValues { Array($0.utf8) }
    if let total = answer["annotations_total_bytes"] as? Int {
      let name = "a.example.com"
      annotations[name] = [UInt8](repeating: 0x61, count: total - name.utf8.count)
    }
    return WrappedSource(
      ciphertext: [UInt8](repeating: 1, count: answer["ciphertext_bytes"] as? Int ?? 256),
      keyID: keyID == nil || keyID == "same as Status" ? kid : keyID ?? "",
      annotations: annotations
    )
  }

  private func verify(_ vector: [String: Any], _ plugin: ScriptedPlugin) {
    let provider = KMSv2Provider(name: "NAME", service: plugin)
    let what = Comment(rawValue: vector.text("id"))
    let now = Date(timeIntervalSince1970: 1_760_000_000)
    do throws(AtRestError) {
      try provider.check(now: now)
      #expect(vector["healthy"] as? Bool == true, what)
    } catch {
      let message = error.message.replacing(/uid="[^"]*"/, with: "uid=\"UID\"")
      #expect("kms-provider-0: " + message == vector.text("error"), what)
    }
    #expect(plugin.calls == vector["rpc_sequence"] as? [String], what)
    do throws(AtRestError) {
      _ = try provider.seal([1], storagePath: "/registry/secrets/a/b", now: now)
      #expect(vector["write_error"] == nil, what)
    } catch {
      #expect(vector.text("write_error").hasSuffix(error.message), what)
    }
  }

  @Test func `what Status may answer`() throws {
    let vectors = try VectorFile.json("kms-v2-validation.json").list("status")
    #expect(!vectors.isEmpty)
    for vector in vectors {
      let answer = vector["answer"] as? [String: Any] ?? [:]
      let keyID = Self.text(answer, "key_id") ?? ""
      // The recorded plugin wraps under its one key, whichever Status names.
      let status = KeyServiceStatus(
        version: answer.text("version"),
        healthz: answer.text("healthz"),
        keyID: keyID
      )
      verify(vector, ScriptedPlugin(status) { try Self.encrypted([:]) })
    }
  }

  @Test func `what Encrypt may answer`() throws {
    let vectors = try VectorFile.json("kms-v2-validation.json").list("encrypt")
    #expect(!vectors.isEmpty)
    for vector in vectors {
      let status = KeyServiceStatus(version: "v2", healthz: "ok", keyID: Self.kid)
      let outcome = Result { try Self.encrypted(vector["answer"] as? [String: Any] ?? [:]) }
        .mapError { $0 as? KeyServiceError ?? KeyServiceError(message: "\($0)") }
      verify(vector, ScriptedPlugin(status) { try outcome.get() })
    }
  }

  @Test func `key ids, their hashes, and names of annotations`() throws {
    let file = try VectorFile.json("kms-v2-validation.json")
    for vector in file.list("key_ids") {
      let problem = KeyIdentifier.problem(Self.text(vector, "value") ?? "")
      #expect(problem == vector["error"] as? String, "\(vector.text("id"))")
    }
    for (keyID, hash) in file["key_id_hash"] as? [String: String] ?? [:] {
      #expect(KeyIdentifier.hash(keyID) == hash)
    }
    for vector in file.list("annotation_names") {
      let object = EncryptedObject(
        encryptedData: [1],
        source: WrappedSource(
          ciphertext: [1],
          keyID: "k",
          annotations: [Self.text(vector, "value") ?? "": []]
        ),
        sourceType: .seed
      )
      do throws(AtRestError) {
        try object.check()
        #expect(vector["ok"] as? Bool == true, "\(vector.text("id"))")
      } catch {
        #expect(error.message == vector.text("error"), "\(vector.text("id"))")
      }
    }
  }
}
