import AzureModel
import Foundation
import WorkspaceStore

extension Benchmarks {
  /// What it costs to ask whether a caller may do something, in a subscription full of roles.
  static func grants() throws {
    let folder = URL.temporaryDirectory.appending(path: "kmsh-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let workspace = try Workspace.open(path: folder.appending(path: "workspace.db").path)
    let azure = Azure(store: workspace)
    let context = CallContext(
      principal: try azure.account(workspace).signedInUser,
      now: try workspace.now(),
      identifiers: workspace
    )
    let vault = try azure.createVault(
      VaultOptions(name: "kv1", resourceGroup: "rg", enableRBACAuthorization: true),
      context
    )
    func assign(_ role: String, _ principal: String, _ scope: String) throws {
      try azure.assignRole(
        RoleAssignmentOptions(
          role: role,
          principalID: principal,
          principalType: principal == context.principal.objectID ? .user : .servicePrincipal,
          scope: scope
        ),
        context: context
      )
    }
    try workspace.userTransaction {
      for number in 0..<3900 {
        let tail = String(String(1_000_000_000_000 + number).dropFirst())
        try assign("Reader", "00000000-0000-4000-8000-\(tail)", vault.resourceID)
      }
      for number in 0..<50 {
        try assign("Reader", context.principal.objectID, "\(vault.resourceID)/keys/k\(number)")
      }
      try assign("Key Vault Crypto Officer", context.principal.objectID, vault.resourceID)
    }
    let action = "Microsoft.KeyVault/vaults/read"
    let check = try median(of: 5) {
      for _ in 0..<1000 {
        guard try azure.isAuthorized(action: action, scope: vault.resourceID, context) else {
          throw CocoaError(.featureUnsupported)
        }
      }
    }
    let anew = try median(of: 5) {
      for _ in 0..<100 {
        // Another look at the same records, as after any change of an assignment.
        guard
          try Azure(store: workspace)
            .isAuthorized(action: action, scope: vault.resourceID, context)
        else { throw CocoaError(.featureUnsupported) }
      }
    }
    print(
      "May the caller do it? A subscription with 3,952 role assignments, 52 of them the caller's"
    )
    show("  asked again", check / 1000 * 1e6, "µs")
    show("  asked after a change of an assignment", anew / 100 * 1e6, "µs")
    workspace.close()
  }
}
