import Queuert

/// The transactions in which a handler may end the chain of its own job, though its result is to be written there, too.
private enum OwnTransaction: String, CaseIterable, Sendable {
    case atomic, prepare, complete, batched
}

/// The ways in which it may do so.
private enum OwnEnd: String, CaseIterable, Sendable {
    case cancel, delete, complete

    func write<Adapter: StateAdapter>(
        of job: Job<Echo>, through client: Client<Adapter>, on db: isolated Adapter.Connection
    ) async throws {
        switch self {
        case .cancel: try await client.cancelJobChains([job.chainID], on: db)
        case .delete: try await client.deleteJobChains([job.chainID], on: db)
        case .complete:
            try await client.completeJob(Echo.self, of: Chain<Echo>(id: job.chainID), on: db) { _ in
                .finish("by hand")
            }
        }
    }
}

extension WorkerConformance {
    /// A handler that starts a chain, and whose first attempt ends its own.
    private static func ending(
        by end: OwnEnd, in transaction: OwnTransaction, _ client: Client<Faulty>
    ) -> Processor<Faulty> {
        let work: @Sendable (Job<Echo>, isolated Faulty.Connection) async throws -> Decision<Echo> = { job, db in
            try await client.startJobChain(Count.self, input: job.attempt, on: db)
            if job.attempt == 1 { try await end.write(of: job, through: client, on: db) }
            return .finish("attempt \(job.attempt)")
        }
        switch transaction {
        case .atomic: return .atomic(Echo.self, handler: work)
        case .prepare:
            return .staged(Echo.self) { job, attempt in
                try await attempt.prepare { db in _ = try await work(job, db) }
                return try await attempt.complete { _ in .finish("attempt \(job.attempt)") }
            }
        case .complete:
            return .staged(Echo.self) { job, attempt in try await attempt.complete { db in try await work(job, db) } }
        case .batched:
            return .batched(Echo.self, upTo: 10) { jobs, db in
                var decisions: [BatchDecision<Echo>] = []
                for job in jobs { decisions.append(job.decide(try await work(job, db))) }
                return decisions
            }
        }
    }

    var ownChainCases: [ConformanceCase] {
        OwnTransaction.allCases.flatMap { transaction in
            OwnEnd.allCases.map { end in
                test("a handler that ends its own chain in its transaction fails at once (\(transaction), \(end))") {
                    scenario in
                    let client = scenario.client
                    let journal = scenario.journal
                    let echo = Self.ending(by: end, in: transaction, client)
                    try await scenario.withWorker([echo]) { _ in
                        let chain = try await client.startJobChain(Echo.self, input: "x")
                        // The time stands still: no lease ends.
                        try await journal.wait(of: "failed echo")
                        let row = try await scenario.row(chain)
                        try expect(row.scheduledAt, equals: scenario.clock.now + .seconds(10), "the due time")
                        let attempts = try await client.failedAttempts(ofJob: chain.id)
                        try expect(attempts.map(\.outcome), equals: [.failed], "how the attempts ended")
                        try expect(
                            attempts.first?.error?.contains("ended or deleted its own job") == true,
                            "the error says what the handler did")
                        scenario.advance(by: .seconds(10), waking: "echo")
                        let output = try await client.awaitJobChain(chain).output
                        try expect(output, equals: "attempt 2", "the output")
                    }
                    let counts = try await scenario.state.waitingJobCounts()
                    try expect(counts, equals: ["count": 1], "the jobs that the attempts started")
                    try expect(journal.count(of: "failed echo"), equals: 1, "the number of failed attempts")
                    try expect(journal.count(of: "completed echo"), equals: 1, "the number of completed attempts")
                }
            }
        } + [
            test("a batch whose handler ends one of its chains is undone and done again without it, which fails") {
                scenario in
                let client = scenario.client
                let journal = scenario.journal
                let count: Processor<Faulty> = .batched(Count.self, upTo: 10) { jobs, db in
                    journal.add("batch of \(jobs.count)")
                    for job in jobs where job.input == 1 && job.attempt == 1 {
                        try await client.cancelJobChains([job.chainID], on: db)
                    }
                    return jobs.map { $0.decide(.finish($0.attempt)) }
                }
                let chains = try await client.startJobChains((0..<4).map { NewChain(Count.self, input: $0) })
                try await scenario.withWorker([count]) { _ in
                    // The time stands still: a hint tells the worker of the jobs that it has given back.
                    for number in [0, 2, 3] {
                        let output = try await client.awaitJobChain(chains[number]).output
                        try expect(output, equals: 1, "the attempts of job \(number) that count")
                        let outcomes = try await client.failedAttempts(ofJob: chains[number].id).map(\.outcome)
                        try expect(outcomes, equals: [.released], "how the attempt of job \(number) ended")
                    }
                    scenario.advance(by: .seconds(10), waking: "count")
                    let output = try await client.awaitJobChain(chains[1]).output
                    try expect(output, equals: 2, "the attempts of the job whose chain was ended")
                }
                for (size, batches) in [(4, 1), (3, 1), (1, 1)] {
                    try expect(journal.count(of: "batch of \(size)"), equals: batches, "the batches of \(size) jobs")
                }
                try expect(journal.count(of: "failed count"), equals: 1, "the number of attempts that failed")
            }
        ]
    }
}
