import Queuert

extension WorkerConformance {
    var hookCases: [ConformanceCase] {
        [
            test("a hook runs when its transaction has ended, as that ended, and one of a savepoint with the savepoint")
            {
                scenario in
                let client = scenario.client
                let log = Journal()
                try await client.withTransaction { db in
                    try client.addHook(on: db, onCommit: { log.add("first") }, onRollback: { log.add("wrong") })
                    _ = try await expectError(Undo.self, "the savepoint") {
                        try await client.withSavepoint(on: db) {
                            try client.addHook(
                                on: db, onCommit: { log.add("wrong") }, onRollback: { log.add("undone") })
                            throw Undo()
                        }
                    }
                    try client.addHook(on: db, onCommit: { log.add("second") })
                    log.add("body")
                }
                try expect(log.events, equals: ["undone", "body", "first", "second"], "what happened")
                _ = try await expectError(Undo.self, "the transaction") {
                    try await client.withTransaction { db in
                        try client.addHook(on: db, onCommit: { log.add("wrong") }, onRollback: { log.add("rollback") })
                        throw Undo()
                    }
                }
                try expect(log.events.last, equals: "rollback", "what happened last")
                try expect(log.count(of: "wrong"), equals: 0, "the number of hooks that should not have run")
            },
            test("a handler's hooks follow the end of its transaction, in which its job ends too") { scenario in
                let client = scenario.client
                let journal = scenario.journal
                let echo = Processor<Faulty>.atomic(Echo.self) { job, db in
                    let attempt = job.attempt
                    try client.addHook(
                        on: db, onCommit: { journal.add("committed \(attempt)") },
                        onRollback: { journal.add("undone \(attempt)") })
                    if attempt == 1 { throw HandlerFailure() }
                    return .finish("committed: \(journal.count(of: "committed 2"))")
                }
                try await scenario.withWorker([echo]) { _ in
                    let chain = try await client.startJobChain(Echo.self, input: "x")
                    try await journal.wait(of: "undone 1")
                    try await journal.wait(of: "failed echo")
                    scenario.advance(by: .seconds(10), waking: "echo")
                    try await journal.wait(of: "committed 2")
                    let output = try await client.awaitJobChain(chain).output
                    try expect(output, equals: "committed: 0", "how often the hook had run before the commit")
                }
                try expect(journal.count(of: "committed 1"), equals: 0, "the number of hooks of the first attempt")
            },
            test("a hook needs a transaction that may write") { scenario in
                let client = scenario.client
                _ = try await expectError(TransactionRequiredError.self, "a hook of a read") {
                    try await scenario.adapter.withReadConnection { db in try client.addHook(on: db, onCommit: {}) }
                }
            },
        ]
    }
}
