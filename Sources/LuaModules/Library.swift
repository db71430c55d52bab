public import LuaRuntime

/// Everything kmsh offers to Lua.
public enum Library {
  /// Registers all modules and classes on a state.
  public static func register(in state: LuaState, _ session: Session) throws {
    try state.register(.vault(session) as LuaClass<VaultHandle>)
    try state.register(.deletedVault(session) as LuaClass<DeletedVaultHandle>)
    try state.register(.key(session) as LuaClass<KeyHandle>)
    try state.register(.deletedKey(session) as LuaClass<DeletedKeyHandle>)
    try state.register(.cluster(session) as LuaClass<ClusterHandle>)
    try state.register(.secret() as LuaClass<SecretHandle>)
    try state.register(.identity() as LuaClass<IdentityHandle>)
    try state.register(.group() as LuaClass<GroupHandle>)
    try state.register(.principal() as LuaClass<PrincipalHandle>)
    try state.register(.subscription() as LuaClass<SubscriptionHandle>)
    try state.register(.checkpoint() as LuaClass<CheckpointHandle>)
    try state.register(.settings() as LuaClass<SettingsHandle>)
    try state.register(.etcdReader() as LuaClass<EtcdReader>)
    try state.register(.etcdStore() as LuaClass<EtcdHandle>)
    try state.register(.iterator() as LuaClass<LuaIterator>)
    for module: LuaModule in [
      .vault(session), .key(session), .identity(session), .role(session), .cluster(session),
      .secret(session), .group(session), .etcd(session), .workspace(session), .clock(session),
      .audit(session), .crypto(), .json(), .yaml(), .prompt(session),
    ] {
      try state.register(module)
    }
    try state.register(.progress() as LuaClass<ProgressHandle>)
    try state.register(.progress(session))
    try state.register(.faults(session), asGlobal: false, isTold: true)
    try state.register(.apiServer(session), asGlobal: false, isTold: true)
    try state.register(.objects(session, state), asGlobal: false)
    try state.register(.desk(session), asGlobal: false)
    let chunk = try state.load(Array(procedures.utf8), chunkName: "=kms")
    _ = try state.call(chunk)
    try state.registerHelp()
  }

  /// Globals written in Lua: the documented procedures, what shows values, and `progress` as a
  /// module that can be called.
  ///
  /// Each is found on the module path when it is first used; the names are for completion, which
  /// loads nothing.
  private static let procedures = """
    kms = setmetatable({}, {
      __index = function(_, name) return require('kms')[name] end,
      __names = {
        'disable', 'enable_private', 'enable_public', 'migrate_to_v2', 'monitor', 'recover',
        'rehearse', 'rewrite', 'rotate', 'rotate_twice', 'rules', 'switch_mode', 'verify',
      },
    })
    setmetatable(progress, { __call = function(self, options) return self.start(options) end })
    function p(...) return require('util.show').p(...) end
    function take(...) return require('util.show').take(...) end
    """
}
