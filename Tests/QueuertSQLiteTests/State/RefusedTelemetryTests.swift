import Queuert
import QueuertConformance
import QueuertSQLite
import Testing

@Suite("A call whose telemetry the queue's database refuses") struct RefusedTelemetryTests {
    enum Note: EntryJobType {
        static let name = "note"
        typealias Input = Int
        typealias Output = Int
    }
    enum Call: CaseIterable { case start, cancel, delete, complete }

    @Test("leaves nothing and is told nobody, and the transaction goes on", arguments: Call.allCases)
    func leavesNothing(_ call: Call) async throws {
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        let journal = Journal()
        let client = Client(
            adapter: adapter, observability: JournalObservability(journal: journal, recordsTransactions: true))
        let chain = try await client.startJobChain(Note.self, input: 1)
        try await client.withTransaction { db in
            try db.executeScript(
                """
                CREATE TRIGGER refuse BEFORE INSERT ON queuert_telemetry_outbox
                    BEGIN SELECT RAISE(ABORT, 'refused'); END
                """)
            let error = await #expect(throws: SQLiteError.self) { try await Self.make(call, client, chain, on: db) }
            #expect(error?.code == .constraint)
            try db.execute("DROP TRIGGER refuse")
            try await client.startJobChain(Note.self, input: 3, on: db)
        }
        let inputs = try await client.jobs(JobQuery(statuses: [.ready], order: .oldestFirst)).items.map(\.input)
        #expect(inputs == ["1", "3"])
        #expect(journal.events.filter { !$0.contains("rolled back") } == ["created note", "created note"])
        let kept = try await pool.read { db in try db.query("SELECT count(*) AS n FROM queuert_telemetry_outbox") }
        #expect(kept[0].int("n") == 2)
        await pool.close()
    }

    private static func make(
        _ call: Call, _ client: Client<SQLiteStateAdapter>, _ chain: Chain<Note>, on db: isolated SQLiteConnection
    ) async throws {
        switch call {
        case .start: _ = try await client.startJobChain(Note.self, input: 2, on: db)
        case .cancel: _ = try await client.cancelJobChain(chain, on: db)
        case .delete: _ = try await client.deleteJobChains([chain.id], on: db)
        case .complete: _ = try await client.completeJob(Note.self, of: chain, on: db) { _ in .finish(1) }
        }
    }
}
