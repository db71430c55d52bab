// swift-tools-version: 6.2
import PackageDescription

/// Fuzzing, apart from the product: scripts/fuzz builds it with libFuzzer and runs it.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "kmsh", path: "../..")],
  targets: [
    .executableTarget(
      name: "fuzz",
      dependencies: [
        .product(name: "FuzzTargets", package: "kmsh")
      ],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]
    )
  ],
  swiftLanguageModes: [.v6]
)
