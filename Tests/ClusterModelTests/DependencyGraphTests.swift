import Testing

@testable import ClusterModel

@Suite struct DependencyGraphTests {
  @Test func `dot's text escapes what would end a name, and marks what is not in order`() {
    var graph = DependencyGraph()
    graph.add(.init("a\"b", .key, "say \"k\"\\", state: "deleted\nfor good"))
    graph.add(.init("c\r", .vault, "kv1"))
    graph.link("a\"b", "lies in", "c\r")
    #expect(
      graph.dot == #"""
        digraph depends_on {
          rankdir=LR;
          node [shape=box];
          "a\"b" [label="key\nsay \"k\"\\\ndeleted\nfor good", color=red];
          "c" [label="vault\nkv1"];
          "a\"b" -> "c" [label="lies in"];
        }

        """#
    )
  }

  @Test func `a node and an edge are there once`() {
    var graph = DependencyGraph()
    for _ in 1...2 {
      graph.add(.init("a", .key, "k"))
      graph.link("a", "lies in", "b")
    }
    #expect(graph.nodes.count == 1 && graph.edges.count == 1)
  }
}
