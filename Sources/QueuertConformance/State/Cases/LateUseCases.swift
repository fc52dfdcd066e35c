import Queuert

extension StateConformance {
    /// What cases do with a connection that was kept.
    private typealias Connection = Subject.Adapter.Connection

    var lateUseCases: [ConformanceCase] {
        [
            test("a connection that is kept beyond the body that it was given to is refused, whoever uses it by then") {
                scenario in
                let adapter = scenario.adapter
                let client = Client(adapter: adapter, identifiers: scenario.identifiers, clock: scenario.clock)
                for isRead in [false, true] {
                    let log = Journal()
                    let body: @Sendable (isolated Connection) async throws -> Task<[String], Never> = { db in
                        Task {
                            try? await log.wait(of: "another is open")
                            return await Self.refusals(on: db, client, log)
                        }
                    }
                    let late =
                        if isRead {
                            try await adapter.withReadConnection(body)
                        } else {
                            try await adapter.withTransaction(body)
                        }
                    let job = scenario.newJob()
                    let refusals = try await adapter.withTransaction { db in
                        _ = try adapter.operations(on: db).insertJobs([job])
                        log.add("another is open")
                        return await late.value
                    }
                    try expect(
                        refusals, equals: Array(repeating: "TransactionRequiredError", count: 3),
                        "how a hook, a savepoint and a start were refused (after a read: \(isRead))")
                    try expect(log.count(of: "hook"), equals: 0, "the number of hooks that ran")
                }
                let counts = try await scenario.waitingJobCounts()
                try expect(counts, equals: ["job": 2], "the waiting jobs")
            },
            test("a connection is there for the tasks that its transaction's body starts and waits for") { scenario in
                let adapter = scenario.adapter
                let client = Client(adapter: adapter, identifiers: scenario.identifiers, clock: scenario.clock)
                @Sendable func start(_ number: Int, on db: isolated Connection) async throws {
                    try await client.startJobChain(Count.self, input: number, on: db)
                }
                try await adapter.withTransaction { db in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<3 { group.addTask { try await start(number, on: db) } }
                        try await group.waitForAll()
                    }
                    try await Task { try await start(3, on: db) }.value
                }
                let counts = try await scenario.waitingJobCounts()
                try expect(counts, equals: ["count": 4], "the waiting jobs")
            },
        ]
    }

    /// Tries what needs an open transaction, and tells how each was refused.
    private static func refusals(
        on db: isolated Connection, _ client: Client<Subject.Adapter>, _ log: Journal
    ) async -> [String] {
        var refusals: [String] = []
        do {
            try client.addHook(on: db, onCommit: { log.add("hook") }, onRollback: { log.add("hook") })
            refusals.append("none")
        } catch { refusals.append("\(type(of: error))") }
        do {
            try await client.withSavepoint(on: db) {}
            refusals.append("none")
        } catch { refusals.append("\(type(of: error))") }
        do {
            try await client.startJobChain(Count.self, input: 1, on: db)
            refusals.append("none")
        } catch { refusals.append("\(type(of: error))") }
        return refusals
    }
}
