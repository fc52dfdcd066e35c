import QueuertSQLite
import SQLiteTestSupport
import Testing

/// Expects what must hold of the queue's tables whenever no transaction is open.
///
/// - Parameters:
///   - pool: The database.
///   - prefix: What the names of the tables begin with.
/// - Throws: ``QueuertSQLite/SQLiteError``.
func expectInvariants(_ pool: SQLitePool, prefix: String = "queuert_") async throws {
    for (rule, sql) in queueInvariants(prefix: prefix) {
        let broken = try await pool.read { db in try db.query(sql)[0].int("n") }
        #expect(broken == 0, "\(rule)")
    }
}
