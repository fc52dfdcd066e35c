// swift-tools-version: 6.2
import PackageDescription

/// As many as continuous integration asks for, which then takes the library as it has built it for its own tests.
let queuertTraits: Set<Package.Dependency.Trait> =
    Context.environment["QUEUERT_ALL_TRAITS"] == nil ? ["GRDB"] : ["GRDB", "SwiftMetrics", "CommandLine"]

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
let telemetry: Target.Dependency = .product(name: "QueuertOTel", package: "queuert")
let traceTesting: Target.Dependency = .product(name: "QueuertTraceTesting", package: "queuert")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing: Target.Dependency = .product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let postgres: Target.Dependency = .product(name: "QueuertPostgres", package: "queuert")
let http: [Target.Dependency] = [
    postgres, logging,
    .product(name: "ArgumentParser", package: "swift-argument-parser"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
]
let grdb: [Target.Dependency] = [
    .product(name: "QueuertGRDB", package: "queuert"), .product(name: "GRDB", package: "GRDB.swift"), logging,
]

/// An example: a folder with a README, a program and its tests.
struct Example {
    /// The folder, and what to run: `swift run chain-patterns`.
    let folder: String
    /// The program's module.
    let module: String
    /// Where the program is, inside the folder.
    var sources = "Sources"
    /// Modules of the same example, or of other packages.
    var modules: [Target.Dependency] = []
    /// Whether the program makes spans of its own.
    var isTraced = false
    /// What its tests need beside what all have.
    var testing: [Target.Dependency] = []

    var product: Product { .executable(name: folder, targets: [module]) }
    var targets: [Target] {
        [
            .executableTarget(
                name: module,
                dependencies: queuert + modules + (isTraced ? [telemetry, tracing] : []) + ["ExampleSupport"],
                path: "\(folder)/\(sources)",
                swiftSettings: strict),
            .testTarget(
                name: "\(module)Tests",
                dependencies: queuert + modules + testing + [
                    .target(name: module), "ExampleSupport", "ExampleTesting", telemetry, traceTesting, tracing,
                ],
                path: "\(folder)/Tests", swiftSettings: strict),
        ]
    }
}

let examples = [
    Example(folder: "blockers", module: "Blockers"),
    Example(folder: "chain-patterns", module: "ChainPatterns"),
    Example(folder: "cleanup", module: "Cleanup"),
    Example(folder: "completion-without-worker", module: "CompletionWithoutWorker"),
    Example(folder: "error-handling", module: "ErrorHandling"),
    Example(folder: "grdb", module: "GRDBExample", modules: grdb),
    Example(
        folder: "http-service", module: "HTTPService", modules: http, isTraced: true,
        testing: ["ExamplePostgresTesting", inMemoryTracing]),
    Example(folder: "middleware", module: "MiddlewareExample"),
    Example(folder: "processing-modes", module: "ProcessingModes"),
    Example(folder: "scheduling", module: "Scheduling"),
    Example(folder: "several-processes", module: "SeveralProcesses"),
    Example(
        folder: "several-workers", module: "SeveralWorkers", modules: [postgres], testing: ["ExamplePostgresTesting"]),
    Example(folder: "slices", module: "Shop", sources: "Sources/Shop", modules: ["Billing", "Orders"]),
    Example(folder: "timeouts", module: "Timeouts"),
]

// One folder per example, each with a README, a program and tests.
let package = Package(
    name: "queuert-examples",
    products: [.executable(name: "indexer", targets: ["indexer"])] + examples.map(\.product),
    dependencies: [
        .package(name: "queuert", path: "..", traits: queuertTraits),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Without its traits Hummingbird needs neither swift-configuration nor all of Foundation, which halves what is built.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.11.0"),
    ],
    targets: [
        .target(
            name: "TextIndex", dependencies: queuert + [tracing], path: "indexer/Sources/TextIndex",
            swiftSettings: strict),
        .executableTarget(
            name: "indexer",
            dependencies: queuert + [
                "TextIndex", tracing, telemetry, logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "indexer/Sources/indexer", swiftSettings: strict),
        .testTarget(
            name: "IndexerTests",
            dependencies: [
                "TextIndex", "indexer",
                .product(name: "QueuertSQLite", package: "queuert"), .product(name: "COTLP", package: "queuert"),
            ],
            path: "indexer/Tests", swiftSettings: strict),

        // What the other examples share: where their traces go, and a queue for their tests.
        .target(
            name: "ExampleSupport", dependencies: [telemetry], path: "support/ExampleSupport", swiftSettings: strict),
        .target(
            name: "ExampleTesting", dependencies: queuert + [telemetry, traceTesting, logging],
            path: "support/ExampleTesting", swiftSettings: strict),
        // A schema of its own in the database that the tests are given.
        .target(
            name: "ExamplePostgresTesting", dependencies: [postgres, logging],
            path: "support/ExamplePostgresTesting", swiftSettings: strict),

        // The modules of the example `slices`, whose program is `Shop`.
        .target(name: "Billing", dependencies: queuert, path: "slices/Sources/Billing", swiftSettings: strict),
        .target(
            name: "Orders", dependencies: queuert + ["Billing"], path: "slices/Sources/Orders", swiftSettings: strict),
    ] + examples.flatMap(\.targets),
    swiftLanguageModes: [.v6]
)
