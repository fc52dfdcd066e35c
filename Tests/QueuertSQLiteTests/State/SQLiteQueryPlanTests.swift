import Queuert
import QueuertSQLite
import Testing

/// How SQLite finds the rows of each statement: what would look at the history of jobs fails here, not in production.
@Suite("The plans of the queue's statements") struct SQLiteQueryPlanTests {
    typealias Body = @Sendable (SQLiteStateOperations) throws -> Void

    /// How the statements of operations find jobs, each way once.
    private func plan(_ queue: TracedQueue, _ body: Body) async throws -> [String] {
        let statements = try await queue.statements(body).uniqued()
        let details = try await queue.adapter.withTransaction { db in
            try statements.filter { !$0.hasPrefix("SAVEPOINT") && !$0.hasPrefix("RELEASE") }.flatMap { sql in
                try db.query("EXPLAIN QUERY PLAN " + sql, Array(repeating: SQLiteValue.null, count: sql.parameterCount))
                    .compactMap { $0.text("detail") }
            }
        }
        return details.uniqued().filter { $0.contains(/^(SCAN|SEARCH) (queuert_job|j|last|place|first)\b/) }
            .map { $0.replacing("queuert_", with: "").replacing("sqlite_autoindex_job_1", with: "id") }
    }

    private func expectPlan(
        _ expected: [String], _ queue: TracedQueue, sourceLocation: SourceLocation = #_sourceLocation, _ body: Body
    ) async throws {
        let plan = try await plan(queue, body)
        #expect(plan == expected, sourceLocation: sourceLocation)
    }

    /// A database with a history, and what SQLite is told of it when somebody runs ANALYZE.
    private func withHistory(isAnalyzed: Bool, _ body: (TracedQueue, [JobRow]) async throws -> Void) async throws {
        try await TracedQueue.with { queue in
            let ended = try await queue.claimed(2_000)
            let settlements = ended.map { queue.settlement($0, .completed(output: "1")) }
            try await queue.run { try $0.settle(settlements) }
            let jobs = [queue.newJob(), queue.newJob(schedule: .after(.seconds(9))), queue.newJob()]
            let dependant = queue.newJob("dependant", blockers: [jobs[2].id])
            let request = queue.claimRequest(limit: 2)
            let running = try await queue.run { operations in
                _ = try operations.insertJobs(jobs + [dependant])
                return try operations.claimJobs(request).jobs.map(\.row)
            }
            if isAnalyzed { try await queue.adapter.pool.write { db in try db.executeScript("ANALYZE") } }
            try await body(queue, running)
        }
    }

    @Test("what workers do finds its jobs by the small indexes", arguments: [false, true])
    func workers(_ isAnalyzed: Bool) async throws {
        try await withHistory(isAnalyzed: isAnalyzed) { queue, running in
            let one = queue.claimRequest(limit: 1)
            let two = queue.claimRequest(["job", "other"], limit: 1)
            let lease = Lease(jobID: running[0].id, token: running[0].leaseToken)
            let settlement = queue.settlement(running[0], .completed(output: "1"))
            let readyJobs = [queue.newJob(), queue.newJob()]
            try await queue.run { try $0.insertJobs(readyJobs) }
            let due =
                "SEARCH job USING COVERING INDEX job_waiting "
                + "(cancelled_at=? AND is_blocked=? AND failed_at=? AND type_name=? AND scheduled_at<?)"
            let ready = "INDEX job_ready (type_name=? AND rank>?)"
            let row = "SEARCH job USING INTEGER PRIMARY KEY (rowid=?)"
            try await expectPlan([due, "SEARCH job USING \(ready)", row], queue) { _ = try $0.claimJobs(one) }
            try await expectPlan([due, "SEARCH job USING COVERING \(ready)", row], queue) { _ = try $0.claimJobs(two) }
            let scheduled =
                "SEARCH job USING COVERING INDEX job_waiting "
                + "(cancelled_at=? AND is_blocked=? AND failed_at=? AND type_name=?)"
            try await expectPlan(["SEARCH job USING COVERING \(ready)", scheduled], queue) {
                _ = try $0.nextClaimableIn(typeNames: ["job", "other"])
            }
            let byID = "SEARCH job USING INDEX id (id=?)"
            try await expectPlan([byID], queue) { _ = try $0.renewLeases([lease], for: .seconds(30)) }
            try await expectPlan([byID, row], queue) { _ = try $0.settle([settlement]) }
            queue.clock.advance(by: .seconds(60))
            try await expectPlan(["SEARCH job USING INDEX job_leased (leased_until>? AND leased_until<?)"], queue) {
                _ = try $0.expiredLeases(typeNames: ["none"], limit: 10)
            }
        }
    }

