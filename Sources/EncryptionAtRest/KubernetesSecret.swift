public import FoundationEssentials

/// A Secret as it is stored: what kmsh changes by name, and the rest kept byte for byte.
///
/// Source: specification §8.
public struct KubernetesSecret: Hashable, Sendable {
  /// Most data one Secret may hold, keys not counted.
  ///
  /// Source: Kubernetes `MaxSecretSize`.
  public static let dataByteCountMax = 1_048_576

  /// Name in its namespace.
  public var name: String
  /// Namespace it lies in.
  public var namespace: String
  /// Type, `Opaque` by default.
  public var type: String
  /// Values by key.
  public var data: [String: [UInt8]]
  /// Labels of the object.
  public var labels: [String: String] = [:]
  /// Annotations of the object.
  public var annotations: [String: String] = [:]
  /// Identifier of this object, whatever its name.
  public var uid: String
  /// When it was made, whole seconds.
  public var creationTimestamp: Date?
  /// Whether its data may no longer change; nil when never said.
  public var isImmutable: Bool?

  var generateName = ""
  /// Empty in what a server stores, which knows it by the store's revision.
  var resourceVersion = ""
  var selfLink = ""
  var generation: Int64 = 0
  /// Fields of the metadata, of the Secret and of its wrapping that are kept as they came, each
  /// whole, in ascending order of their numbers.
  var keptMetadata: [KeptField] = []
  var keptFields: [KeptField] = []
  var keptWrapping: [KeptField] = []
  var apiVersion = "v1"
  var contentEncoding = ""
  var contentType = ""

  /// A field that is carried along unread.
  struct KeptField: Hashable, Sendable {
    let number: UInt64
    let bytes: [UInt8]
  }

  /// Makes a Secret that was never stored.
  public init(
    name: String,
    namespace: String,
    type: String = "Opaque",
    data: [String: [UInt8]] = [:],
    uid: String,
    creationTimestamp: Date?
  ) {
    self.name = name
    self.namespace = namespace
    self.type = type
    self.data = data
    self.uid = uid
    self.creationTimestamp = creationTimestamp
  }

  /// Sum of the lengths of all values.
  public var dataByteCount: Int { data.reduce(0) { $0 + $1.value.count } }

  /// Where it lies in etcd.
  public var storagePath: String { Self.storagePath(namespace: namespace, name: name) }

  /// Where a Secret of that name lies in etcd.
  public static func storagePath(namespace: String, name: String) -> String {
    "\(storagePrefix)\(namespace)/\(name)"
  }

  /// What all Secrets' storage paths start with.
  public static let storagePrefix = "/registry/secrets/"
}
