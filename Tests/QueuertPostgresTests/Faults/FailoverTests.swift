import Foundation
import Queuert
import QueuertPostgres
import Testing

@Suite("A standby of PostgreSQL that takes over", .timeLimit(.minutes(20))) struct FailoverTests {
    @Test("pools, workers and notifications move to a standby that is promoted, and nothing is lost or doubled")
    func promotion() async throws {
        try await TestCluster.with { primary in
            try await primary.withStandby { standby in
                let address =
                    "host=\(primary.folder)/c,\(standby.folder)/c user=postgres dbname=postgres target_session_attrs=read-write"
                // What was committed is on the standby too, or failing over would lose it.
                try await TestDatabase.withFurtherPool(address: primary.address) { pool in
                    try await pool.withConnection { db in
                        try db.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                        _ = try db.query("SELECT pg_reload_conf()")
                    }
                }
                let notify = PostgresNotify(address, logger: TestDatabase.quietLogger)
                let (hints, heard) = AsyncStream.makeStream(of: WakeHint.self)
                try await TestDatabase.withPool(.init(maximumConnections: 6), address: address) { pool in
                    try await withFaultyQueue(pool, notify: notify) { client, table, throughput in
                        let worker = try table.makeWorker(client, and: [throughput.processor])
                        async let running: Void = worker.run()
                        try await notify.withListener({ _ = heard.yield($0) }) {
                            var ids: [JobID] = []
                            for number in 0..<20 { ids.append(try await startOnce(number, client)) }
                            try await primary.run("stop")
                            try await standby.run("promote")
                            for number in 20..<40 { ids.append(try await startOnce(number, client)) }
                            try await waitForEnds(of: ids, client, throughput.clock)
                            await exchange(hints, notify, on: standby)
                        }
                        try await throughput.expectRecovery(of: worker)
                        await running
                        #expect(try await table.stored() == Array(0..<40))
                    }
                }
                await notify.close()
            }
        }
    }

    /// Waits until an adapter has heard another one on a server that took over, and was heard by it.
    private func exchange(_ hints: AsyncStream<WakeHint>, _ notify: PostgresNotify, on standby: TestCluster) async {
        let other = PostgresNotify(standby.address, logger: TestDatabase.quietLogger)
        for await hint in hints {
            if hint.dueTypes.contains("after") { break }
            // It listens again, and what was sent before is lost.
            if hint.isGap { other.send(WakeHint(dueTypes: ["after"])) }
        }
        let (answers, answered) = AsyncStream.makeStream(of: WakeHint.self)
        await other.withListener({ _ = answered.yield($0) }) {
            notify.send(WakeHint(dueTypes: ["answer"]))
            for await answer in answers where answer.dueTypes.contains("answer") { break }
        }
        await other.close()
    }

    @Test("a commit without an answer is unknown where a standby took over that gives numbers anew")
    func reusedNumber() async throws {
        try await TestCluster.with { primary in
            try await primary.withStandby { standby in
                // The standby goes on without what the primary is about to commit.
                try await standby.run("promote")
                // First it has not got as far as the primary, and then it has given the same numbers.
                try await loseCommit(on: primary, insteadOf: standby, isAhead: true)
                try await TestDatabase.withFurtherPool(address: standby.address) { pool in
                    try await pool.withConnection { db in
                        try db.executeScript(
                            "DO $$ BEGIN FOR i IN 1..500 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")
                    }
                }
                try await loseCommit(on: primary, insteadOf: standby, isAhead: false)
            }
        }
    }

    /// Loses the answer to a commit on a primary, of which only a standby that took over is left to be asked.
    private func loseCommit(
        on primary: TestCluster, insteadOf standby: TestCluster, isAhead: Bool
    ) async throws {
        try await withTemporaryFolder { folder in
            let proxy = try FaultyProxy(to: primary.address, folder: folder)
            let address = "host=\(folder),\(standby.folder)/c user=postgres dbname=postgres"
            let result = await Result {
                try await TestDatabase.withPool(.init(maximumConnections: 1), address: address) { pool in
                    let adapter = PostgresStateAdapter(pool: pool, logger: TestDatabase.quietLogger)
                    try await adapter.migrate()
                    proxy.set(.loseAnswerToCommitForGood)
                    let roundTrips = pool.roundTripCount
                    let error = await #expect(throws: PostgresError.self) {
                        _ = try await adapter.withTransaction { db in
                            try await Client(adapter: adapter).startJobChain(Store.self, input: 1, on: db)
                        }
                    }
                    #expect(proxy.losses == 1)
                    #expect(error?.code == .commitUnknown)
                    // It is not asked again and again.
                    #expect(pool.roundTripCount - roundTrips < 10)
                    // The other server can be reached.
                    #expect(try await pool.read { try $0.query("SELECT 7 AS n")[0].int("n") } == 7)
                    let numbers = try await (nextNumber(primary), nextNumber(standby))
                    #expect(isAhead ? numbers.0 > numbers.1 : numbers.0 < numbers.1)
                }
            }
            proxy.stop()
            try result.get()
        }
    }

    /// The number that the next transaction gets.
    private func nextNumber(_ cluster: TestCluster) async throws -> Int {
        try await TestDatabase.withFurtherPool(address: cluster.address) { pool in
            try await pool.read { db in
                let sql = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next"
                return try db.query(sql)[0].int("next") ?? 0
            }
        }
    }
}
