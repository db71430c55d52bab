import AzureModel
import CryptoEngine
import FoundationEssentials
import Synchronization
import TestData
import Testing

/// Identifiers that are the same in every run: a generator from a seed, as a seeded workspace has.
final class SeededIdentifiers: IdentifierSource {
  private let state: Mutex<SeededGenerator>

  init(seed: UInt64 = 1) { state = Mutex(SeededGenerator(seed)) }

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

  /// A key on a curve in `MyKeyVault`, from material that the tests share.
  @discardableResult
  func key(
    on curve: EllipticCurve,
    _ name: String = "MyCurve",
    _ change: (inout KeyOptions) -> Void = { _ in }
  ) throws -> Key {
    var options = KeyOptions(vault: "MyKeyVault", name: name)
    change(&options)
    return try azure.importKey(options, privateKey: Material.get(curve), context: context)
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

/// Private keys for every test that does not care which: one of each size and curve.
enum Material {
  private static let rsa = Dictionary(
    uniqueKeysWithValues: [2048, 3072, 4096].map { bitCount in
      (bitCount, Result { try PrivateKey.rsa(RSAPrivateKey.generate(bitCount: bitCount)) })
    }
  )
  private static let ec = Dictionary(
    uniqueKeysWithValues: EllipticCurve.allCases.map { curve in
      (curve, Result { try PrivateKey.ec(ECPrivateKey.generate(curve)) })
    }
  )

  static func get(bitCount: Int = 2048) throws -> PrivateKey { try #require(rsa[bitCount]).get() }

  static func get(_ curve: EllipticCurve) throws -> PrivateKey {
    try #require(ec[curve]).get()
  }
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
