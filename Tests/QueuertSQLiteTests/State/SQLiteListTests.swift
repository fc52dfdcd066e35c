import Queuert
import QueuertSQLite
import Testing

@Suite("Lists in SQLite") struct SQLiteListTests {
    /// The identifiers of a list, read in pages of two, with something done after the first.
    private func pages(
        _ queue: TracedQueue, _ order: ListOrder, afterFirst change: () async throws -> Void
    ) async throws -> [JobID] {
        var query = JobQuery(order: order, limit: 2)
        var ids: [JobID] = []
        repeat {
            let current = query
            let page = try await queue.run { try $0.jobs(current) }
            if query.after == nil { try await change() }
            ids += page.items.map(\.id)
            query.after = page.next
        } while query.after != nil
        return ids
    }

    private func start(_ count: Int, _ queue: TracedQueue) async throws -> [JobID] {
        let jobs = (0..<count).map { _ in queue.newJob() }
        try await queue.run { try $0.insertJobs(jobs) }
        return jobs.map(\.id)
    }

    @Test("go on where they were when VACUUM numbers the rows anew", arguments: [ListOrder.oldestFirst, .newestFirst])
    func vacuum(_ order: ListOrder) async throws {
        try await TracedQueue.with { queue in
            let ids = try await start(12, queue)
            let deleted = DeletionRequest(chainIDs: ids.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
            try await queue.run { try $0.deleteChains(deleted) }
            let left = ids.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            let listed = try await pages(queue, order) {
                // What VACUUM does, which can't run in a transaction.
                _ = try await queue.adapter.pool.write { db in
                    try db.execute("UPDATE queuert_job SET rowid = rowid / 2")
                }
            }
            #expect(listed == (order == .oldestFirst ? left : left.reversed()))
        }
    }

    @Test("go on behind a job that was deleted, with one that was written in its place")
    func deleted() async throws {
        try await TracedQueue.with { queue in
            let ids = try await start(3, queue)
            var new: [JobID] = []
            let listed = try await pages(queue, .oldestFirst) {
                let last = DeletionRequest(chainIDs: Array(ids[1...]))
                try await queue.run { try $0.deleteChains(last) }
                new = try await start(3, queue)
            }
            #expect(listed == ids.prefix(2) + new)
        }
    }

    @Test("find jobs of a time though the clock was set back in between")
    func clockSetBack() async throws {
        try await TracedQueue.with { queue in
            var ids: [Int64: [JobID]] = [:]
            let start = queue.clock.now
            for minutes in [0, 60, 120, 30, 90, 150] as [Int64] {
                queue.clock.advance(by: start + .seconds(60 * minutes) - queue.clock.now)
                ids[minutes] = try await self.start(1, queue)
            }
            let from = start + .seconds(60 * 45)
            let before = start + .seconds(60 * 135)
            let found = try await queue.run {
                try $0.jobs(JobQuery(createdFrom: from, createdBefore: before, order: .oldestFirst)).items.map(\.id)
            }
            #expect(found == [60, 120, 90].flatMap { ids[$0] ?? [] })
        }
    }

    @Test("hold the same whether few jobs or many do what is asked for", arguments: [1, 10_000])
    func many(minimum: Int) async throws {
        try await TracedQueue.with { queue in
            let ids = try await start(200, queue)
            let request = queue.claimRequest(limit: 100)
            try await queue.run { _ = try $0.claimJobs(request) }
            let (newest, oldest, running) = try await queue.run { operations in
                var operations = operations
                operations.listReach.minimum = minimum
                return (
                    try operations.jobs(JobQuery(statuses: [.ready, .running], limit: 3)).items.map(\.id),
                    try operations.chains(ChainQuery(statuses: [.ready, .running], order: .oldestFirst, limit: 3))
                        .items.map(\.first.id),
                    try operations.chains(ChainQuery(statuses: [.running], limit: 1)).items.map(\.first.id)
                )
            }
            #expect(newest == ids.suffix(3).reversed())
            #expect(oldest == Array(ids.prefix(3)))
            #expect(running == [ids[99]])
        }
    }

    @Test("jobs that become due at once, more than are put in line at once, are all claimed, each once")
    func dueAtOnce() async throws {
        try await TracedQueue.with { queue in
            let jobs = (0..<2_500).map { _ in queue.newJob(schedule: .after(.seconds(1))) }
            try await queue.run { try $0.insertJobs(jobs) }
            queue.clock.advance(by: .seconds(1))
            let request = queue.claimRequest(limit: 700)
            var claimed: [JobID] = []
            for _ in 0..<4 { claimed += try await queue.run { try $0.claimJobs(request).jobs.map(\.row.id) } }
            #expect(claimed == jobs.map(\.id))
        }
    }
}
