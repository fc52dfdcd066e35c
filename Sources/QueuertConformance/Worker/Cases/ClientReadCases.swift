import Queuert

extension WorkerConformance {
    var clientReadCases: [ConformanceCase] {
        [
            test("a read inside its own transaction doesn't wait for itself, and sees what that has written") {
                scenario in
                let client = scenario.client
                try await client.withTransaction { db in
                    let count = try await client.startJobChain(Count.self, input: 1, on: db)
                    let chain = try await client.startJobChain(Gather.self, input: "x", blockers: [count], on: db)
                    let job = try require(try await client.job(chain.id), "the job")
                    let ends = try require(try await client.chain(chain.id), "the chain")
                    try expect(ends, equals: ChainEnds(first: job, last: job), "the ends of the chain")
                    try expect(try await client.jobs(ofChain: chain.id), equals: [job], "the jobs of the chain")
                    let chains = try await client.chains(ChainQuery(statuses: [.blocked])).items
                    try expect(chains, equals: [ends], "the blocked chains")
                    let waiting = try await client.jobs(JobQuery(waitingForChain: count.id)).items
                    try expect(waiting, equals: [job], "the jobs that wait for the other chain")
                    let blockers = try await client.blockers(ofJob: chain.id)
                    try expect(blockers.map(\.chain.first.id), equals: [count.id], "what the job waits for")
                    let counts = try await client.jobCounts()
                    try expect(counts["gather"]?.blocked, equals: 1, "the number of blocked jobs")
                    try expect(counts["count"]?.ready, equals: 1, "the number of ready jobs")
                    try expect(try await client.failedAttempts(ofJob: chain.id), equals: [], "its attempts")
                }
            },
            test("a handler's reads don't wait for its own transaction") { scenario in
                let client = scenario.client
                let echo = Processor<Faulty>.atomic(Echo.self) { job, db in
                    let count = try await client.startJobChain(Count.self, input: 1, on: db)
                    let row = try require(try await client.job(job.id), "the job")
                    let started = try await client.chain(count.id)
                    return .finish("\(row.attempt) \(row.leasedUntil != nil) \(started != nil)")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    let output = try await client.awaitJobChain(chain).output
                    try expect(output, equals: "1 true true", "what the handler read")
                }
            },
            test("lists are read a page at a time, whatever is started meanwhile") { scenario in
                let client = scenario.client
                let chains = try await client.startJobChains((0..<7).map { NewChain(Count.self, input: $0) })
                var query = ChainQuery(typeNames: ["count"], limit: 3)
                var found: [JobID] = []
                repeat {
                    let page = try await client.chains(query)
                    found += page.items.map(\.first.id)
                    query.after = page.next
                    if found.count == 3 { try await client.startJobChain(Count.self, input: 9) }
                } while query.after != nil
                try expect(found, equals: chains.map(\.id).reversed(), "the chains, the newest first")
                let wrong = JobQuery(after: PageCursor(rawValue: "rubbish"))
                _ = try await expectError(InvalidCursorError.self, "a wrong cursor") {
                    _ = try await client.jobs(wrong)
                }
            },
        ]
    }
}
