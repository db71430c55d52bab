internal import EncryptionAtRest
internal import EtcdSnapshot
internal import LuaRuntime

/// A store of keys and values: the etcd of a cluster, or a snapshot of a real one.
final class EtcdHandle: LuaObject {
  let store: any KeyValueStore
  let title: String
  let snapshot: EtcdSnapshot?

  init(_ store: any KeyValueStore, _ title: String) {
    self.store = store
    self.title = title
    snapshot = store as? EtcdSnapshot
  }
}

/// A walk that a `for` loop takes one step at a time.
final class LuaIterator: LuaObject {
  /// The function that made it, such as `audit.each`.
  let origin: String
  private let next: () throws -> LuaValue

  init(_ origin: String, _ next: @escaping () throws -> LuaValue) {
    self.origin = origin
    self.next = next
  }

  func step() throws -> LuaValue { try next() }
}

extension LuaClass<LuaIterator> {
  /// The class of iterators.
  static func iterator() -> LuaClass<LuaIterator> {
    LuaClass("iterator", "Gives one thing a call, nil at the end.") { type in
      type.describe = { "iterator (\($0.origin)): use for, or take(it, 20)" }
      type.call = { try $0.step() }
    }
  }
}

extension LuaClass<EtcdHandle> {
  /// The class of stores.
  static func etcdStore() -> LuaClass<EtcdHandle> {
    LuaClass("etcd", "Keys and values as an API server stored them.") { type in
      type.describe = { "etcd \($0.title)" }
      type.isEqual = { $0.title == $1.title }
      type.method(
        "get",
        "Returns one key's entry, nil when there is none.",
        parameters: "path",
        returns: "{ key, value, create_revision, mod_revision, version }?"
      ) { handle, call in
        .optional(try handle.store.entry(at: call.string(1)).map(\.luaValue))
      }
      type.method(
        "each",
        "Walks the entries whose keys start with a prefix, in key order.",
        parameters: "prefix?",
        returns: "iterator"
      ) { handle, call in
        let prefix = call.isNil(1) ? "" : try call.string(1)
        var walk = EntryWalk(store: handle.store, prefix: prefix)
        return .object(
          LuaIterator("etcd:each") { .optional(try walk.next().map(\.luaValue)) }
        )
      }
      type.method(
        "put",
        "Writes raw bytes to a key, past the API server; for labs that damage a value.",
        parameters: "path, bytes",
        returns: "revision"
      ) { handle, call in
        .optional(
          try handle.store.put(call.bytes(2), at: call.string(1), ifRevision: nil)
            .map { .integer($0) }
        )
      }
      type.takesSecret(argument: 2, "put")
      type.method("info", "Tells what the store holds as a whole.", returns: "table") {
        handle,
        _ in
        guard let info = handle.snapshot?.info else {
          return .table(["revision": .integer(try handle.store.revision())])
        }
        return .table([
          "bytes": .integer(Int64(info.byteCount)), "page_size": .integer(Int64(info.pageSize)),
          "revision": .integer(info.revision), "revisions": .integer(Int64(info.revisionCount)),
          "keys": .integer(Int64(info.liveCount)), "deleted": .integer(Int64(info.deletedCount)),
          "sha256": .string(info.sha256),
        ])
      }
    }
  }
}

/// Entries one after the other, read a batch at a time.
struct EntryWalk {
  private static let batchCount = 100

  let store: any KeyValueStore
  let prefix: String
  private var batch: ArraySlice<StoredEntry> = []
  private var last: String?
  private var isAtEnd = false

  init(store: any KeyValueStore, prefix: String) {
    self.store = store
    self.prefix = prefix
  }

  mutating func next() throws -> StoredEntry? {
    if batch.isEmpty, !isAtEnd {
      batch = try store.entries(prefix: prefix, after: last, limit: Self.batchCount)[...]
      isAtEnd = batch.isEmpty
      last = batch.last?.key
    }
    return batch.popFirst()
  }
}

extension StoredEntry {
  /// The entry as plain data.
  fileprivate var luaValue: LuaValue {
    .table([
      "key": .string(key), "value": .bytes(value),
      "create_revision": .integer(createRevision), "mod_revision": .integer(modRevision),
      "version": .integer(version),
    ])
  }
}
