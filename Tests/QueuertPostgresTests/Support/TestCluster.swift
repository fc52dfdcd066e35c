import Foundation

/// A server of a test's own, which it may restart and stop.
struct TestCluster: Sendable {
    let folder: String
    var address: String { "host=\(folder)/c user=postgres dbname=postgres" }

    struct Failure: Error { let message: String }

    /// Runs a body with a server that nobody else uses.
    static func with<R: Sendable>(_ body: @Sendable (TestCluster) async throws -> R) async throws -> R {
        // Not in a folder with a long name: a socket's path may have 107 characters.
        let folder = "/tmp/queuert-pg-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let cluster = TestCluster(folder: folder)
        try await cluster.run("start")
        let result = await Result { try await body(cluster) }
        try? await cluster.run("stop")
        try FileManager.default.removeItem(atPath: folder)
        return try result.get()
    }

    /// Runs an action of `.ci/postgres-cluster`.
    func run(_ action: String) async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [root.appendingPathComponent(".ci/postgres-cluster").path, action, "\(folder)/c"]
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        if status != 0 { throw Failure(message: "\(action) of the cluster ended with \(status)") }
    }
}

/// Runs a body with a folder, which is removed afterwards.
func withTemporaryFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let folder = "/tmp/queuert-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
