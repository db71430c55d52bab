internal import FoundationEssentials

/// Fields of a message that nobody here knows, kept as they came.
struct KeptFields: Hashable, Sendable {
  /// Whole fields of the protobuf form with their numbers.
  var protobuf: [ProtobufField] = []
  /// Members of the JSON form: the name as text, the value as it was written.
  var json: [JSONMember] = []
}

/// An encoded field: its number, and all its bytes.
struct ProtobufField: Hashable, Sendable {
  let number: UInt64
  let bytes: [UInt8]
}

/// A member of a JSON object, its value as it was written.
struct JSONMember: Hashable, Sendable {
  let name: String
  let value: [UInt8]
}

/// What owns an object.
///
/// Source: specification §8, `OwnerReference`.
struct OwnerReference: Hashable, Sendable {
  var apiVersion = "", kind = "", name = "", uid = ""
  var controller, blockOwnerDeletion: Bool?
  var kept = KeptFields()
}

/// Who set which fields of an object.
///
/// Source: specification §8, `ManagedFieldsEntry`.
struct ManagedFieldsEntry: Hashable, Sendable {
  var manager = "", operation = "", apiVersion = "", fieldsType = "", subresource = ""
  var time: Date?
  /// The fields as JSON.
  var fieldsV1: [UInt8]?
  var kept = KeptFields()
}
