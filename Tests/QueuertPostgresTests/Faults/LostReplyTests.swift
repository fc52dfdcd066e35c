import Logging
import Queuert
import QueuertConformance
import QueuertPostgres
import Testing

/// A job that waits for those that write.
private enum Sum: EntryJobType {
    static let name = "sum"
    typealias Input = Int
    typealias Output = Int
    typealias Blockers = BlockedByAll<Store>
}

/// A chain of two jobs.
private enum First: EntryJobType {
    static let name = "first"
    typealias Input = Int
    typealias Output = Int
    struct Next: Continuations { let second = To<Second>() }
}

private enum Second: JobType {
    static let name = "second"
    typealias Input = Int
    typealias Output = Int
}

/// No poll finds what is to be done next: it is begun because somebody tells of it.
@Suite("The end of a detached job whose answer is lost", .timeLimit(.minutes(20))) struct LostReplyTests {
    private struct Boom: Error {}

    /// A queue behind a proxy, of which all is told.
    private struct Scenario: Sendable {
        let client: Client<PostgresStateAdapter>
        let proxy: FaultyProxy
        let journal: Journal
        let logged: NotedTexts

        /// Runs workers' handlers until a chain has ended.
        func output<Entry: EntryJobType>(
            of chain: Chain<Entry>, _ processors: Processor<PostgresStateAdapter>...
        ) async throws -> Entry.Output {
            let patience = Backoff(initial: .milliseconds(5), maximum: .milliseconds(50))
            let worker = try Worker(
                client: client, processors: processors,
                configuration: .init(
                    leaseDuration: .seconds(600), pollInterval: .seconds(3_600), backoff: patience,
                    recoveryBackoff: patience))
            async let running: Void = worker.run()
            let result = await Result {
                try await client.awaitJobChain(chain, timeout: .seconds(60), pollInterval: .seconds(3_600)).output
            }
            await worker.stop()
            await running
            #expect(proxy.losses == 1)
            #expect(logged.all.filter { $0.contains("lease is lost") } == [])
            return try result.get()
        }
    }

    private func withScenario(
        _ history: PostgresHistory = .amongJobs, _ body: @Sendable (Scenario) async throws -> Void
    ) async throws {
        let notify = InProcessNotify()
        // What is not prepared is seen by the proxy.
        try await withProxy(.init(statementCacheLimit: 0)) { pool, proxy in
            try await withQueue(pool, history: history, notify: notify) { queue, _ in
                let journal = Journal()
                let logged = NotedTexts()
                let client = Client(
                    adapter: queue.adapter, notify: notify, observability: JournalObservability(journal: journal),
                    logger: Logger(label: "test") { _ in NotedLog(texts: logged) })
                try await body(Scenario(client: client, proxy: proxy, journal: journal, logged: logged))
            }
        }
    }

    @Test(
        "is found to be written, and what follows from it is told",
        arguments: [PostgresHistory.amongJobs, .partitioned(days: 1)])
    func completion(_ history: PostgresHistory) async throws {
        try await withScenario(history) { scenario in
            let chain = try await scenario.client.startJobChain(Store.self, input: 1)
            let sum = try await scenario.client.startJobChain(Sum.self, input: 0, blockers: [chain])
            scenario.proxy.set(.loseAnswer(to: "queuert_complete_"))
            let output = try await scenario.output(
                of: sum, .detached(Store.self) { .finish($0.input) },
                .detached(Sum.self) { .finish($0.blockers.reduce(0, +)) })
            #expect(output == 1)
            #expect(scenario.journal.count(of: "completed store") == 1)
            #expect(try await scenario.client.failedAttempts(ofJob: chain.id).isEmpty)
        }
    }

    @Test("is found to be written if it continues the chain, and the job that follows is begun")
    func continuation() async throws {
        try await withScenario { scenario in
            let chain = try await scenario.client.startJobChain(First.self, input: 1)
            scenario.proxy.set(.loseAnswer(to: "queuert_continue_"))
            let output = try await scenario.output(
                of: chain, .detached(First.self) { .continueWith(\.second, input: $0.input + 1) },
                .detached(Second.self) { .finish($0.input) })
            #expect(output == 2)
            #expect(scenario.journal.count(of: "continued first") == 1)
            #expect(scenario.journal.count(of: "created second") == 1)
            #expect(scenario.journal.count(of: "rolled back second") == 0)
            #expect(try await scenario.client.failedAttempts(ofJob: chain.id).isEmpty)
        }
    }

    @Test("is found to be written if it has failed, and it is tried again")
    func failure() async throws {
        try await withScenario { scenario in
            let chain = try await scenario.client.startJobChain(Store.self, input: 1)
            scenario.proxy.set(.loseAnswer(to: "queuert_end_"))
            let output = try await scenario.output(
                of: chain,
                .detached(Store.self) { job in
                    if job.attempt == 1 { throw Boom() }
                    return .finish(job.attempt)
                })
            #expect(output == 2)
            #expect(scenario.journal.count(of: "failed store") == 1)
            #expect(try await scenario.client.failedAttempts(ofJob: chain.id).map(\.outcome) == [.failed])
        }
    }

    @Test(
        "is found for each of many in one statement, also for one whose lease was another's before",
        arguments: [PostgresHistory.amongJobs, .partitioned(days: 1)])
    func many(_ history: PostgresHistory) async throws {
        try await withScenario(history) { scenario in
            let adapter = scenario.client.adapter
            let chains = try await scenario.client.startJobChains((0..<3).map { NewChain(Store.self, input: $0) })
            let sum = try await scenario.client.startJobChain(Sum.self, input: 0, blockers: Array(chains.prefix(2)))
            let rows = try await adapter.claimed(3)
            // Somebody else's by the time that it ends.
            try await adapter.withOperation(.work) { db in
                _ = try adapter.operations(on: db).settle([rows[2].settlement(.released)])
            }
            scenario.proxy.set(.loseAnswer(to: "queuert_complete_"))
            let results = try await adapter.withOperation(.work) { db in
                try adapter.operations(on: db).settle(rows.map { $0.settlement(.completed(output: "7")) })
            }
            #expect(scenario.proxy.losses == 1)
            let ends = results.map { result -> SettledAttempt? in
                if case .settled(let end) = result { end } else { nil }
            }
            #expect(ends.map { $0?.chainStart != nil } == [true, true, false])
            let waits = ends.compactMap { $0?.resolved }.flatMap { $0 }
            #expect(waits.map(\.jobID) == [sum.id, sum.id])
            #expect(waits.count(where: \.unblocksJob) == 1)
            let isLost = if case .leaseLost = results[2] { true } else { false }
            #expect(isLost)
        }
    }

    @Test("is told as not written if it did not get through, and as unknown if nobody can say")
    func notFound() async throws {
        try await withScenario { scenario in
            let adapter = scenario.client.adapter
            try await scenario.client.startJobChains((0..<2).map { NewChain(Store.self, input: $0) })
            let rows = try await adapter.claimed(2)
            @Sendable func failure(_ rows: [JobRow], _ outcome: Settlement.Outcome) async -> PostgresError.Code? {
                let error = await #expect(throws: PostgresError.self) {
                    try await adapter.withOperation(.work) { db in
                        _ = try adapter.operations(on: db).settle(rows.map { $0.settlement(outcome) })
                    }
                }
                return error?.code
            }
            scenario.proxy.set(.lose("queuert_complete_"))
            #expect(await failure(rows, .completed(output: "7")) == .connectionLost)
            scenario.proxy.set(.lose("queuert_end_"))
            #expect(await failure([rows[0]], .released) == .connectionLost)
            try await scenario.client.deleteJobChains(rows.map(\.chainID))
            scenario.proxy.set(.loseAnswer(to: "queuert_complete_"))
            #expect(await failure(rows, .completed(output: "7")) == .commitUnknown)
            scenario.proxy.set(.loseAnswer(to: "queuert_end_"))
            #expect(await failure([rows[0]], .released) == .commitUnknown)
            #expect(scenario.proxy.losses == 4)
        }
    }

    @Test("of which the queue itself knows no more, such as the start of a chain, is told as unknown")
    func start() async throws {
        try await withScenario { scenario in
            scenario.proxy.set(.loseAnswer(to: "INSERT INTO"))
            let error = await #expect(throws: PostgresError.self) {
                try await scenario.client.startJobChain(Store.self, input: 1)
            }
            #expect(error?.code == .commitUnknown)
            let counts = try await scenario.client.jobCounts()
            #expect(counts["store"]?.ready == 1)
        }
    }
}

extension PostgresStateAdapter {
    /// Claims jobs that are there, in the order in which they were started.
    fileprivate func claimed(_ count: Int) async throws -> [JobRow] {
        let request = ClaimRequest(
            typeNames: ["store"], typesWithBlockers: [], limit: count, worker: "w", leaseDuration: .seconds(600))
        let rows = try await withOperation(.work) { db in try operations(on: db).claimJobs(request).jobs.map(\.row) }
        try #require(rows.count == count)
        return rows.sorted { $0.input < $1.input }
    }
}

extension JobRow {
    fileprivate func settlement(_ outcome: Settlement.Outcome) -> Settlement {
        Settlement(
            lease: Lease(jobID: id, token: leaseToken), chainID: chainID, worker: "w", attemptContext: nil,
            outcome: outcome)
    }
}
