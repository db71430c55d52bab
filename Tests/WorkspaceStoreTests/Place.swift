import AzureModel
import Foundation
import WorkspaceStore

/// A folder with the path of a workspace in it; goes when its owner goes.
final class Place {
  let folder: URL
  var path: String { folder.appending(path: "data/workspace.db").path }

  init() {
    folder = FileManager.default.temporaryDirectory.appending(path: "kmsh-\(UUID().uuidString)")
  }

  // A test that has passed does not fail for want of tidying up.
  deinit { try? FileManager.default.removeItem(at: folder) }

  func open() throws -> Workspace { try Workspace.open(path: path) }

  /// Every file in it, the folder of the workspace apart.
  func files() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: URL(filePath: path).deletingLastPathComponent(),
      includingPropertiesForKeys: nil
    )
  }

  static func mode(_ url: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
  }
}

struct Note: Record, Equatable {
  static let kind = "test_note"
  let id: String
  var parent = ""
  var text = ""
}
