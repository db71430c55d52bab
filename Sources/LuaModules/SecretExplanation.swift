internal import ClusterModel
internal import EncryptionAtRest
internal import LuaRuntime

extension LuaClass<SecretHandle> {
  /// How a stored value becomes a Secret again.
  func secretExplanation() {
    method(
      "explain",
      "Tells step by step how the stored value is read; prints as a diagram.",
      returns: "{ etcd_key, readable, steps = { { n, title, ok?, detail }, … } }"
    ) { handle, call in
      let server = try handle.cluster.apiServer()
      let explanation = try server.explain(namespace: handle.namespace, name: handle.name)
      return try call.shown(explanation.luaValue, as: explanation.text)
    }
  }
}

extension SecretExplanation {
  fileprivate var luaValue: LuaValue {
    .table([
      "etcd_key": .string(storagePath), "readable": .boolean(isReadable),
      "steps": .array(
        steps.enumerated().map { index, step in
          .table([
            "n": .integer(Int64(index + 1)), "title": .string(step.title),
            "ok": .optional(step.isGood.map { .boolean($0) }), "detail": .string(step.detail),
          ])
        }
      ),
    ])
  }

  /// The steps below each other, an arrow between them.
  fileprivate var text: String {
    let lines = steps.enumerated().map { index, step in
      let mark =
        switch step.isGood {
        case true: "ok"
        case false: "!!"
        case nil: "--"
        }
      return "\(mark)  \(index + 1) \(step.title)\n      \(step.detail)"
    }
    return ([storagePath] + lines).joined(separator: "\n      |\n")
  }
}
