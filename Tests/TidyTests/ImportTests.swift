import Foundation
import Testing

/// Who may import whom: nothing upwards, nothing sideways.
@Suite struct ImportTests {
  /// Targets of the project that each may import.
  static let allowed: [String: Set<String>] = [
    "CLua": [], "CEditline": [], "COpenSSL": [],
    "CryptoEngine": ["COpenSSL"],
    "EncryptionAtRest": ["CryptoEngine"],
    "EtcdSnapshot": ["CryptoEngine", "EncryptionAtRest"],
    "AzureModel": ["CryptoEngine"],
    "ClusterModel": ["AzureModel", "CryptoEngine", "EncryptionAtRest"],
    "WorkspaceStore": ["AzureModel", "ClusterModel", "CryptoEngine", "EncryptionAtRest"],
    "LuaRuntime": ["CLua"],
    "LuaModules": [
      "AzureModel", "ClusterModel", "CryptoEngine", "EncryptionAtRest", "EtcdSnapshot",
      "LuaRuntime", "WorkspaceStore",
    ],
    "LineEditor": ["CEditline"],
    "Console": ["LineEditor", "LuaRuntime"],
    "kmsh": [
      "Console", "CryptoEngine", "EncryptionAtRest", "EtcdSnapshot", "LineEditor", "LuaModules",
      "LuaRuntime", "WorkspaceStore",
    ],
  ]

  /// What may come from outside, beside Foundation and the toolchain's own.
  static let outside: [String: Set<String>] = [
    "EncryptionAtRest": ["Yams"], "WorkspaceStore": ["GRDB", "GRDBSQLite"],
    "kmsh": ["ArgumentParser"],
  ]
  static let toolchain: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Dispatch",
  ]

  /// Headers from outside that a C target is there to hide.
  static let headers: [String: Set<String>] = [
    "CLua": ["lua.h", "lauxlib.h", "lualib.h"], "CEditline": ["histedit.h"],
    "COpenSSL": ["openssl"],
  ]

  @Test func `the table names every target`() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Project.root.appending(path: "Sources").path
    )
    #expect(Set(folders) == Set(Self.allowed.keys))
  }

  @Test(arguments: allowed.keys.sorted())
  func `a target imports what it may`(target: String) throws {
    let mayImport = Self.allowed[target, default: []]
      .union(Self.outside[target] ?? []).union(Self.toolchain)
    for file in Project.files("Sources/\(target)", ["swift"]) {
      for match in try Project.text(file).matches(
        of: /(?m)^\s*(?:[@a-z]+ )?import (?:struct |class |func )?(\w+)/
      ) {
        #expect(mayImport.contains(String(match.1)), "\(file.lastPathComponent)")
      }
    }
  }

  @Test func `only the C target that hides a library includes it`() throws {
    for target in Self.allowed.keys {
      for file in Project.files("Sources/\(target)", ["c", "h"]) {
        for match in try Project.text(file).matches(
          of: /#include <([a-z0-9_]+(?:\.h)?)(?:\/[^>]*)?>/
        ) {
          let name = String(match.1)
          let owner = Self.headers.first { $0.value.contains(name) }?.key
          #expect(owner == nil || owner == target, "\(file.lastPathComponent): \(name)")
        }
      }
    }
  }
}