    @Test("counts and lists of what has not ended look at nothing else", arguments: [false, true])
    func unended(_ isAnalyzed: Bool) async throws {
        try await withHistory(isAnalyzed: isAnalyzed) { queue, _ in
            // How many rows there are tells the last one's number, which is one step.
            let small =
                /INDEX job_(ready|waiting|leased)\b|^SEARCH job$|(INTEGER PRIMARY KEY|INDEX id|INDEX job_place) \((rowid|id|chain_id)=\?\)/
            for status in JobStatus.allCases where ![.completed, .continued].contains(status) {
                let jobs = try await plan(queue) { _ = try $0.jobs(JobQuery(typeNames: ["job"], statuses: [status])) }
                let chains = try await plan(queue) { _ = try $0.chains(ChainQuery(statuses: [status])) }
                for line in jobs + chains { #expect(line.contains(small), "\(status)") }
                #expect(!jobs.isEmpty && !chains.isEmpty)
            }
            let counts = try await plan(queue) { _ = try $0.jobCounts() }
            #expect(
                counts == [
                    "SCAN job USING COVERING INDEX job_ready",
                    "SEARCH job USING COVERING INDEX job_waiting (cancelled_at=?)",
                    "SEARCH job USING INDEX job_leased (leased_until>?)",
                ])
            for line in try await plan(queue, { _ = try $0.unblockStrandedJobs() }) { #expect(line.contains(small)) }
            for line in try await plan(queue, { _ = try $0.hasStrandedJobs() }) { #expect(line.contains(small)) }
        }
    }

    @Test("lists of anything are read in the order of the table or of an index", arguments: [false, true])
    func lists(_ isAnalyzed: Bool) async throws {
        try await withHistory(isAnalyzed: isAnalyzed) { queue, running in
            let id = running[0].id
            let moment = queue.clock.now
            let row = "SEARCH job USING INTEGER PRIMARY KEY (rowid=?)"
            let jobs: [(JobQuery, String)] = [
                (JobQuery(), "SCAN j"),
                (JobQuery(typeNames: ["job", "other"]), "SEARCH j USING INDEX job_type (type_name=?)"),
                (JobQuery(typeNames: ["job"], statuses: [.completed]), "SEARCH j USING INDEX job_type (type_name=?)"),
                (JobQuery(chainIDs: [id]), "SEARCH j USING INDEX job_place (chain_id=?)"),
                (JobQuery(waitingForChain: id), "SEARCH j USING COVERING INDEX id (id=?)"),
            ]
            for (query, first) in jobs {
                let plan = try await plan(queue) { _ = try $0.jobs(query) }
                #expect(plan.first == first)
            }
            let named = try await plan(queue) { _ = try $0.jobs(JobQuery(jobIDs: [id])) }
            #expect(named == ["SEARCH j USING COVERING INDEX id (id=?)", row])
            let ofChains = try await plan(queue) { _ = try $0.jobs(JobQuery(chainTypeNames: ["dependant", "none"])) }
            #expect(
                ofChains == [
                    "SEARCH job", "SEARCH first USING COVERING INDEX job_type (type_name=?)",
                    "SEARCH j USING INDEX job_place (chain_id=?)", "SEARCH first USING INDEX job_type (type_name=?)",
                    row,
                ])
            let created = try await plan(queue) { operations in
                _ = try operations.chains(ChainQuery(createdFrom: moment, createdBefore: moment))
            }
            #expect(created.contains("SEARCH j USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"))
            let byID = try await plan(queue) { _ = try $0.chains(ChainQuery(statuses: [.running], chainIDs: [id])) }
            #expect(byID.first == "SEARCH j USING INDEX id (id=?)")
            let ofType = try await plan(queue) { _ = try $0.chains(ChainQuery(typeNames: ["job"], onlyRoots: true)) }
            #expect(ofType.first == "SEARCH j USING INDEX job_type (type_name=?)")
        }
    }

    @Test("cancelling, deleting and cleaning up look at no job that is not concerned", arguments: [false, true])
    func removals(_ isAnalyzed: Bool) async throws {
        try await withHistory(isAnalyzed: isAnalyzed) { queue, running in
            let chain = running[0].chainID
            let request = DeletionRequest(chainIDs: [chain], cascade: true)
            let cleanup = CleanupRequest(statuses: [.completed], olderThan: .seconds(1), limit: 10)
            let plans = [
                try await plan(queue) { _ = try $0.cancelChains([chain], dependants: .cancel) },
                try await plan(queue) { _ = try $0.cleanUp(cleanup) },
                try await plan(queue) { _ = try $0.deleteChains(request) },
            ]
            // What looks for the newest row, or for those in a range of row numbers, is bounded too.
            let bounded = /\((rowid|id|chain_id|successor_id)=\?\)|\(rowid[<>]\?\)|^SEARCH job$/
            for line in plans.flatMap({ $0 }) { #expect(line.contains(bounded)) }
        }
    }
}

extension String {
    /// How many parameters a statement has: numbered ones count once.
    fileprivate var parameterCount: Int {
        let numbered = matches(of: /\?(\d+)/).compactMap { Int($0.1) }.max()
        return numbered ?? filter { $0 == "?" }.count
    }
}

extension Array where Element: Hashable {
    fileprivate func uniqued() -> [Element] {
        var known: Set<Element> = []
        return filter { known.insert($0).inserted }
    }
}
