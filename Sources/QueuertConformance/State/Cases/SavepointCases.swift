import Queuert

/// Notes the hints that are sent.
private struct NotedHints: NotifyAdapter {
    let log: Journal

    func send(_ hint: WakeHint) { for typeName in hint.dueTypes.sorted() { log.add("wake \(typeName)") } }

    func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        try await body()
    }
}

extension StateConformance {
    var savepointCases: [ConformanceCase] {
        [
            test("a savepoint whose body throws undoes its part alone, and the transaction goes on") { scenario in
                let log = Journal()
                let (client, adapter) = (scenario.client(log), scenario.adapter)
                let jobs = (0..<3).map { _ in scenario.newJob() }
                try await adapter.withTransaction { db in
                    _ = try adapter.operations(on: db).insertJobs([jobs[0]])
                    db.effects?.add(onCommit: { log.add("before") }, onRollback: { log.add("before undone") })
                    _ = try await expectError(Undo.self, "the savepoint") {
                        try await client.withSavepoint(on: db) {
                            _ = try adapter.operations(on: db).insertJobs([jobs[1]])
                            try await client.startJobChain(Echo.self, input: "undone", on: db)
                            db.effects?.add(onCommit: { log.add("inside") }, onRollback: { log.add("inside undone") })
                            throw Undo()
                        }
                    }
                    log.add("after the savepoint")
                    _ = try adapter.operations(on: db).insertJobs([jobs[2]])
                    try await client.startJobChain(Count.self, input: 1, on: db)
                }
                let events = ["inside undone", "after the savepoint", "before", "wake count"]
                try expect(log.events, equals: events, "what happened")
                let counts = try await scenario.waitingJobCounts()
                try expect(counts, equals: ["job": 2, "count": 1], "the waiting jobs")
            },
            test("a savepoint whose body returns is part of its transaction") { scenario in
                let log = Journal()
                let (client, adapter) = (scenario.client(log), scenario.adapter)
                let id = try await adapter.withTransaction { db in
                    try await client.withSavepoint(on: db) {
                        try await client.startJobChain(Echo.self, input: "kept", on: db).id
                    }
                }
                try expect(log.events, equals: ["wake echo"], "the hints")
                try expect(try await scenario.row(id).typeName, equals: "echo", "the job's type")
                _ = try await expectError(Undo.self, "the transaction") {
                    try await adapter.withTransaction { db in
                        try await client.withSavepoint(on: db) {
                            _ = try await client.startJobChain(Echo.self, input: "undone", on: db)
                        }
                        throw Undo()
                    }
                }
                try expect(log.events, equals: ["wake echo"], "the hints after a rollback")
                let counts = try await scenario.waitingJobCounts()
                try expect(counts, equals: ["echo": 1], "the waiting jobs")
            },
            test("a savepoint inside another is undone alone, or with the outer one") { scenario in
                let (client, adapter) = (scenario.client(Journal()), scenario.adapter)
                try await adapter.withTransaction { db in
                    try await client.withSavepoint(on: db) {
                        _ = try adapter.operations(on: db).insertJobs([scenario.newJob("outer")])
                        try? await client.withSavepoint(on: db) {
                            _ = try adapter.operations(on: db).insertJobs([scenario.newJob("undone")])
                            throw Undo()
                        }
                        _ = try adapter.operations(on: db).insertJobs([scenario.newJob("outer")])
                    }
                    try? await client.withSavepoint(on: db) {
                        try await client.withSavepoint(on: db) {
                            _ = try adapter.operations(on: db).insertJobs([scenario.newJob("undone")])
                        }
                        throw Undo()
                    }
                }
                let counts = try await scenario.waitingJobCounts()
                try expect(counts, equals: ["outer": 2], "the waiting jobs")
            },
            test("a statement that fails in a savepoint is undone with it, and the transaction goes on") {
                [subject] scenario in
                let (client, adapter) = (scenario.client(Journal()), scenario.adapter)
                // Also as the first statement of the savepoint, which may be sent along with it.
                for isFirst in [false, true] {
                    let jobs = (0..<3).map { _ in scenario.newJob() }
                    try await adapter.withTransaction { db in
                        _ = try adapter.operations(on: db).insertJobs([jobs[0]])
                        try? await client.withSavepoint(on: db) {
                            if !isFirst { _ = try adapter.operations(on: db).insertJobs([jobs[1]]) }
                            try subject.failStatement(on: db)
                            throw Undo()
                        }
                        _ = try adapter.operations(on: db).insertJobs([jobs[2]])
                    }
                    let ids = try await scenario.existing(jobs.map(\.id))
                    try expect(ids, equals: [jobs[0].id, jobs[2].id], "the chains (the first statement: \(isFirst))")
                }
            },
            test("savepoints that overlap are refused") { scenario in
                let (client, adapter) = (scenario.client(Journal()), scenario.adapter)
                let log = Journal()
                @Sendable func part(
                    _ name: String, until event: String, on db: isolated Subject.Adapter.Connection
                ) async throws {
                    try await client.withSavepoint(on: db) {
                        log.add("\(name) began")
                        try await log.wait(of: event)
                    }
                    log.add("\(name) ended")
                }
                _ = try await expectError(OverlappingSavepointsError.self, "a transaction with overlapping savepoints")
                {
                    try await adapter.withTransaction { db in
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            group.addTask { try await part("first", until: "second began", on: db) }
                            group.addTask {
                                try await log.wait(of: "first began")
                                try await part("second", until: "never", on: db)
                            }
                            for try await _ in group {}
                        }
                    }
                }
            },
            test("a chain can't be started where nothing is going to be committed") { scenario in
                let (client, adapter) = (scenario.client(Journal()), scenario.adapter)
                _ = try await expectError(TransactionRequiredError.self, "a start during a read") {
                    try await adapter.withReadConnection { db in
                        _ = try await client.startJobChain(Echo.self, input: "1", on: db)
                    }
                }
                _ = try await expectError(TransactionRequiredError.self, "a savepoint during a read") {
                    try await adapter.withReadConnection { db in try await client.withSavepoint(on: db) {} }
                }
                try expect(try await scenario.waitingJobCounts(), equals: [:], "the waiting jobs")
            },
        ]
    }

    var openTransactionCases: [ConformanceCase] {
        [
            test("a task that outlives the transaction that it was started in may open its own") { scenario in
                let adapter = scenario.adapter
                let (ended, end) = AsyncStream.makeStream(of: Void.self)
                let later = try await adapter.withTransaction { _ in
                    Task {
                        for await _ in ended {}
                        try await scenario.insert(scenario.newJob())
                    }
                }
                end.finish()
                try await later.value
                let counts = try await scenario.waitingJobCounts()
                try expect(counts, equals: ["job": 1], "the waiting jobs")
            },
            test("a transaction that one task of a scope has open counts as open in the others") { scenario in
                let adapter = scenario.adapter
                let job = scenario.newJob()
                let scope = TransactionScope()
                let (opened, open) = AsyncStream.makeStream(of: Void.self)
                let (released, release) = AsyncStream.makeStream(of: Void.self)
                try await scope.bind {
                    let other = Task {
                        defer { open.finish() }
                        try await adapter.withTransaction { db in
                            scope.shareOpenTransactions()
                            _ = try adapter.operations(on: db).insertJobs([job])
                            open.finish()
                            for await _ in released {}
                        }
                    }
                    for await _ in opened {}
                    _ = try await expectError(NestedTransactionError.self, "a transaction in another task of the scope")
                    {
                        try await adapter.withTransaction { _ in }
                    }
                    let rows = try await scenario.read { try $0.jobs(ofChain: job.id) }
                    try expect(rows.map(\.id), equals: [job.id], "what a read in another task of the scope sees")
                    release.finish()
                    try await other.value
                    try await scenario.insert(scenario.newJob())
                }
                let counts = try await scenario.waitingJobCounts()
                try expect(counts, equals: ["job": 2], "the waiting jobs")
            },
        ]
    }
}

extension StateScenario {
    fileprivate func client(_ log: Journal) -> Client<Adapter> {
        Client(adapter: adapter, notify: NotedHints(log: log), clock: clock)
    }
}
