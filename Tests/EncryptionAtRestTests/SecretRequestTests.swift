import EncryptionAtRest
import Foundation
import Testing

@Suite struct SecretRequestTests {
  private func request(_ members: String) throws -> KubernetesSecret {
    let text = #"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}\#(members)}"#
    return try KubernetesSecret(request: Array(text.utf8))
  }

  @Test func `texts are laid over data, and a type left out is Opaque`() throws {
    let secret = try request(#","data":{"a":"eA==","b":"eQ==","n":null},"stringData":{"b":"é\n"}"#)
    #expect(secret.type == "Opaque" && secret.namespace.isEmpty)
    #expect(secret.data == ["a": [0x78], "b": Array("é\n".utf8), "n": []])
  }

  @Test func `escapes are read in names and values`() throws {
    let secret = try request(#","\u0064ata":{"\u0061":"e\u0041=="},"type":"x\"y""#)
    #expect(secret.data == ["a": [0x78]] && secret.type == #"x"y"#)
  }

  @Test(arguments: [
    #","wrong":1"#, #","data":{"a":"?"}"#, #","data":[]"#, #","type":1"#, #","immutable":"x""#,
    #","data":{"a":"eA"}"#,
  ])
  func `what a server does not know or cannot read is refused`(members: String) throws {
    let error = #expect(throws: AtRestError.self) { try request(members) }
    #expect(error?.code == .secretInvalid)
  }

  @Test func `an unknown field is named in the server's words`() throws {
    let error = #expect(throws: AtRestError.self) { try request(#","wrong":1"#) }
    #expect(
      error?.message == "Secret in version \"v1\" cannot be handled as a Secret: strict decoding "
        + "error: unknown field \"wrong\""
    )
  }

  @Test func `an object is written with its members by name, and reads the same`() throws {
    var secret = KubernetesSecret(
      name: "s",
      namespace: "n",
      data: ["b": [0, 255], "a": []],
      uid: "u",
      creationTimestamp: Date(timeIntervalSince1970: 1_735_689_600)
    )
    secret.labels = ["x": "y"]
    secret.annotations = ["note": "<é\">"]
    secret.isImmutable = true
    let json = String(decoding: try secret.objectJSON(resourceVersion: 7), as: UTF8.self)
    #expect(
      json == #"{"apiVersion":"v1","data":{"a":"","b":"AP8="},"immutable":true,"kind":"Secret","#
        + #""metadata":{"annotations":{"note":"\u003cé\"\u003e"},"#
        + #""creationTimestamp":"2025-01-01T00:00:00Z","labels":{"x":"y"},"name":"s","#
        + #""namespace":"n","resourceVersion":"7","uid":"u"},"type":"Opaque"}"#
    )
    let read = try KubernetesSecret(request: Array(json.utf8))
    #expect(read.requestedVersion == "7")
    #expect(read.replacing(secret) == secret)
  }
}
