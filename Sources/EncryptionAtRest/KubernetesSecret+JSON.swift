internal import FoundationEssentials

extension KubernetesSecret {
  /// The members read off a Secret stored as JSON.
  private struct Document: Decodable {
    struct Metadata: Decodable {
      var name, namespace, uid: String?
      var creationTimestamp: Date?
      var labels, annotations: [String: String]?
    }
    var kind: String?
    var metadata: Metadata?
    var data: [String: Data?]?
    var type: String?
    var immutable: Bool?
  }

  /// Reads a Secret stored as JSON.
  ///
  /// - Throws: `secret.invalid`.
  init(json bytes: [UInt8]) throws(AtRestError) {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let document: Document
    do {
      document = try decoder.decode(Document.self, from: Data(bytes))
    } catch {
      // The library's message may quote the text, which is secret.
      throw AtRestError(.secretInvalid, "not a Secret in JSON form")
    }
    guard document.kind == "Secret" else {
      throw AtRestError(.secretInvalid, "the object is a \(document.kind ?? "nameless kind")")
    }
    self.init(
      name: document.metadata?.name ?? "",
      namespace: document.metadata?.namespace ?? "",
      type: document.type ?? "",
      data: (document.data ?? [:]).mapValues { $0.map { [UInt8]($0) } ?? [] },
      uid: document.metadata?.uid ?? "",
      creationTimestamp: document.metadata?.creationTimestamp
    )
    labels = document.metadata?.labels ?? [:]
    annotations = document.metadata?.annotations ?? [:]
    isImmutable = document.immutable
  }
}
