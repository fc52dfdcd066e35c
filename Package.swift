// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
/// In release it is the library that is to be optimised; to optimise what tests it takes longer than to run it.
let testing = strict + [.unsafeFlags(["-Onone"], .when(configuration: .release))]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing: Target.Dependency = .product(name: "InMemoryTracing", package: "swift-distributed-tracing")
/// Who doesn't ask for the trait neither downloads nor builds GRDB.
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["GRDB"]))
/// Who doesn't ask for the trait neither downloads nor builds swift-metrics.
let metrics: Target.Dependency = .product(
    name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["SwiftMetrics"]))
/// Who doesn't ask for the trait neither downloads nor builds swift-argument-parser.
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["CommandLine"]))

let package = Package(
    name: "queuert",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Queuert", targets: ["Queuert"]),
        .library(name: "QueuertSQLite", targets: ["QueuertSQLite"]),
        .library(name: "QueuertPostgres", targets: ["QueuertPostgres"]),
        .library(name: "QueuertGRDB", targets: ["QueuertGRDB"]),
        .library(name: "QueuertOTel", targets: ["QueuertOTel"]),
        .library(name: "QueuertOTelMetrics", targets: ["QueuertOTelMetrics"]),
        .library(name: "QueuertOTelOutbox", targets: ["QueuertOTelOutbox"]),
        .library(name: "QueuertTraceTesting", targets: ["QueuertTraceTesting"]),
        .library(name: "QueuertConformance", targets: ["QueuertConformance"]),
        .executable(name: "queuert", targets: ["queuert-cli"]),
        // C code generated from proto/, for our collector's decoder. Not meant for users.
        .library(name: "COTLP", targets: ["COTLP"]),
    ],
    traits: [
        .trait(name: "GRDB", description: "Chains in GRDB's writes: the module QueuertGRDB."),
        .trait(name: "SwiftMetrics", description: "swift-metrics over OTLP: the module QueuertOTelMetrics."),
        .trait(name: "CommandLine", description: "The command `queuert`, to look at a queue and to look after it."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(
            name: "CProtobufC", pkgConfig: "libprotobuf-c",
            providers: [.apt(["libprotobuf-c-dev"]), .brew(["protobuf-c"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "COTLP", dependencies: ["CProtobufC"], cSettings: strictC),

        .target(name: "Queuert", dependencies: [logging], swiftSettings: strict),
        .target(name: "QueuertSQLite", dependencies: ["Queuert", "CSQLite", logging], swiftSettings: strict),
        .target(name: "QueuertPostgres", dependencies: ["Queuert", "CLibPQ", logging], swiftSettings: strict),
        .target(
            name: "QueuertGRDB", dependencies: ["Queuert", "QueuertSQLite", grdb, logging], swiftSettings: strict),
        .target(
            name: "QueuertOTel", dependencies: ["Queuert", "COTLP", "CProtobufC", "CCurl", "CZlib", logging, tracing],
            swiftSettings: strict),
        .target(name: "QueuertOTelMetrics", dependencies: ["QueuertOTel", metrics], swiftSettings: strict),
        .target(
            name: "QueuertOTelOutbox", dependencies: ["Queuert", "QueuertOTel", "QueuertSQLite", logging],
            swiftSettings: strict),
        // Encodes with protobuf-c, for comparison in tests and benchmarks. No product has it.
        .target(
            name: "OTLPReference", dependencies: ["QueuertOTel", "COTLP", "CProtobufC"], swiftSettings: strict),
        .target(name: "QueuertTraceTesting", dependencies: ["QueuertOTel", tracing], swiftSettings: strict),
        .target(name: "QueuertConformance", dependencies: ["Queuert"], swiftSettings: strict),
        .target(
            name: "QueuertCommands",
            dependencies: ["Queuert", "QueuertSQLite", "QueuertPostgres", argumentParser, logging],
            swiftSettings: strict),
        // Not named like its product `queuert`, which would be one name with `Queuert` where upper and lower case are the same.
        .executableTarget(name: "queuert-cli", dependencies: ["QueuertCommands"], swiftSettings: strict),
        .executableTarget(
            name: "queuert-bench",
            dependencies: [
                "Queuert", "QueuertSQLite", "QueuertPostgres", "QueuertOTel", "QueuertOTelOutbox", "OTLPReference",
                "CSQLite",
                "CLibPQ", logging, tracing, inMemoryTracing,
            ],
            swiftSettings: strict),

        // What the tests of both of SQLite's adapters share.
        .target(name: "SQLiteTestSupport", path: "Tests/SQLiteTestSupport", swiftSettings: testing),
        // A server that answers by a script, for tests of what sends and reads over HTTP.
        .target(
            name: "HTTPTestSupport", dependencies: ["ProcessTestSupport"], path: "Tests/HTTPTestSupport",
            swiftSettings: testing),
        // How tests start programs, and what those get of the files that are open.
        .target(name: "ProcessTestSupport", path: "Tests/ProcessTestSupport", swiftSettings: testing),
        .testTarget(
            name: "QueuertTests", dependencies: ["Queuert", "QueuertConformance", "CLibPQ", logging],
            swiftSettings: testing),
        .testTarget(
            name: "QueuertSQLiteTests",
            dependencies: ["QueuertSQLite", "QueuertConformance", "Queuert", "SQLiteTestSupport", logging],
            swiftSettings: testing),
        .testTarget(
            name: "QueuertGRDBTests",
            dependencies: ["QueuertGRDB", "QueuertSQLite", "QueuertConformance", "Queuert", "SQLiteTestSupport", grdb],
            swiftSettings: testing),
        .testTarget(
            name: "QueuertPostgresTests",
            dependencies: ["QueuertPostgres", "QueuertConformance", "Queuert", "ProcessTestSupport", logging],
            swiftSettings: testing),
        .testTarget(
            name: "QueuertOTelTests",
            dependencies: [
                "QueuertOTel", "QueuertOTelOutbox", "QueuertTraceTesting", "Queuert", "QueuertConformance",
                "QueuertSQLite", "OTLPReference", "SQLiteTestSupport", "HTTPTestSupport", "ProcessTestSupport",
                "COTLP", "CProtobufC", "CZlib",
                tracing, inMemoryTracing, logging,
            ],
            swiftSettings: testing,
            // A look-up that hangs: see HangingName.
            linkerSettings: [
                .unsafeFlags(["-Xlinker", "--export-dynamic-symbol=getaddrinfo"], .when(platforms: [.linux]))
            ]),
        .testTarget(
            name: "QueuertOTelMetricsTests", dependencies: ["QueuertOTelMetrics", "QueuertOTel", metrics],
            swiftSettings: testing),
        .testTarget(
            name: "QueuertCommandsTests",
            dependencies: [
                "QueuertCommands", "Queuert", "QueuertSQLite", "QueuertPostgres", "SQLiteTestSupport",
                "ProcessTestSupport", logging,
            ],
            swiftSettings: testing),
        .testTarget(
            name: "QueuertTraceTestingTests",
            dependencies: ["QueuertTraceTesting", "QueuertOTel", "Queuert", "HTTPTestSupport", tracing, logging],
            exclude: ["Golden/Traces", "Recording/Traces"], swiftSettings: testing),
        // That the harness needs no test framework in particular.
        .testTarget(
            name: "QueuertTraceTestingXCTests", dependencies: ["QueuertTraceTesting", "QueuertOTel", tracing],
            swiftSettings: testing),
        .testTarget(
            name: "CompilerTests",
            dependencies: [
                "Queuert", "QueuertSQLite", "QueuertGRDB", "QueuertPostgres", "QueuertOTel", "QueuertOTelMetrics",
                "QueuertOTelOutbox", "QueuertTraceTesting",
                "QueuertConformance", "ProcessTestSupport",
            ],
            exclude: ["MustNotCompile"], swiftSettings: testing),
    ],
    swiftLanguageModes: [.v6]
)
