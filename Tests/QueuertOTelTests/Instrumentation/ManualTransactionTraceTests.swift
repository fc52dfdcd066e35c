import Queuert
import QueuertOTel
import QueuertSQLite
import QueuertTraceTesting
import Testing

@Suite("Traces of transactions that a user begins and ends by hand") struct ManualTransactionTraceTests {
    @Test("what was started is told at the flush after COMMIT, and not before", arguments: Instrumented.allCases)
    func flushed(by instrumented: Instrumented) async throws {
        try await withSQLiteQueue(by: instrumented) { queue, pool in
            try await pool.withWriter { db in
                try db.execute("BEGIN IMMEDIATE")
                _ = try await queue.client.startJobChain(Single.self, input: 1, on: db)
                try db.execute("COMMIT")
                #expect(queue.recorder.spans.isEmpty)
                #expect(queue.recorder.openSpans.map(\.name) == ["start single"])
                try db.flushEffects()
                #expect(queue.recorder.spans.map(\.name) == ["start single"])
            }
            try await queue.recorder.expect {
                trace { span("start single", .producer, ["error.type": .absent]).status(.unset) }
                noOpenSpans()
            }
        }
    }

    @Test("what was started is told as undone where it is discarded after ROLLBACK", arguments: Instrumented.allCases)
    func discarded(by instrumented: Instrumented) async throws {
        try await withSQLiteQueue(by: instrumented) { queue, pool in
            try await pool.withWriter { db in
                try db.execute("BEGIN IMMEDIATE")
                _ = try await queue.client.startJobChain(Single.self, input: 1, on: db)
                try db.execute("ROLLBACK")
                #expect(queue.recorder.spans.isEmpty)
                try db.discardEffects()
                #expect(queue.recorder.spans.map(\.name) == ["start single"])
            }
            try await queue.recorder.expect {
                trace {
                    span(
                        "start single", .producer,
                        ["error.type": "rollback", "queuert.transaction.outcome": "rolled_back"]
                    ).status(.error)
                }
                noOpenSpans()
            }
        }
    }

    /// Runs a body with a recorded queue in a file, and the pool of its connections.
    private func withSQLiteQueue(
        by instrumented: Instrumented,
        _ body: (TracedQueue<SQLiteStateAdapter>, SQLitePool) async throws -> Void
    ) async throws {
        try await withDatabaseFile { path in
            let clock = ManualClock()
            let pool = try await SQLitePool(path: path)
            let adapter = SQLiteStateAdapter(pool: pool, clock: clock)
            try await adapter.migrate()
            let recorder = TraceRecorder(clock: QueueSpanClock(clock))
            let queue = TracedQueue(adapter, clock: clock, recorder: recorder, by: instrumented)
            try await body(queue, pool)
            #expect(await queue.violations() == [])
            await pool.close()
        }
    }
}
