import Foundation
import LuaModules
import LuaRuntime

extension Benchmarks {
  /// Cryptographic calls from Lua, next to the bare operations of `openssl speed`, and a large
  /// vault, in a workspace on disk.
  ///
  /// Both sides are measured in processor time, in turns, so that what else the machine does
  /// weighs on neither. `openssl speed` offers signing and verifying of RSA: signing is the same
  /// private operation that decrypting is; verifying is the same public one that encrypting is,
  /// and the fair comparison for it, being the only public operation that is offered.
  static func vaultOperations() throws {
    try withWorkspace { state in
      try run(
        state,
        """
        v = vault.create{ name = 'kv1', resource_group = 'rg' }
        k = key.create{ vault_name = v, name = 'k' }
        text = ('x'):rep(32)
        sealed = k:encrypt{ algorithm = 'RSA-OAEP-256', value = text }.value
        function encrypt(n)
          for _ = 1, n do k:encrypt{ algorithm = 'RSA-OAEP-256', value = text } end
        end
        function decrypt(n)
          for _ = 1, n do k:decrypt{ algorithm = 'RSA-OAEP-256', value = sealed } end
        end
        """
      )
      var figures: [[Double]] = []
      for _ in 0..<5 {
        let bare = try opensslSpeedRSA()
        figures.append([
          bare.signed, try rate(state, "decrypt", 1000), bare.verified,
          try rate(state, "encrypt", 20_000),
        ])
      }
      let medians = (0..<4).map { index in figures.map { $0[index] }.sorted()[2] }
      print("RSA-2048 through Lua")
      show("  openssl speed rsa2048, private operations", medians[0], "/s")
      show("  k:decrypt", medians[1], "/s", times: medians[0])
      show("  openssl speed rsa2048, public operations", medians[2], "/s")
      show("  k:encrypt", medians[3], "/s", times: medians[2])
      try largeVault(state)
    }
  }

  /// A vault of 10,000 keys: one by name, all in pages.
  private static func largeVault(_ state: LuaState) throws {
    let count = 10_000
    try run(
      state,
      """
      w = vault.create{ name = 'kv2', resource_group = 'rg' }
      workspace.transaction(function()
        for n = 1, \(count) do
          key.create{ vault_name = w, name = ('k%05d'):format(n), kty = 'EC', curve = 'P-256' }
        end
      end)
      function get(n)
        for i = 1, n do
          key.get{ vault_name = 'kv2', name = ('k%05d'):format(i * 7919 % \(count) + 1) }
        end
      end
      function get_one(n)
        for _ = 1, n do key.get{ vault_name = 'kv2', name = 'k04711' } end
      end
      function list(n)
        for _ = 1, n do assert(#key.list{ vault_name = 'kv2' } == \(count)) end
      end
      """
    )
    print("A vault of \(count) keys")
    show("  get by name, each for the first time", 1e6 / (try rate(state, "get", count)), "µs")
    show("  get by name, another one each time", 1e6 / (try rate(state, "get", count)), "µs")
    show("  get by name, the same one", 1e6 / (try rate(state, "get_one", count)), "µs")
    show("  list, a key", 1e6 / (try rate(state, "list", 1)) / Double(count), "µs")
  }

  /// Calls of a Lua function's inner loop in a second of processor time.
  private static func rate(_ state: LuaState, _ function: String, _ count: Int) throws -> Double {
    let start = processorTime()
    try run(state, "\(function)(\(count))")
    return Double(count) / (processorTime() - start)
  }

  /// Seconds that the processor spent on this process.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Operations in a second, by `openssl speed`, which counts processor time too.
  private static func opensslSpeedRSA() throws -> (signed: Double, verified: Double) {
    let (status, output) = try run("/usr/bin/openssl", ["speed", "-seconds", "1", "rsa2048"])
    // The last line: `rsa 2048 bits 0.000546s 0.000016s   1832.3  61234.3`.
    let figures = output.split(separator: "\n").last?.split(separator: " ") ?? []
    guard status == 0, figures.count == 7, let signed = Double(figures[5]),
      let verified = Double(figures[6])
    else { throw CocoaError(.featureUnsupported) }
    return (signed, verified)
  }
}
