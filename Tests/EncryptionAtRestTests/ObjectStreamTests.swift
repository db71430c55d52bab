import EncryptionAtRest
import Testing

@Suite struct ObjectStreamTests {
  /// The objects of a text that comes in parts of a length.
  private func objects(_ text: String, parts length: Int = 65_536) throws -> [String] {
    var rest = Array(text.utf8)[...]
    var stream = ObjectStream {
      defer { rest = rest.dropFirst(length) }
      return Array(rest.prefix(length))
    }
    var objects: [String] = []
    while let object = try stream.next() { objects.append(String(decoding: object, as: UTF8.self)) }
    return objects
  }

  private static let list = """
    { "kind" : "List", "apiVersion": "v1", "items": [ {"a": "}],{\\"\\\\"}, {"b":[1, {"c":"é"}]} ,
      {} ], "metadata": {"x": [1]} }
    {"kind":"Secret","n":1}
    {"kind":"SecretList","items":[]}{}
    """
  private static let found = [
    #"{"a": "}],{\"\\"}"#, #"{"b":[1, {"c":"é"}]}"#, "{}", #"{"kind":"Secret","n":1}"#, "{}",
  ]

  @Test(arguments: [1, 2, 3, 7, 64, 65_536])
  func `objects are the same however the text comes in`(length: Int) throws {
    #expect(try objects(Self.list, parts: length) == Self.found)
  }

  @Test func `nothing holds no object`() throws {
    #expect(try objects("") == [] && objects(" \n\t") == [])
  }

  @Test(arguments: 1..<40)
  func `a text that breaks off is told`(count: Int) throws {
    let text = #"{"kind":"List","items":[{"a":1},{"b":2}]}"#
    let error = #expect(throws: AtRestError.self) { try objects(String(text.prefix(count))) }
    #expect(error?.code == .objectsInvalid)
  }

  @Test(arguments: [
    "x", "[]", "1", #"{"a"}"#, #"{"a":}"#, #"{"a":1 "b":2}"#, "{1:2}",
    #"{"kind":"Secret","items":[]}"#,
    #"{"items":[{} {}]}"#, #"{"items":[,]}"#, "}", #"{"kind":"List","items":[{}]]}"#,
    String(repeating: #"{"a":"#, count: 300) + "1",
  ])
  func `what is no object is refused`(text: String) throws {
    let error = #expect(throws: AtRestError.self) { try objects(text) }
    #expect([.objectsInvalid, .secretInvalid].contains(error?.code))
  }

  @Test func `an object longer than the limit is refused, a longer list passes`() throws {
    let value = String(repeating: "x", count: 1 << 20)
    let item = #"{"a":"\#(value)"}"#
    let list =
      #"{"kind":"List","items":["# + (0..<10).map { _ in item }.joined(separator: ",") + "]}"
    #expect(try objects(list).count == 10)
    let long = #"{"a":"\#(String(repeating: value, count: 5))"}"#
    #expect(throws: AtRestError.self) { try objects(long) }
  }
}

@Suite struct JSONLayoutTests {
  @Test(arguments: [
    (#"{"a":1,"b":[1,{}],"c":[],"d":"x: {,}\"\\"}"#, 0),
    (#"{ "a" : [ [ ] , 1 ] }"#, 2), ("1", 0), ("[]", 1),
  ])
  func `a value is laid out as Go does`(json: String, depth: Int) {
    let wanted = [
      """
      {
          "a": 1,
          "b": [
              1,
              {}
          ],
          "c": [],
          "d": "x: {,}\\"\\\\"
      }
      """,
      """
      {
                  "a": [
                      [],
                      1
                  ]
              }
      """, "1", "[]",
    ]
    let text = String(decoding: JSONLayout.indented(Array(json.utf8), depth: depth), as: UTF8.self)
    #expect(wanted.contains(text), "\(text)")
  }
}
