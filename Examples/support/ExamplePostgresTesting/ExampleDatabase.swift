import Foundation
import Logging
import QueuertPostgres

/// There is no database to test with: that is a failure, since a test that is left out proves nothing.
struct MissingDatabase: Error, CustomStringConvertible {
    var description: String {
        "QUEUERT_TEST_POSTGRES is not set. Run the tests with a cluster of their own: bash ../.ci/with-postgres swift test"
    }
}

/// Runs a body with the connection string of an empty schema, which is removed afterwards.
///
/// The schema is the only one on the search path, so tests that run side by side don't see each other's tables.
///
/// - Parameter body: What to run, with the connection string.
/// - Returns: What the body returns.
/// - Throws: What the body throws, or an error of the database.
package nonisolated(nonsending) func withExampleDatabase<R: Sendable>(
    _ body: nonisolated(nonsending) (String) async throws -> R
) async throws -> R {
    guard let address = ProcessInfo.processInfo.environment["QUEUERT_TEST_POSTGRES"] else { throw MissingDatabase() }
    let schema = "example_\(UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased())"
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let pool = try await PostgresPool(address, configuration: .init(maximumConnections: 1), logger: logger)
    try await pool.write { db in _ = try db.execute("CREATE SCHEMA \(schema)") }
    let result: Result<R, any Error>
    do {
        result = .success(try await body("\(address) options='-c search_path=\(schema)'"))
    } catch {
        result = .failure(error)
    }
    try await pool.write { db in
        try db.execute("SET LOCAL client_min_messages = warning")
        _ = try db.execute("DROP SCHEMA \(schema) CASCADE")
    }
    await pool.close()
    return try result.get()
}
