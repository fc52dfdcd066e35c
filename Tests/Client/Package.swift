// swift-tools-version: 6.2
import PackageDescription

/// As many as continuous integration asks for, which then takes the library as it has built it for its own tests.
let queuertTraits: Set<Package.Dependency.Trait> =
    Context.environment["QUEUERT_ALL_TRAITS"] == nil ? [.defaults] : ["GRDB", "SwiftMetrics", "CommandLine"]

/// What a user's package looks like, in a language mode of theirs; both are made of the same sources.
func client(_ name: String, _ mode: SwiftLanguageMode) -> Target {
    .executableTarget(
        name: name,
        dependencies: [
            .product(name: "Queuert", package: "queuert"), .product(name: "QueuertSQLite", package: "queuert"),
            .product(name: "QueuertOTel", package: "queuert"),
        ],
        swiftSettings: [.swiftLanguageMode(mode)])
}

let package = Package(
    name: "client",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "queuert", path: "../..", traits: queuertTraits)],
    targets: [client("ClientInSwift5", .v5), client("ClientInSwift6", .v6)]
)
