import Foundation
import ProcessTestSupport

/// A server of a test's own, which it may restart and stop.
struct TestCluster: Sendable {
    let folder: String
    var address: String { "host=\(folder)/c user=postgres dbname=postgres" }

    /// Runs a body with a server that nobody else uses, and that is told some options, such as `-c ssl=on`.
    static func with<R: Sendable>(
        _ options: [String] = [], _ body: @Sendable (TestCluster) async throws -> R
    ) async throws -> R {
        try await with("start", options, body)
    }

    /// Runs a body with a standby that follows the server.
    func withStandby<R: Sendable>(_ body: @Sendable (TestCluster) async throws -> R) async throws -> R {
        try await Self.with("standby", ["\(folder)/c"], body)
    }

    private static func with<R: Sendable>(
        _ action: String, _ arguments: [String], _ body: @Sendable (TestCluster) async throws -> R
    ) async throws -> R {
        // Not in a folder with a long name: a socket's path may have 107 characters.
        let folder = "/tmp/queuert-pg-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let cluster = TestCluster(folder: folder)
        let result = await Result {
            try await cluster.run(action, arguments)
            return try await body(cluster)
        }
        try? await cluster.run("stop")
        try FileManager.default.removeItem(atPath: folder)
        return try result.get()
    }

    /// Runs an action of `.ci/postgres-cluster`.
    func run(_ action: String, _ arguments: [String] = []) async throws {
        try await runScript("postgres-cluster", [action, "\(folder)/c"] + arguments)
    }
}

/// A PgBouncer of a test's own, before the tests' server or another one.
struct TestPooler: Sendable {
    /// Leads to the server by many connections, and by one only, which are shared by transaction.
    let address, narrowAddress: String
    /// Leads to the server by a connection for each that is made.
    let sessionAddress: String

    static func with<R: Sendable>(
        to address: String? = nil, _ body: @Sendable (TestPooler) async throws -> R
    ) async throws -> R {
        let server = try FaultyProxy.socketFolder(of: address ?? TestDatabase.address())
        return try await withTemporaryFolder { folder in
            try await runScript("pgbouncer", ["start", "\(folder)/b", server])
            let result = await Result {
                try await body(
                    TestPooler(
                        address: "host=\(folder)/b user=postgres dbname=postgres",
                        narrowAddress: "host=\(folder)/b user=postgres dbname=narrow",
                        sessionAddress: "host=\(folder)/b user=postgres dbname=session"))
            }
            try await runScript("pgbouncer", ["stop", "\(folder)/b"])
            return try result.get()
        }
    }
}

/// A program that a test needs, and that did not do what it was to do.
struct ScriptFailure: Error, CustomStringConvertible {
    let description: String
}

/// Runs a script of `.ci`.
func runScript(_ name: String, _ arguments: [String]) async throws {
    try await runProgram("/bin/bash", [scriptPath(name)] + arguments)
}

/// Where a script of `.ci` is.
func scriptPath(_ name: String) -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    return root.appendingPathComponent(".ci/\(name)").path
}

/// Runs a program to its end.
func runProgram(_ path: String, _ arguments: [String]) async throws {
    let status = try await ChildProcess(path, arguments).ended()
    if status != 0 {
        throw ScriptFailure(description: "\(path) \(arguments.joined(separator: " ")) ended with \(status)")
    }
}

/// Runs a body with a folder, which is removed afterwards.
func withTemporaryFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let folder = "/tmp/queuert-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
