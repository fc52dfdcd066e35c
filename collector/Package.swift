// swift-tools-version: 6.2
import PackageDescription

/// As many as continuous integration asks for, which then takes the library as it has built it for its own tests.
let queuertTraits: Set<Package.Dependency.Trait> =
    Context.environment["QUEUERT_ALL_TRAITS"] == nil ? [.defaults] : ["GRDB", "SwiftMetrics", "CommandLine"]

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "queuert-collector",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "QueuertCollector", targets: ["QueuertCollector"]),
        .executable(name: "queuert-collector", targets: ["queuert-collector"]),
    ],
    dependencies: [
        .package(name: "queuert", path: "..", traits: queuertTraits),
        // Without its traits Hummingbird needs neither swift-configuration nor all of Foundation, which halves what is built.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        // Hummingbird has it among its packages anyway; this builds two modules of it.
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.45.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.11.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CCollectorZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CCollectorCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .target(
            name: "QueuertCollector",
            dependencies: [
                "CCollectorCurl",
                "CCollectorZlib",
                .product(name: "COTLP", package: "queuert"),
                .product(name: "QueuertSQLite", package: "queuert"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "queuert-collector",
            dependencies: [
                "QueuertCollector",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "queuert-collector-bench",
            dependencies: [
                "QueuertCollector", "CCollectorZlib",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "QueuertCollectorTests",
            dependencies: [
                "QueuertCollector", "queuert-collector", "CCollectorZlib",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "COTLP", package: "queuert"),
                .product(name: "Queuert", package: "queuert"),
                .product(name: "QueuertOTel", package: "queuert"),
                .product(name: "QueuertSQLite", package: "queuert"),
                .product(name: "QueuertTraceTesting", package: "queuert"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// The fuzzer, which needs other flags than everything else: .ci/fuzz builds and runs it.
if Context.environment["QUEUERT_COLLECTOR_FUZZER"] != nil {
    for target in package.targets where target.name == "QueuertCollector" {
        target.swiftSettings = strict + [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])]
    }
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Fuzzing/CLibFuzzer"),
        .executableTarget(
            name: "queuert-collector-fuzz",
            dependencies: [
                "CLibFuzzer", "QueuertCollector", .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Fuzzing/queuert-collector-fuzz",
            swiftSettings: strict,
            // Debian's gold fails with what AddressSanitizer adds.
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ]
}
