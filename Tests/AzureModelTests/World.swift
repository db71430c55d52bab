import AzureModel
import CryptoEngine
import FoundationEssentials
import Synchronization
import Testing

/// Identifiers that are the same in every run: a generator from a seed, as a seeded workspace has.
final class SeededIdentifiers: IdentifierSource {
  private let state: Mutex<SplitMix>

  init(seed: UInt64 = 1) { state = Mutex(SplitMix(state: seed)) }

  func identifierBytes() -> [UInt8] {
    state.withLock { generator in
      (0..<2).flatMap { _ in
        let z = generator.next()
        return (0..<8).map { UInt8(truncatingIfNeeded: z >> (8 * $0)) }
      }
    }
  }
}

/// A cloud with someone signed in, and a time that a test moves.
struct World {
  let store = MemoryRecordStore()
  let azure: Azure
  let account: Account
  var context: CallContext

  init(seed: UInt64 = 1) throws {
    let identifiers = SeededIdentifiers(seed: seed)
    azure = Azure(store: store)
    account = try azure.account(identifiers)
    context = CallContext(
      principal: account.signedInUser,
      now: Date(timeIntervalSince1970: 1_767_225_600),
      identifiers: identifiers
    )
  }

  /// A vault `MyKeyVault` under the policy model, unless told otherwise.
  @discardableResult
  func vault(
    _ name: String = "MyKeyVault",
    _ change: (inout VaultOptions) -> Void = { _ in }
  ) throws -> Vault {
    var options = VaultOptions(name: name, resourceGroup: "MyResourceGroup")
    change(&options)
    return try azure.createVault(options, context)
  }

  /// A key `MyKeyName` in `MyKeyVault`, from material that the tests share.
  @discardableResult
  func key(
    _ name: String = "MyKeyName",
    _ change: (inout KeyOptions) -> Void = { _ in }
  ) throws -> Key {
    var options = KeyOptions(vault: "MyKeyVault", name: name)
    change(&options)
    return try azure.importKey(options, privateKey: Material.get(), context: context)
  }

  /// The same cloud, seen by another principal.
  func seen(by principal: Principal) -> CallContext {
    var context = context
    context.principal = principal
    return context
  }

  func later(_ seconds: Double) -> CallContext {
    var context = context
    context.now += seconds
    return context
  }
}

/// One RSA key for every test that does not care which.
enum Material {
  private static let key = Result { try RSAPrivateKey.generate(bitCount: 2048) }

  static func get() throws -> RSAPrivateKey { try key.get() }
}

/// Asserts that `body` fails with a code, and returns the error for a closer look.
@discardableResult
func refused(
  _ code: AzureError.Code,
  at location: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) -> AzureError? {
  let error = #expect(throws: AzureError.self, sourceLocation: location) { try body() }
  #expect(error?.code == code, sourceLocation: location)
  return error
}

extension SecretBytes {
  convenience init(_ text: String) { self.init(copying: Array(text.utf8)) }
}
