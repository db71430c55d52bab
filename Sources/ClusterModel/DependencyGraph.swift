/// What a cluster's Secrets depend on: Secrets, seeds, key versions, vaults, grants, identity.
///
/// Secrets are grouped by the key id they are stored under, so that the graph of a million is as
/// small as that of ten.
public struct DependencyGraph: Hashable, Sendable {
  /// Kinds of node.
  public enum Kind: String, Sendable {
    case cluster, secrets, seed, key, vault, grant, identity
    case privateEndpoint = "private_endpoint"
  }

  /// A thing that something depends on, or that depends on something.
  public struct Node: Hashable, Sendable {
    /// Unique in the graph.
    public let id: String
    /// What it is.
    public let kind: Kind
    /// What a person calls it.
    public let label: String
    /// `ok`, or what is wrong with it.
    public let state: String
    /// How many things it stands for.
    public let count: Int
    /// Names of the first few of them.
    public let examples: [String]

    /// Whether nothing is wrong with it.
    public var isFine: Bool { state == "ok" }

    init(
      _ id: String,
      _ kind: Kind,
      _ label: String,
      state: String? = nil,
      count: Int = 1,
      examples: [String] = []
    ) {
      self.id = id
      self.kind = kind
      self.label = label
      self.state = state ?? "ok"
      self.count = count
      self.examples = examples
    }
  }

  /// `from` depends on `to`.
  public struct Edge: Hashable, Sendable {
    /// Ids of the two.
    public let from, to: String
    /// How: reads as `from label to`.
    public let label: String
  }

  /// The things, in the order in which they were met.
  public private(set) var nodes: [Node] = []
  /// Who depends on what.
  public private(set) var edges: [Edge] = []

  /// Adds a thing, once.
  mutating func add(_ node: Node) {
    if !nodes.contains(where: { $0.id == node.id }) { nodes.append(node) }
  }

  /// Adds a dependence, once.
  mutating func link(_ from: String, _ label: String, _ to: String) {
    let edge = Edge(from: from, to: to, label: label)
    if !edges.contains(edge) { edges.append(edge) }
  }
}

extension DependencyGraph {
  /// The graph in Graphviz's language; what is not in order is red.
  ///
  /// Source: Graphviz, The DOT language.
  public var dot: String {
    var lines = ["digraph depends_on {", "  rankdir=LR;", "  node [shape=box];"]
    for node in nodes {
      let text =
        node.isFine
        ? "\(node.kind.rawValue)\n\(node.label)"
        : "\(node.kind.rawValue)\n\(node.label)\n\(node.state)"
      lines.append(
        "  \(Self.quoted(node.id)) [label=\(Self.quoted(text))\(node.isFine ? "" : ", color=red")];"
      )
    }
    for edge in edges {
      lines.append(
        "  \(Self.quoted(edge.from)) -> \(Self.quoted(edge.to)) [label=\(Self.quoted(edge.label))];"
      )
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// A text as a quoted id: a quote and a backslash are escaped, a line ends by `\n`.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": continue
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
