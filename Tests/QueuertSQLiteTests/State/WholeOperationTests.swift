import Queuert
import QueuertSQLite
import Testing

@Suite("An operation of which SQLite refuses a part") struct WholeOperationTests {
    enum Operation: CaseIterable { case cancel, delete, trigger, redrive, unblock, completeWithoutWorker }

    @Test("changes nothing, and the transaction goes on", arguments: Operation.allCases)
    func changesNothing(_ operation: Operation) async throws {
        try await TracedQueue.with { queue in
            let jobs = try await ChangingJobs(queue)
            try await queue.adapter.withTransaction { db in
                try db.executeScript(ChangingJobs.refusal)
                let before = try Self.rows(on: db)
                let operations = queue.adapter.operations(on: db)
                let result = Result { try jobs.change(operation, with: operations) }
                let error = #expect(throws: SQLiteError.self) { try result.get() }
                #expect(error?.code == .constraint)
                let after = try Self.rows(on: db)
                #expect(after == before)
            }
        }
    }

    private static func rows(on db: isolated SQLiteConnection) throws -> [[SQLiteValue]] {
        try ["job", "job_blocker", "job_attempt", "deduplication"].flatMap { table in
            try db.query("SELECT * FROM queuert_\(table)").map(\.values)
        }
    }
}

/// Jobs to be changed; what is done to the second of two, or follows from it, is refused.
private struct ChangingJobs: Sendable {
    private let scheduled: [JobID]
    private let failed: [JobID]
    private let completion: Settlement

    /// Jobs of one type can be written, and neither changed nor deleted.
    static let refusal = """
        CREATE TRIGGER refuse_change BEFORE UPDATE ON queuert_job WHEN old.type_name = 'refused'
            BEGIN SELECT RAISE(ABORT, 'refused'); END;
        CREATE TRIGGER refuse_deletion BEFORE DELETE ON queuert_job WHEN old.type_name = 'refused'
            BEGIN SELECT RAISE(ABORT, 'refused'); END;
        """

    init(_ queue: TracedQueue) async throws {
        // A job that waits for a chain that has ended, though it needn't: as who changes rows by hand might leave it.
        let ended = try await queue.claimed()[0]
        let stranded = queue.newJob("refused", blockers: [ended.chainID])
        let end = queue.settlement(ended, .completed(output: "1"))
        try await queue.run { operations in
            _ = try operations.settle([end])
            _ = try operations.insertJobs([stranded])
        }
        try await queue.adapter.pool.write { db in
            try db.execute("UPDATE queuert_job SET is_blocked = 1, rank = NULL WHERE id = ?", [stranded.id.rawValue])
            try db.execute("UPDATE queuert_job_blocker SET resolved_at = NULL")
        }

        let failing = [queue.newJob(), queue.newJob("refused")]
        let request = queue.claimRequest(["job", "refused"])
        let claimed = try await queue.run { operations in
            _ = try operations.insertJobs(failing)
            return try operations.claimJobs(request).jobs.map(\.row)
        }
        let failures = claimed.map { queue.settlement($0, .failed(error: "no", .failed)) }
        try await queue.run { try $0.settle(failures) }
        failed = failing.map(\.id)

        let later = Schedule.after(.seconds(60))
        let waiting = [
            queue.newJob(schedule: later, deduplication: Deduplication(key: "a")),
            queue.newJob("refused", schedule: later),
        ]
        let blocker = queue.newJob()
        let dependant = queue.newJob("refused", blockers: [blocker.chainID])
        let rows = try await queue.run { operations in
            _ = try operations.insertJobs(waiting)
            return try operations.insertJobs([blocker, dependant]).map(\.row)
        }
        scheduled = waiting.map(\.id)
        completion = queue.settlement(rows[0], .completed(output: "1"), worker: nil)
    }

    func change(_ operation: WholeOperationTests.Operation, with operations: SQLiteStateOperations) throws {
        switch operation {
        case .cancel: _ = try operations.cancelChains(scheduled, dependants: .cancel)
        case .delete: _ = try operations.deleteChains(DeletionRequest(chainIDs: scheduled))
        case .trigger: _ = try operations.triggerJobs(scheduled)
        case .redrive: _ = try operations.redriveJobs(failed)
        case .unblock: _ = try operations.unblockStrandedJobs()
        case .completeWithoutWorker: _ = try operations.settle([completion])
        }
    }
}
