// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// For targets that touch C: each unsafe use is marked where it stands.
let settingsAtC = settings + [.strictMemorySafety()]

let package = Package(
  name: "kmsh",
  products: [
    .executable(name: "kmsh", targets: ["kmsh"]),
    .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    .target(name: "CLua", linkerSettings: [.linkedLibrary("lua5.4")]),
    .target(name: "CEditline", linkerSettings: [.linkedLibrary("edit")]),
    .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
    .target(name: "CryptoEngine", dependencies: ["COpenSSL"], swiftSettings: settingsAtC),
    .target(
      name: "EncryptionAtRest",
      dependencies: ["CryptoEngine", .product(name: "Yams", package: "Yams")],
      swiftSettings: settings
    ),
    .target(
      name: "EtcdSnapshot",
      dependencies: ["CryptoEngine", "EncryptionAtRest"],
      swiftSettings: settingsAtC
    ),
    .target(name: "AzureModel", dependencies: ["CryptoEngine"], swiftSettings: settings),
    .target(
      name: "ClusterModel",
      dependencies: ["AzureModel", "CryptoEngine", "EncryptionAtRest"],
      swiftSettings: settings
    ),
    .target(
      name: "WorkspaceStore",
      dependencies: [
        "AzureModel", "ClusterModel", "CryptoEngine", "EncryptionAtRest",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: settings
    ),
    .target(name: "LuaRuntime", dependencies: ["CLua"], swiftSettings: settingsAtC),
    .target(
      name: "LuaModules",
      dependencies: [
        "AzureModel", "ClusterModel", "CryptoEngine", "EncryptionAtRest", "EtcdSnapshot",
        "LuaRuntime", "WorkspaceStore",
      ],
      swiftSettings: settings
    ),
    .target(name: "LineEditor", dependencies: ["CEditline"], swiftSettings: settingsAtC),
    .target(name: "Console", dependencies: ["LineEditor", "LuaRuntime"], swiftSettings: settings),
    .executableTarget(
      name: "kmsh",
      dependencies: [
        "Console", "CryptoEngine", "EncryptionAtRest", "EtcdSnapshot", "LineEditor", "LuaModules",
        "LuaRuntime", "WorkspaceStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "AzureModel", "Console", "CryptoEngine", "EncryptionAtRest", "LineEditor", "LuaModules",
        "LuaRuntime", "WorkspaceStore", .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      path: "scripts/benchmarks",
      swiftSettings: settings
    ),
    .target(
      name: "TestData",
      path: "Tests/TestData",
      exclude: ["Vectors", "Fixtures", "Findings", "Published"],
      swiftSettings: settings
    ),
    .target(
      name: "FuzzTargets",
      dependencies: ["CryptoEngine", "EncryptionAtRest", "EtcdSnapshot"],
      path: "Tests/FuzzTargets",
      swiftSettings: settings
    ),
    .testTarget(
      name: "FuzzTargetsTests",
      dependencies: ["FuzzTargets", "TestData"],
      swiftSettings: settings
    ),
    .target(
      name: "Peers",
      dependencies: ["CryptoEngine"],
      path: "Tests/Peers",
      exclude: ["peer.py"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "CryptoEngineTests",
      dependencies: ["CryptoEngine", "Peers", "TestData"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "EncryptionAtRestTests",
      dependencies: ["CryptoEngine", "EncryptionAtRest", "TestData"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "EtcdSnapshotTests",
      dependencies: ["CryptoEngine", "EncryptionAtRest", "EtcdSnapshot", "TestData"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "AzureModelTests",
      dependencies: ["AzureModel", "CryptoEngine", "Peers", "TestData"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "ClusterModelTests",
      dependencies: [
        "AzureModel", "ClusterModel", "CryptoEngine", "EncryptionAtRest", "TestData",
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "WorkspaceStoreTests",
      dependencies: [
        "AzureModel", "ClusterModel", "CryptoEngine", "EncryptionAtRest", "TestData",
        "WorkspaceStore",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      exclude: ["Fixtures"],
      swiftSettings: settings
    ),
    .testTarget(name: "LuaRuntimeTests", dependencies: ["LuaRuntime"], swiftSettings: settings),
    .testTarget(
      name: "LuaModulesTests",
      dependencies: ["LuaModules", "LuaRuntime", "TestData", "WorkspaceStore"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "StdlibTests",
      dependencies: ["LuaModules", "LuaRuntime"],
      exclude: ["specs"],
      swiftSettings: settings
    ),
    .testTarget(name: "LineEditorTests", dependencies: ["LineEditor"], swiftSettings: settings),
    .testTarget(
      name: "ConsoleTests",
      dependencies: [
        "AzureModel", "Console", "CryptoEngine", "LineEditor", "LuaModules", "LuaRuntime",
        "WorkspaceStore",
      ],
      exclude: ["Transcripts", "Leaks/drive.lua", "Leaks/sweep.lua"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "KmshTests",
      dependencies: ["Peers", "TestData", "kmsh", .product(name: "GRDB", package: "GRDB.swift")],
      exclude: ["Stories", "Transcripts"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "TidyTests",
      dependencies: ["LuaModules", "LuaRuntime"],
      swiftSettings: settings
    ),
  ],
  swiftLanguageModes: [.v6]
)
