import Foundation

/// The project's text, read as files.
enum Project {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Files under a folder whose names end in one of the extensions.
  static func files(_ folder: String, _ extensions: Set<String>) -> [URL] {
    let walk = FileManager.default.enumerator(
      at: root.appending(path: folder),
      includingPropertiesForKeys: nil
    )
    return (walk?.compactMap { $0 as? URL } ?? []).filter { extensions.contains($0.pathExtension) }
  }

  static func text(_ file: URL) throws -> String {
    try String(contentsOf: file, encoding: .utf8)
  }

  /// `Suite/name` of every test in Swift, and `file/title` of every one in Lua.
  static func tests() throws -> Set<String> {
    var found: Set<String> = []
    for file in files("Tests", ["swift"]) {
      var suite = ""
      for line in try text(file).split(separator: "\n") {
        if let match = line.firstMatch(of: /^(?:@Suite )?(?:struct|extension) (\w+)/) {
          suite = String(match.output.1)
        } else if let match = line.firstMatch(of: /func `([^`]+)`/) {
          found.insert("\(suite)/\(match.output.1)")
        } else if let match = line.firstMatch(of: /^  func (\w+)\(/) {
          found.insert("\(suite)/\(match.output.1)")
        }
      }
    }
    for file in files("Tests/StdlibTests/specs", ["lua"]) {
      let name = file.deletingPathExtension().lastPathComponent
      for match in try text(file).matches(of: /(?m)^(?:t\.it|survives)\('([^']+)'/) {
        found.insert("\(name)/\(match.output.1)")
      }
    }
    return found
  }
}
