import Queuert
import QueuertSQLite
import Testing

@Suite("The number of statements of an operation") struct SQLiteStatementCountTests {
    @Test("starting a chain is one insertion, or one more for its key and for each of its blockers twice")
    func start() async throws {
        try await TracedQueue.with { queue in
            let job = queue.newJob()
            try await queue.expectStatements(1) { try $0.insertJobs([job]) }
            let blocked = queue.newJob(blockers: [job.id])
            try await queue.expectStatements(3) { try $0.insertJobs([blocked]) }
            let keyed = queue.newJob(deduplication: Deduplication(key: "a"))
            try await queue.expectStatements(3) { try $0.insertJobs([keyed]) }
            let again = queue.newJob(deduplication: Deduplication(key: "a"))
            try await queue.expectStatements(2) { try $0.insertJobs([again]) }
            // A savepoint and its end around the rest.
            let many = (0..<10).map { _ in queue.newJob() }
            try await queue.expectStatements(12) { try $0.insertJobs(many) }
        }
    }

    @Test("a claim of one type is two statements and one for each job, however many wait")
    func claim() async throws {
        try await TracedQueue.with { queue in
            let jobs = (0..<300).map { _ in queue.newJob() }
            try await queue.run { try $0.insertJobs(jobs) }
            for limit in [1, 5, 100] {
                let request = queue.claimRequest(limit: limit)
                try await queue.expectStatements(2 + limit) { try $0.claimJobs(request) }
            }
        }
    }

    @Test("a claim that finds nothing is three statements, a poll one")
    func idle() async throws {
        try await TracedQueue.with { queue in
            let request = queue.claimRequest()
            try await queue.expectStatements(3) { try $0.claimJobs(request) }
            let types = (0..<50).map { "type-\($0)" }
            try await queue.expectStatements(1) { try $0.nextClaimableIn(typeNames: types) }
        }
    }

    @Test("a claim of several types is two statements, one for each type and two for each job")
    func claimOfTypes() async throws {
        try await TracedQueue.with { queue in
            let types = (0..<20).map { "type-\($0)" }
            let jobs = types.flatMap { typeName in (0..<5).map { _ in queue.newJob(typeName) } }
            try await queue.run { try $0.insertJobs(jobs) }
            let request = queue.claimRequest(types, limit: 7)
            try await queue.expectStatements(1 + 20 + 2 * 7) { try $0.claimJobs(request) }
        }
    }

    @Test("a claim of a type that waits for chains is one statement more for each job, whatever it waited for")
    func claimWithBlockers() async throws {
        try await TracedQueue.with { queue in
            let ended = try await queue.claimed(3)
            let settlements = ended.map { queue.settlement($0, .completed(output: "1")) }
            try await queue.run { try $0.settle(settlements) }
            let blockers = ended.map(\.chainID)
            let jobs = [queue.newJob("sum"), queue.newJob("sum", blockers: blockers), queue.newJob("sum")]
            try await queue.run { try $0.insertJobs(jobs) }
            let one = queue.claimRequest(["sum"], limit: 3, wait: true)
            try await queue.expectStatements(2 + 3 + 3) { try $0.claimJobs(one) }

            try await queue.run { try $0.insertJobs((0..<3).map { _ in queue.newJob("sum", blockers: blockers) }) }
            let several = queue.claimRequest(["sum", "other"], limit: 3, wait: true)
            try await queue.expectStatements(1 + 2 + 2 * 3 + 3) { try $0.claimJobs(several) }
        }
    }

    @Test("each job that became due is put in line once")
    func due() async throws {
        try await TracedQueue.with { queue in
            let jobs = (0..<20).map { _ in queue.newJob(schedule: .after(.seconds(1))) }
            try await queue.run { try $0.insertJobs(jobs) }
            queue.clock.advance(by: .seconds(2))
            let request = queue.claimRequest(limit: 5)
            try await queue.expectStatements(2 + 5 + 1 + 20) { try $0.claimJobs(request) }
            try await queue.expectStatements(2 + 5) { try $0.claimJobs(request) }
        }
    }

