// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let queuert: [Target.Dependency] = [
    .product(name: "Queuert", package: "queuert"),
    .product(name: "QueuertSQLite", package: "queuert"),
]
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")

// One folder per example, each with a README, a program and tests.
let package = Package(
    name: "queuert-examples",
    products: [.executable(name: "indexer", targets: ["indexer"])],
    dependencies: [
        .package(name: "queuert", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .target(
            name: "TextIndex", dependencies: queuert + [tracing], path: "indexer/Sources/TextIndex",
            swiftSettings: strict),
        .executableTarget(
            name: "indexer",
            dependencies: queuert + [
                "TextIndex", tracing,
                .product(name: "QueuertOTel", package: "queuert"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "indexer/Sources/indexer", swiftSettings: strict),
        .testTarget(
            name: "IndexerTests",
            dependencies: [
                "TextIndex", "indexer",
                .product(name: "QueuertSQLite", package: "queuert"), .product(name: "COTLP", package: "queuert"),
            ],
            path: "indexer/Tests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
