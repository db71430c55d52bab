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
  var deletionTimestamp: Date?
  var deletionGracePeriodSeconds: Int64?
  var ownerReferences: [OwnerReference] = []
  var finalizers: [String] = []
  var managedFields: [ManagedFieldsEntry] = []
  /// Only in requests; a server never stores it.
  var stringData: [String: String] = [:]
  /// Keys of `data` whose value is null in JSON, which protobuf tells from an empty one.
  var nullDataKeys: Set<String> = []
  var apiVersion = "v1"
  var contentEncoding = ""
  var contentType = ""

  /// What the metadata, the Secret and its wrapping hold beside that, carried along unread.
  var keptMetadata = KeptFields()
  var keptFields = KeptFields()
  var keptWrapping = KeptFields()

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

extension KubernetesSecret {
  /// The two forms an object may be stored in.
  ///
  /// Source: kube-apiserver `--storage-media-type`.
  public enum StorageForm: Sendable {
    /// `k8s\0` and a protobuf message; what servers write unless told otherwise.
    case protobuf
    /// JSON and a line end.
    case json
  }

  /// Reads the storage form, protobuf or JSON.
  ///
  /// - Throws: `secret.invalid`.
  public init(storageBytes bytes: [UInt8]) throws(AtRestError) {
    if bytes.starts(with: Self.protobufMagic) {
      do {
        try self.init(protobuf: bytes)
      } catch {
        throw AtRestError(.secretInvalid, "not a Secret in protobuf form: \(error.message)")
      }
    } else if bytes.first == UInt8(ascii: "{") {
      try self.init(json: bytes)
    } else {
      throw AtRestError(.secretInvalid, "not a Secret: neither protobuf nor JSON")
    }
  }

  /// Writes a storage form, byte for byte as a kube-apiserver does.
  ///
  /// What was read and is not known here is written again as it came, in the form it came in.
  ///
  /// - Throws: `secret.invalid` in JSON, when it was read from a protobuf form that says of its
  ///   managers' fields what is no JSON; a server cannot write it either.
  public func storageBytes(_ form: StorageForm = .protobuf) throws(AtRestError) -> [UInt8] {
    switch form {
    case .protobuf: protobuf()
    case .json: try json()
    }
  }
}
