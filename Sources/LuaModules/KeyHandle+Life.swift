internal import AzureModel
internal import FoundationEssentials
internal import LuaRuntime

/// Options of changing a version.
let keyChangeOptions: [LuaOption] = [
  .optional("enabled", .boolean, "whether it can be used", az: "--enabled"),
  .optional("expires", .string, "time from which it does not encrypt", az: "--expires"),
  .optional(
    "not_before",
    .string,
    "time before which it does not encrypt",
    az: "--not-before"
  ),
  .optional("ops", .strings, "operations the key permits", az: "--ops")
    .naming(.keyOperations),
  .optional("tags", .table, "replaces all tags", az: "--tags"),
].keepingWhatIsLeftOut

extension LuaOptions {
  /// The changes that `keyChangeOptions` ask for.
  func keyChanges() throws -> KeyChanges {
    KeyChanges(
      isEnabled: optionalBoolean("enabled"),
      expires: try optionalDate("expires"),
      notBefore: try optionalDate("not_before"),
      ops: contains("ops") ? strings("ops") : nil,
      tags: try optionalTags("tags")
    )
  }
}

extension LuaClass<KeyHandle> {
  /// Methods that show a key, change it, or end it.
  func keyLife(_ session: Session) {
    method("versions", "Returns all versions, oldest first.", returns: "array of keys") {
      handle,
      _ in
      var pages = Pages<Key>(after: \.version) { last in
        try session.azure.listVersions(of: handle.kid, after: last, context: session.context())
      }
      var versions: [(number: Int, kid: KeyID)] = []
      while let key = try pages.next() { versions.append((key.number, key.kid)) }
      versions.sort { $0.number < $1.number }
      return .array(versions.map { .object(KeyHandle($0.kid, session)) })
    }
    method("show", "Returns what az keyvault key show prints.", returns: "table") { handle, _ in
      try handle.key().azShape(in: handle.vault()).luaValue
    }
    method(
      "show_changed",
      "Returns what az prints of a key that it made or changed, also of one that get refuses.",
      returns: "table"
    ) { handle, _ in
      try handle.record().azShape(in: handle.vault()).luaValue
    }
    method(
      "show_listed",
      "Returns what `az keyvault key list` prints of it; with `version`, what `list-versions` does.",
      options: [.optional("version", .boolean, "the version, not the key", default: false)],
      returns: "table"
    ) { handle, call in
      let (key, vault) = (try handle.record(), try handle.vault())
      let isVersion = try call.options().optionalBoolean("version") ?? false
      return (isVersion ? key.azVersionItem(in: vault) : key.azListItem(in: vault)).luaValue
    }
    method(
      "update",
      "Changes attributes of this version; what is left out stays.",
      options: keyChangeOptions,
      returns: "key"
    ) { handle, call in
      _ = try session.azure.updateKey(
        handle.kid,
        call.options().keyChanges(),
        context: session.context()
      )
      return .object(handle)
    }
    method(
      "delete",
      "Deletes the key with all its versions; it can be recovered until it is purged.",
      options: [LuaOptions.confirmation],
      returns: "deleted key"
    ) { handle, call in
      let kid = handle.kid.unversioned
      let holders = try session.clusters(holding: kid)
      if !holders.isEmpty {
        try call.options().confirm(
          "the KMS plugin of cluster \(holders.joined(separator: ", ")) holds key "
            + "\(handle.kid.name): until it is recovered, the API server is unhealthy and what it "
            + "has not read yet cannot be read: "
            + (session.secrets { $0.unversioned == kid } ?? "no Secret"),
          name: kid.name,
          rule: "R17",
          in: session
        )
      }
      let deleted = try session.azure.deleteKey(handle.kid, context: session.context())
      return .object(DeletedKeyHandle(deleted.key.kid.unversioned, session))
    }
    method(
      "backup",
      "Returns the key with all its versions, sealed, for key.restore.",
      returns: "string"
    ) { handle, _ in
      .bytes(try session.azure.backupKey(handle.kid, context: session.context()))
    }
  }
}