    @Test("completing a job is a look at it and one update")
    func complete() async throws {
        try await TracedQueue.with { queue in
            let rows = try await queue.claimed(10)
            let one = [queue.settlement(rows[0], .completed(output: "1"))]
            try await queue.expectStatements(2) { try $0.settle(one) }
            let more = rows.dropFirst().map { queue.settlement($0, .completed(output: "1")) }
            try await queue.expectStatements(18) { try $0.settle(more) }
        }
    }

    @Test("completing a job that is not its chain's first is one statement more, for when the chain began")
    func completeLater() async throws {
        try await TracedQueue.with { queue in
            let first = try await queue.claimed()[0]
            let continuation = queue.settlement(first, .continued(queue.successor(of: first)))
            try await queue.run { try $0.settle([continuation]) }
            let request = queue.claimRequest(["next"], limit: 1)
            let next = try await queue.run { try $0.claimJobs(request).jobs[0].row }
            let completion = queue.settlement(next, .completed(output: "1"))
            try await queue.expectStatements(3) { try $0.settle([completion]) }
        }
    }

    @Test("completing a chain that jobs wait for is three statements more, however many wait")
    func unblock() async throws {
        try await TracedQueue.with { queue in
            for count in [1, 200] {
                let row = try await queue.claimed()[0]
                let dependants = (0..<count).map { _ in queue.newJob("dependant", blockers: [row.chainID]) }
                try await queue.run { try $0.insertJobs(dependants) }
                let settlement = queue.settlement(row, .completed(output: "1"))
                let (results, statements) = try await queue.traced { try $0.settle([settlement]) }
                guard case .settled(let attempt) = results[0] else {
                    Issue.record("The lease was lost.")
                    return
                }
                #expect(attempt.resolved.count(where: \.unblocksJob) == count)
                #expect(statements.count == 5)
            }
        }
    }

    @Test("the other ends of an attempt are three statements: a look, a change and a record or a successor")
    func otherEnds() async throws {
        try await TracedQueue.with { queue in
            let rows = try await queue.claimed(4)
            let outcomes: [Settlement.Outcome] = [
                .retried(.now, error: "no", .failed), .failed(error: "no", .failed), .released,
                .continued(queue.successor(of: rows[3])),
            ]
            for (row, outcome) in zip(rows, outcomes) {
                let settlement = queue.settlement(row, outcome)
                try await queue.expectStatements(3) { try $0.settle([settlement]) }
            }
        }
    }

    @Test("deletions and cleanups are as many statements for one chain as for many")
    func delete() async throws {
        try await TracedQueue.with { queue in
            var counts: [[Int]] = []
            for count in [1, 200] {
                let ended = try await queue.claimed(2 * count)
                let settlements = ended.map { queue.settlement($0, .completed(output: "1")) }
                try await queue.run { try $0.settle(settlements) }
                let request = DeletionRequest(chainIDs: ended.prefix(count).map(\.chainID), cascade: true)
                let (deleted, deletion) = try await queue.traced { try $0.deleteChains(request) }
                #expect(deleted.count == count)
                let cleanup = CleanupRequest(statuses: [.completed], olderThan: .zero, limit: 1_000)
                let (result, statements) = try await queue.traced { try $0.cleanUp(cleanup) }
                #expect(result.deleted == count)
                // Where to begin is found by halving.
                counts.append([deletion.count, statements.filter { !$0.contains("created_at FROM") }.count])
            }
            #expect(counts[0] == counts[1])
            // A savepoint and its end around what is removed.
            #expect(counts[0][0] == 12)
        }
    }

