import Foundation

/// Runs a body with the path of a database file that does not exist yet and is removed afterwards.
///
/// - Parameter body: What to run.
/// - Returns: What the body returns.
/// - Throws: What the body throws, or an error of the file system.
package nonisolated(nonsending) func withTemporaryDatabase<R>(
    _ body: nonisolated(nonsending) (String) async throws -> R
) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("queuert-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.appendingPathComponent("example.sqlite").path)
}
