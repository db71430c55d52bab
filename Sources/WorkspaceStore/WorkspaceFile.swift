internal import CryptoEngine
internal import FoundationEssentials
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#endif

/// The files of a workspace: made private before anything is written to them.
enum WorkspaceFile {
  /// Makes folder (0700) and database file (0600) if they are missing.
  ///
  /// SQLite gives its journal files the mode of the database file.
  ///
  /// - Throws: `workspace.unwritable`.
  static func prepare(_ path: String) throws {
    let folder = folder(of: path)
    if !folder.isEmpty, access(folder, F_OK) != 0 {
      do {
        try FileManager.default.createDirectory(
          atPath: folder,
          withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700]
        )
      } catch {
        throw unwritable(folder)
      }
    }
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unwritable(path) }
    Glibc.close(descriptor)
  }

  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  static func unwritable(_ path: String) -> WorkspaceError {
    WorkspaceError(
      .unwritable,
      "\(path) cannot be opened for writing: \(String(cString: strerror(errno)))",
      hint: "name another file with --workspace or KMSH_WORKSPACE"
    )
  }
}

/// The key that seals key material in the workspace, kept in a file beside it.
///
/// The file holds 32 random bytes, mode 0600 from creation. It is made by the first sealing, so
/// that a workspace without keys has none.
final class RootKey: Sendable {
  private static let byteCount = 32
  private let keyPath: String?
  private let loaded = Mutex<SecretBytes?>(nil)

  init(workspacePath: String) {
    keyPath = workspacePath == ":memory:" ? nil : workspacePath + ".key"
  }

  /// Seals material: `nonce ‖ ciphertext ‖ tag`, the name authenticated with it.
  func seal(_ material: SecretBytes, name: String) throws -> [UInt8] {
    // Fresh random nonces; far fewer than 2^32 keys are ever sealed in one workspace.
    try AESGCM.seal(material, key: derived(mayCreate: true), authenticatedData: Array(name.utf8))
  }

  /// Opens what `seal` returned for the same name.
  func open(_ sealed: [UInt8], name: String) throws -> SecretBytes {
    do {
      return try AESGCM.open(
        sealed,
        key: derived(mayCreate: false),
        authenticatedData: Array(name.utf8)
      )
    } catch let error as CryptoError where error.code == .rejected {
      throw WorkspaceError(
        .materialRejected,
        "the workspace's root key does not open the material of \(name)",
        hint: "put the .key file back that belongs to this workspace"
      )
    }
  }

  /// The root key itself seals nothing: what does is derived for this one use.
  private func derived(mayCreate: Bool) throws -> SecretBytes {
    let root = try loaded.withLock { loaded in
      if let loaded { return loaded }
      let key =
        try keyPath.map { try load($0, mayCreate: mayCreate) }
        ?? SecretBytes.random(byteCount: Self.byteCount)
      loaded = key
      return key
    }
    return try HKDF.expandSHA256(
      key: root,
      info: Array("kmsh workspace key material v1".utf8),
      byteCount: 32
    )
  }

  private func load(_ path: String, mayCreate: Bool) throws -> SecretBytes {
    if let key = try read(path) { return key }
    guard mayCreate else {
      throw WorkspaceError(
        .keyMissing,
        "the root key \(path) is missing",
        hint: "put the file back: without it the keys of this workspace cannot be used"
      )
    }
    try create(path)
    guard let key = try read(path) else { throw WorkspaceFile.unwritable(path) }
    return key
  }

  private func read(_ path: String) throws -> SecretBytes? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw WorkspaceFile.unwritable(path)
    }
    defer { Glibc.close(descriptor) }
    var count = 0
    let key = SecretBytes(byteCount: Self.byteCount) { room in
      count = Glibc.read(descriptor, room.baseAddress, room.count)
    }
    guard count == Self.byteCount else {
      throw WorkspaceError(
        .keyMissing,
        "the root key \(path) is not \(Self.byteCount) bytes long",
        hint: "put back the file that belongs to this workspace"
      )
    }
    return key
  }

  /// Writes a fresh key under a temporary name and links it into place: whoever comes second
  /// keeps the first one's key.
  private func create(_ path: String) throws {
    let temporary = "\(path).\(getpid())"
    let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw WorkspaceFile.unwritable(temporary) }
    defer { unlink(temporary) }
    let key = try SecretBytes.random(byteCount: Self.byteCount)
    let written = key.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    let isSynced = fsync(descriptor) == 0
    Glibc.close(descriptor)
    guard written == Self.byteCount, isSynced else { throw WorkspaceFile.unwritable(temporary) }
    guard link(temporary, path) == 0 || errno == EEXIST else {
      throw WorkspaceFile.unwritable(path)
    }
    let folder = WorkspaceFile.folder(of: path)
    let folderDescriptor = Glibc.open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
    if folderDescriptor >= 0 {
      fsync(folderDescriptor)
      Glibc.close(folderDescriptor)
    }
  }
}
