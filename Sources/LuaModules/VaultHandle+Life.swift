internal import AzureModel
internal import LuaRuntime

extension LuaClass<VaultHandle> {
  /// Adds what shows a vault, changes it and ends it.
  func lifeMethods(_ session: Session) {
    method("show", "Returns what `az keyvault show` prints.", returns: "table") {
      handle,
      _ in
      try session.azure.vault(named: handle.name, session.context()).azShape.luaValue
    }
    method(
      "update",
      "Changes the vault; what is left out stays.",
      options: VaultChanges.ofUpdate,
      returns: "vault"
    ) { handle, call in
      _ = try session.azure.updateVault(
        named: handle.name,
        VaultChanges(call.options()),
        session.context()
      )
      return .object(handle)
    }
    method(
      "delete",
      "Puts the vault into deleted state, its keys with it; role assignments are lost (R18).",
      options: [LuaOptions.confirmation],
      returns: "deleted vault"
    ) { handle, call in
      let holders = try session.clusters(holdingKeysOf: handle.name)
      if !holders.isEmpty {
        try call.options().confirm(
          "the KMS plugin of cluster \(holders.joined(separator: ", ")) holds a key of vault "
            + "\(handle.name): without it the API server is unhealthy and Secrets cannot be read "
            + "until it is recovered: "
            + (session.secrets { $0.vault == handle.name.lowercased() } ?? "no Secret yet"),
          name: handle.name,
          rule: "R18",
          in: session
        )
      }
      let deleted = try session.azure.deleteVault(named: handle.name, session.context())
      return .object(DeletedVaultHandle(deleted.name, session))
    }
  }
}
