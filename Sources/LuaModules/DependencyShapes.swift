internal import ClusterModel
internal import LuaRuntime

extension DependencyGraph {
  var luaValue: LuaValue {
    .table([
      "nodes": .array(
        nodes.map { node in
          .table([
            "id": .string(node.id), "kind": .string(node.kind.rawValue),
            "label": .string(node.label), "state": .string(node.state),
            "count": .integer(Int64(node.count)),
            "examples": node.examples.isEmpty
              ? .nil : .array(node.examples.map { .string($0) }),
          ])
        }
      ),
      "edges": .array(
        edges.map {
          .table(["from": .string($0.from), "to": .string($0.to), "label": .string($0.label)])
        }
      ),
    ])
  }

  /// A tree from what nothing depends on: each thing with what it depends on below it, once.
  func text(_ name: String) -> String {
    let below = Dictionary(grouping: edges, by: \.from)
    let targets = Set(edges.map(\.to))
    let byID = Dictionary(uniqueKeysWithValues: nodes.map { ($0.id, $0) })
    var lines = ["what the Secrets of \(name) depend on"]
    var told: Set<String> = []
    func tell(_ node: Node, _ how: String, _ depth: Int) {
      let isNew = told.insert(node.id).inserted
      let hasMore = !isNew && below[node.id] != nil
      let indent = String(repeating: "  ", count: depth)
      lines.append("\(indent)\(how)\(node.line)\(hasMore ? " (as above)" : "")")
      guard isNew else { return }
      for edge in below[node.id] ?? [] {
        guard let next = byID[edge.to] else { continue }
        tell(next, "\(edge.label) ", depth + 1)
      }
    }
    // A circle has no top: what was not met from one begins a tree of its own.
    for node in nodes where !targets.contains(node.id) { tell(node, "", 1) }
    for node in nodes where !told.contains(node.id) { tell(node, "", 1) }
    return lines.joined(separator: "\n")
  }
}

extension DependencyGraph.Node {
  /// Kind, label, a few names, and what is wrong.
  fileprivate var line: String {
    let names = examples.isEmpty ? "" : ": \(examples.joined(separator: ", "))"
    let more = count > examples.count && !examples.isEmpty ? ", …" : ""
    let word = kind == .secrets ? "" : kind.rawValue.replacing("_", with: " ") + " "
    return "\(word)\(label)\(names)\(more)\(isFine ? "" : "  ! \(state)")"
  }
}
