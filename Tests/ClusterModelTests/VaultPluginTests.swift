import AzureModel
import CryptoEngine
import EncryptionAtRest
import Foundation
import TestData
import Testing

@testable import ClusterModel

/// The plugin against the calls recorded of the real one.
@Suite struct VaultPluginTests {
  /// The recorded call whose description starts so.
  private func recorded(_ call: String) throws -> [String: Any] {
    let calls = try VectorFile.json("azure-plugin.json").list("rpc")
    return try #require(calls.first { $0.text("call").hasPrefix(call) })
  }

  /// A plugin over one key of a vault, and that key's id as the plugin names it.
  private func plugin() throws -> (plugin: VaultPlugin, key: Key, keyID: String, world: World) {
    let world = try World()
    let key = try world.key()
    var context = world.context
    context.principal = world.identity.principal
    let plugin = VaultPlugin(azure: world.azure, slots: [key.kid], context: context)
    return (plugin, key, try VaultPlugin.keyID(key.kid), world)
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch let error as KeyServiceError {
      return error.message
    } catch let error as PluginFailure {
      return error.service.message
    } catch {
      return "another error: \(error)"
    }
  }

  @Test func `Status and Encrypt answer as the real plugin does`() throws {
    let (plugin, _, keyID, _) = try plugin()
    let expected = try #require(try recorded("v2.Status")["result"] as? [String: Any])
    let status = try plugin.status()
    #expect(status.version == expected.text("version"))
    #expect(status.healthz == expected.text("healthz") && status.keyID == keyID)
    let wrapped = try plugin.encrypt(SecretBytes.random(byteCount: 32), uid: "u")
    let answer = try #require(try recorded("v2.Encrypt 32 bytes")["result"] as? [String: Any])
    #expect(wrapped.annotations.keys.sorted() == answer["annotations"] as? [String])
    #expect(wrapped.keyID == keyID && wrapped.ciphertext.count == 342)
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    #expect(wrapped.ciphertext.allSatisfy(alphabet.contains))
    #expect(plugin.versionV1() == "v1beta1")
    let old = try plugin.encryptV1(SecretBytes(copying: [1, 2]))
    #expect(old.count == 342 && old.allSatisfy(alphabet.contains))
    #expect(try plugin.decryptV1(old) == SecretBytes(copying: [1, 2]))
  }

  @Test(
    arguments: [
      ("v2.Decrypt with only", [:]), ("v2.Decrypt without annotations", ["annotations": ""]),
      ("v2.Decrypt with key_id 'abc'", ["key_id": "abc"]),
      ("v2.Decrypt, algorithm annotation", ["algorithm.azure.akv.io": "RSA1_5"]),
      ("v2.Decrypt, version annotation", ["version.azure.akv.io": "2"]),
    ] as [(String, [String: String])]
  )
  func `Decrypt checks what the real plugin checks, in its words`(
    call: String,
    change: [String: String]
  ) throws {
    let (plugin, _, keyID, _) = try plugin()
    let secret = try SecretBytes.random(byteCount: 32)
    let wrapped = try plugin.encrypt(secret, uid: "u")
    var annotations = wrapped.annotations.filter {
      ["algorithm.azure.akv.io", "version.azure.akv.io"].contains($0.key)
    }
    for (name, value) in change { annotations[name] = Array(value.utf8) }
    if change["annotations"] != nil { annotations = [:] }
    let source = WrappedSource(
      ciphertext: wrapped.ciphertext,
      keyID: change["key_id"] ?? wrapped.keyID,
      annotations: annotations
    )
    let recorded = try recorded(call)
    guard !recorded.text("message").isEmpty else {
      #expect(try plugin.decrypt(source, uid: "u") == secret)
      return
    }
    let realKeyID = try #require(
      try VectorFile.json("azure-plugin.json").list("rpc")[0]["result"] as? [String: Any]
    ).text("key_id")
    #expect(
      message { _ = try plugin.decrypt(source, uid: "u") }
        == recorded.text("message").replacing(realKeyID, with: keyID)
    )
  }

  @Test func `the vault's refusals come through in the client library's words`() throws {
    let (plugin, key, _, world) = try plugin()
    let wrapped = try plugin.encrypt(SecretBytes.random(byteCount: 32), uid: "u")
    var foreign = wrapped.ciphertext
    foreign[10] = foreign[10] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
    let source = WrappedSource(
      ciphertext: foreign,
      keyID: wrapped.keyID,
      annotations: wrapped.annotations
    )
    // The words around the vault's own are those recorded.
    func frame(_ text: String) -> Substring {
      text.firstRange(of: "Message=").map { text[..<$0.upperBound] } ?? "no message in: \(text)"
    }
    #expect(
      frame(message { _ = try plugin.decrypt(source, uid: "u") })
        == frame(try recorded("v2.Decrypt, Key Vault answers 400").text("message"))
    )
    _ = try world.azure.setPolicy(
      vault: "kv1",
      objectID: world.identity.principalID,
      keyPermissions: ["decrypt"],
      context: world.context
    )
    #expect(
      frame(message { _ = try plugin.status() })
        == frame(try recorded("v2.Encrypt, Key Vault answers 403").text("message"))
    )
    try world.grant()
    let other = try KeyID(vaultName: key.kid.vault, name: "none", version: key.kid.version)
    let lost = VaultPlugin(azure: world.azure, slots: [other], context: plugin.served)
    #expect(
      frame(message { _ = try lost.encrypt(SecretBytes(copying: [1]), uid: "u") })
        == frame(try recorded("v2.Encrypt, Key Vault answers 404").text("message"))
    )
  }
}