    @Test("leases are prolonged by one statement, however many they are")
    func renew() async throws {
        try await TracedQueue.with { queue in
            let leases = try await queue.claimed(50).map { Lease(jobID: $0.id, token: $0.leaseToken) }
            let (renewed, statements) = try await queue.traced { try $0.renewLeases(leases, for: .seconds(30)) }
            #expect(renewed == Set(leases))
            #expect(statements.count == 1)
            try await queue.expectStatements(0) { try $0.renewLeases([], for: .seconds(30)) }
        }
    }

    @Test("a look for lost jobs is one statement, and two more for each that is found")
    func lost() async throws {
        try await TracedQueue.with { queue in
            _ = try await queue.claimed(5)
            try await queue.expectStatements(1) { try $0.expiredLeases(typeNames: ["job"], limit: 100) }
            queue.clock.advance(by: .seconds(31))
            try await queue.expectStatements(11) { try $0.expiredLeases(typeNames: ["job"], limit: 100) }
        }
    }

    @Test("triggering and redriving are a look at each job and a change, with a savepoint and its end around several")
    func makeDue() async throws {
        try await TracedQueue.with { queue in
            let later = [queue.newJob(schedule: .after(.seconds(60))), queue.newJob(schedule: .after(.seconds(60)))]
            try await queue.run { try $0.insertJobs(later) }
            try await queue.expectStatements(2) { try $0.triggerJobs([later[0].id]) }
            try await queue.expectStatements(6) { try $0.triggerJobs(later.map(\.id)) }
            let failing = try await queue.claimed(2)
            let failures = failing.map { queue.settlement($0, .failed(error: "no", .failed)) }
            try await queue.run { try $0.settle(failures) }
            try await queue.expectStatements(6) { try $0.redriveJobs(failing.map(\.id)) }
        }
    }

    @Test("cancelling a chain is six statements with a savepoint and its end, and three more for an attempt that runs")
    func cancel() async throws {
        try await TracedQueue.with { queue in
            let job = queue.newJob()
            try await queue.run { try $0.insertJobs([job]) }
            try await queue.expectStatements(6) { try $0.cancelChains([job.id], dependants: .cancel) }
            let running = try await queue.claimed()[0]
            try await queue.expectStatements(9) { try $0.cancelChains([running.chainID], dependants: .cancel) }
        }
    }

    @Test("completing a job without a worker is three statements to look at it and eight to end it")
    func completeWithoutWorker() async throws {
        try await TracedQueue.with { queue in
            let jobs = [queue.newJob(), queue.newJob()]
            let rows = try await queue.run { try $0.insertJobs(jobs).map(\.row) }
            try await queue.expectStatements(3) { try $0.lockedLastJob(ofChain: jobs[0].chainID) }
            let completion = queue.settlement(rows[0], .completed(output: "1"), worker: nil)
            // A savepoint and its end around it.
            try await queue.expectStatements(8) { try $0.settle([completion]) }
            let continuation = queue.settlement(rows[1], .continued(queue.successor(of: rows[1])), worker: nil)
            try await queue.expectStatements(6) { try $0.settle([continuation]) }
        }
    }

    @Test("a job, a chain and counts are read by as many statements, however much there is")
    func read() async throws {
        try await TracedQueue.with { queue in
            for count in [1, 100] {
                let row = try await queue.claimed(count)[0]
                let continuation = queue.settlement(row, .continued(queue.successor(of: row)))
                try await queue.run { try $0.settle([continuation]) }
                try await queue.expectStatements(1) { try $0.job(row.id) }
                try await queue.expectStatements(2) { try $0.chainEnds(row.chainID) }
                try await queue.expectStatements(1) { try $0.jobs(ofChain: row.chainID) }
                try await queue.expectStatements(1) { try $0.failedAttempts(ofJob: row.id) }
                try await queue.expectStatements(1) { try $0.failures(inLastAttempts: [row.id: 100]) }
                try await queue.expectStatements(1) { try $0.hasStrandedJobs() }
                try await queue.expectStatements(3) { try $0.jobCounts() }
                try await queue.expectStatements(1) { try $0.pausedTypes() }
            }
        }
    }
}
