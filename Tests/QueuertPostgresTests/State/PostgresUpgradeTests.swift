import Queuert
import Testing

@testable import QueuertPostgres

@Suite("Tables of earlier versions", .timeLimit(.minutes(20))) struct PostgresUpgradeTests {
    /// How tables are made: how identifiers are stored, and whether chains that have ended are kept in partitions.
    ///
    /// Those are for UUIDs only.
    enum Layout: CaseIterable, Sendable {
        case uuid, text, partitions

        var idType: PostgresIDType { self == .text ? .text : .uuid }
        var history: PostgresHistory { self == .partitions ? .partitioned() : .amongJobs }
    }

    /// The first of the steps.
    private static let released: [Layout: [UInt64]] = [
        .uuid: [
            13_074_029_349_364_345_239, 100_461_362_426_938_548, 215_441_342_822_842_214, 9_304_971_487_897_086_780,
            6_190_002_376_212_282_110, 11_752_739_974_177_508_010,
        ],
        .text: [
            17_820_304_221_993_421_284, 100_461_362_426_938_548, 215_441_342_822_842_214, 17_019_212_522_968_931_576,
            2_739_544_106_102_155_406, 17_450_705_932_637_927_130,
        ],
        .partitions: [
            15_537_607_204_588_894_705, 100_461_362_426_938_548, 13_716_511_469_944_289_680,
            11_577_175_019_083_387_811, 11_031_459_145_153_395_900, 1_313_511_205_002_018_186,
        ],
    ]

    @Test("no step has changed since it was released: a change is a step of its own")
    func steps() {
        for layout in Layout.allCases {
            let tables = PostgresTables(
                schema: "public", prefix: "queuert_", idType: layout.idType, history: layout.history)
            let steps = PostgresMigrations.all.map { Self.checksum($0.script(tables)) }
            #expect(steps == Self.released[layout], "\(layout)")
        }
    }

    /// Fowler, Noll and Vo's checksum of a text.
    private static func checksum(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    @Test(
        "tables of each earlier version are brought up to date while its workers go on",
        arguments: 1..<PostgresMigrations.all.count, Layout.allCases)
    func upgrade(from version: Int, _ layout: Layout) async throws {
        try await TestDatabase.withSchema { pool, schema in
            let adapter = PostgresStateAdapter(
                pool: pool, schema: schema, idType: layout.idType, history: layout.history,
                logger: TestDatabase.quietLogger)
            let old = OldVersion(adapter: adapter)
            try await old.makeTables(version)
            let before = try await old.claim()
            let applied = try await adapter.migrate()
            #expect(applied == PostgresMigrations.all.dropFirst(version).map(\.name))
            // Its statements are there as they were, and its leases hold.
            #expect(try await old.renew(before))
            let after = try await old.claim()
            try await old.complete([before, after])
            let table = StoreTable(pool: pool, schema: schema)
            let client = Client(adapter: adapter, logger: TestDatabase.quietLogger)
            let worker = try table.makeWorker(client, leaseDuration: .seconds(60))
            async let running: Void = worker.run()
            for number in 3...5 { try await waitForEnd(OldVersion.jobID(number), client) }
            await worker.stop()
            await running
            #expect(try await table.stored() == [3, 4, 5])
            try await expectInvariants(pool, schema: schema, hasHistory: layout == .partitions)
        }
    }
}

/// What a process of an earlier version does, which knows the first functions.
private struct OldVersion {
    let adapter: PostgresStateAdapter

    private var tables: PostgresTables { adapter.statements.tables }

    static func jobID(_ number: Int) -> JobID { JobID(rawValue: "00000000-0000-7000-8000-00000000000\(number)") }

    /// Makes the tables as they were, with two jobs that are ready, one that is due, one that waits for the first, one that
    /// will be ready after all others, and one that has completed.
    func makeTables(_ version: Int) async throws {
        let number = "('00000000-0000-7000-8000-00000000000' || n)::\(tables.idParameter)"
        let columns = "id, type_name, chain_id, chain_type_name, chain_index, input, created_at, scheduled_at, ready_at"
        let values = "\(number), 'store', \(number), 'store', 0, n::text"
        let past = "now() - interval '1 hour' + n * interval '1 second'"
        try await adapter.pool.write { db in
            let steps = Array(PostgresMigrations.all.prefix(version))
            _ = try PostgresMigrations.apply(steps, of: tables, to: db)
            try db.execute("CREATE TABLE \(tables.schema).stored (number integer NOT NULL)")
            for statement in [
                """
                INSERT INTO \(tables.job) (\(columns), rank)
                SELECT \(values), \(past), \(past), \(past), \(past) FROM unnest('{1, 2, 5}'::int[]) n
                """,
                """
                INSERT INTO \(tables.job) (\(columns))
                SELECT \(values), \(past), \(past), NULL FROM unnest('{3}'::int[]) n
                """,
                """
                INSERT INTO \(tables.job) (\(columns), is_blocked)
                SELECT \(values), \(past), \(past), NULL, true FROM unnest('{4}'::int[]) n
                """,
                """
                INSERT INTO \(tables.job) (\(columns), completed_at, output, lease_token, attempt)
                SELECT \(values), \(past), \(past), \(past), \(past), '6', 1, 1 FROM unnest('{6}'::int[]) n
                """,
                """
                INSERT INTO \(tables.blocker) (job_id, ordinal, blocked_by_chain_id, blocked_at)
                SELECT '\(Self.jobID(4).rawValue)'::\(tables.idParameter), 0, \(number), \(past)
                FROM unnest('{1}'::int[]) n
                """,
            ] { try db.execute(statement) }
        }
    }

    func claim() async throws -> Lease {
        try await adapter.pool.write { db in
            let row = try #require(
                try db.query(
                    """
                    SELECT job_id::text AS id, token FROM \(tables.function("claim"))(
                        NULL, '{store}', '{1}', 1, 'an old worker', 60000000, '{}', '{}') WHERE job_id IS NOT NULL
                    """
                ).first)
            return Lease(
                jobID: JobID(rawValue: try #require(row.text("id"))), token: Int64(try #require(row.int("token"))))
        }
    }

    func renew(_ lease: Lease) async throws -> Bool {
        try await adapter.withOperation(.leases) { db in
            try adapter.operations(on: db).renewLeases([lease], for: .seconds(60)) == [lease]
        }
    }

    func complete(_ leases: [Lease]) async throws {
        let settlements = leases.map { lease in
            Settlement(
                lease: lease, chainID: lease.jobID, worker: "an old worker", attemptContext: nil,
                outcome: .completed(output: "1"))
        }
        let results = try await adapter.withTransaction { db in try adapter.operations(on: db).settle(settlements) }
        for result in results {
            guard case .settled = result else {
                Issue.record("a lease of the version before was lost")
                return
            }
        }
    }
}
