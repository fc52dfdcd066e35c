import Foundation
import QueuertPostgres
import Testing

@Suite("A server that is set to write values otherwise than they are read", .timeLimit(.minutes(20)))
struct ServerSettingsTests {
    private static let options = ["-c", "datestyle=German", "-c", "bytea_output=escape"]
    private static let query = """
        SELECT '2030-01-31'::date AS day, '2030-01-31 12:00:00+00'::timestamptz AS noon, '\\x5c00ff'::bytea AS bytes
        """
    /// The beginning of that day.
    private static let day = Date(timeIntervalSince1970: 1_896_048_000)

    @Test("is told by each connection to write dates and bytes as they are read")
    func direct() async throws {
        try await TestCluster.with(Self.options) { cluster in
            try await TestDatabase.withPool(.init(maximumConnections: 1), address: cluster.address) { pool in
                let row = try await pool.read { db in try db.query(Self.query)[0] }
                #expect(row.date("day") == Self.day)
                #expect(row.date("noon") == Self.day + 43_200)
                #expect(row.bytes("bytes") == [0x5c, 0, 255])
            }
        }
    }

    @Test("is told so of dates through a PgBouncer that shares connections by transaction, whoever else has them")
    func pooled() async throws {
        try await TestCluster.with(Self.options) { cluster in
            try await TestPooler.with(to: cluster.address) { pooler in
                let configuration = PostgresPool.Configuration(maximumConnections: 1, statementCacheLimit: 0)
                // Both have the same connection of the server's.
                try await TestDatabase.withPool(configuration, address: pooler.narrowAddress) { pool in
                    try await TestDatabase.withFurtherPool(configuration, address: pooler.narrowAddress) { other in
                        for _ in 0..<2 {
                            try await other.withConnection { db in _ = try db.execute("SET DateStyle TO German") }
                            let row = try await pool.read { db in try db.query(Self.query)[0] }
                            #expect(row.date("day") == Self.day)
                            #expect(row.date("noon") == Self.day + 43_200)
                        }
                    }
                }
            }
        }
    }
}
