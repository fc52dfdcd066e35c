// swift-tools-version: 6.2
import Foundation
import PackageDescription

// What a user's package looks like, in the language mode that QUEUERT_CLIENT_MODE names: 5 or 6.
let mode: SwiftLanguageMode = ProcessInfo.processInfo.environment["QUEUERT_CLIENT_MODE"] == "5" ? .v5 : .v6

let package = Package(
    name: "client",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "queuert", path: "../..")],
    targets: [
        .executableTarget(
            name: "Client",
            dependencies: [
                .product(name: "Queuert", package: "queuert"), .product(name: "QueuertSQLite", package: "queuert"),
                .product(name: "QueuertOTel", package: "queuert"),
            ])
    ],
    swiftLanguageModes: [mode]
)
