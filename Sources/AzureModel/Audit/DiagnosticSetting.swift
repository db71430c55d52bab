/// What a diagnostic setting is called and where its rows are said to go.
///
/// The places are not modelled: rows are in the workspace.
public struct DiagnosticSetting: Hashable, Codable, Sendable {
  /// Its name, 1 to 260 characters.
  public let name: String
  /// ARM id of a storage account, or its name.
  public let storageAccount: String?
  /// ARM id of a Log Analytics workspace, or its name.
  public let workspace: String?

  /// Takes what a caller says over.
  ///
  /// - Throws: `argument.value` for what is too long or holds marks of a path.
  public init(name: String, storageAccount: String? = nil, workspace: String? = nil) throws {
    let isName = (1...260).contains(name.count) && !name.contains { "<>*%&:\\?+/".contains($0) }
    let places = [storageAccount, workspace].compactMap(\.self)
    guard isName, places.allSatisfy({ $0.utf8.count <= ARMID.byteCountMax }) else {
      throw AzureError.badRequest(
        "The diagnostic setting '\(name.echoed)' is invalid.",
        hint: "its name has at most 260 characters and none of <>*%&:\\?+/, an id at most "
          + "\(ARMID.byteCountMax) bytes"
      )
    }
    self.name = name
    self.storageAccount = storageAccount
    self.workspace = workspace
  }
}
