#if GRDB
import GRDB
import SQLiteTestSupport
import Testing

/// Expects what must hold of the queue's tables whenever no transaction is open.
///
/// - Parameters:
///   - reader: The database.
///   - prefix: What the names of the tables begin with.
/// - Throws: An error of GRDB's.
func expectInvariants(_ reader: any DatabaseReader, prefix: String = "queuert_") async throws {
    for (rule, sql) in queueInvariants(prefix: prefix) {
        let broken = try await reader.read { db in try Int.fetchOne(db, sql: sql) }
        #expect(broken == 0, "\(rule)")
    }
}
#endif
