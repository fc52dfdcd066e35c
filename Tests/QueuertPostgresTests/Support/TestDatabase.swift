import Foundation
import Logging
import Queuert
import QueuertPostgres
import Testing

/// The database that the tests use, each in a schema of its own.
enum TestDatabase {
    /// There is no database to test with: that is a failure, since a test that is left out proves nothing.
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            "QUEUERT_TEST_POSTGRES is not set. Run the tests with a cluster of their own: .ci/with-postgres swift test"
        }
    }

    static func address() throws -> String {
        guard let address = ProcessInfo.processInfo.environment["QUEUERT_TEST_POSTGRES"] else { throw Missing() }
        return address
    }

    /// So many tests use the database at once, since each connection is a process of the server.
    private static let gate = Gate(width: 6)

    static func withPool<R: Sendable>(
        _ configuration: PostgresPool.Configuration = .init(maximumConnections: 12), address: String? = nil,
        logger: Logger = quietLogger, _ body: @Sendable (PostgresPool) async throws -> R
    ) async throws -> R {
        try await gate.pass { try await withFurtherPool(configuration, address: address, logger: logger, body) }
    }

    /// Runs a body with a pool beside the one that the test has already.
    static func withFurtherPool<R: Sendable>(
        _ configuration: PostgresPool.Configuration = .init(maximumConnections: 1), address: String? = nil,
        logger: Logger = quietLogger, _ body: @Sendable (PostgresPool) async throws -> R
    ) async throws -> R {
        let pool = try await PostgresPool(
            try address ?? Self.address(), configuration: configuration, logger: logger)
        let result = await Result { try await body(pool) }
        await pool.close()
        return try result.get()
    }

    /// Runs a body with a schema's name, and removes the schema afterwards.
    static func withSchema<R: Sendable>(
        _ configuration: PostgresPool.Configuration = .init(maximumConnections: 12), address: String? = nil,
        logger: Logger = quietLogger, _ body: @Sendable (PostgresPool, String) async throws -> R
    ) async throws -> R {
        try await withPool(configuration, address: address, logger: logger) { pool in
            let schema = makeSchemaName()
            let result = await Result { try await body(pool, schema) }
            try await pool.write { db in
                try db.execute("SET LOCAL client_min_messages = warning")
                _ = try db.execute("DROP SCHEMA IF EXISTS \(schema) CASCADE")
            }
            return try result.get()
        }
    }

    static func makeSchemaName() -> String {
        "test_\(UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased())"
    }

    static var quietLogger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }
}

/// Lets a fixed number of tasks in at once.
private actor Gate {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(width: Int) { free = width }

    nonisolated func pass<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        await enter()
        let result = await Result { try await body() }
        await leave()
        return try result.get()
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

extension Result where Failure == any Error {
    /// What a body returns or throws.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
