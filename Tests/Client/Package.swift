// swift-tools-version: 6.2
import PackageDescription

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
    dependencies: [.package(name: "queuert", path: "../..")],
    targets: [client("ClientInSwift5", .v5), client("ClientInSwift6", .v6)]
)
