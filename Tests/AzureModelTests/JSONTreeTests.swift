import AzureModel
import FoundationEssentials
import Testing

@Suite struct JSONTreeTests {
  @Test func `members are written in order of name, nulls too`() throws {
    let tree: JSONTree = [
      "tags": .strings(["b": "2", "a": "1"]), "enabledForDeployment": nil,
      "enableSoftDelete": true, "count": 3, "list": ["x/y", .number(1.5)],
      "none": .optional(nil as String?), "some": .optional(false),
    ]
    #expect(
      String(decoding: try tree.text(), as: UTF8.self)
        == #"{"count":3,"enableSoftDelete":true,"enabledForDeployment":null,"#
        + #""list":["x/y",1.5],"none":null,"some":false,"tags":{"a":"1","b":"2"}}"#
    )
  }

  @Test func `text comes back as the same document`() throws {
    let tree: JSONTree = ["a": [nil, true, 1, "é\n"], "b": [:], "c": []]
    let text = try tree.text(isIndented: true)
    #expect(try JSONDecoder().decode(JSONTree.self, from: Data(text)) == tree)
  }

  @Test func `members are put in place of others`() {
    let tree: JSONTree = ["a": 1, "b": 2]
    #expect(tree.merging(["b": 3, "c": nil]) == ["a": 1, "b": 3, "c": nil])
    #expect((["a"] as JSONTree).merging(["b": 3]) == ["a"])
  }

  @Test(arguments: [
    (0.0, "1970-01-01T00:00:00+00:00", "1970-01-01T00:00:00Z"),
    (1_795_433_942.123, "2026-11-23T11:39:02.123000+00:00", "2026-11-23T11:39:02.123Z"),
    (1_795_433_942.007, "2026-11-23T11:39:02.007000+00:00", "2026-11-23T11:39:02.007Z"),
    (1_795_433_942.9999, "2026-11-23T11:39:03+00:00", "2026-11-23T11:39:03Z"),
    (-0.25, "1969-12-31T23:59:59.750000+00:00", "1969-12-31T23:59:59.750Z"),
  ])
  func `a time is written as az and as the services do`(
    seconds: Double,
    az: String,
    rest: String
  ) {
    let date = Date(timeIntervalSince1970: seconds)
    #expect(date.azTime == az)
    #expect(date.restTime == rest)
  }
}
