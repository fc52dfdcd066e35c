#if GRDB
import GRDB
import Queuert
import QueuertConformance
import QueuertGRDB
import QueuertSQLite
import Testing

@Suite("The queue in a write of GRDB's", .timeLimit(.minutes(2))) struct WriteTests {
    @Test(
        "a chain commits together with the user's row, and workers are told afterwards",
        arguments: GRDBQueue.Place.allCases)
    func commits(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            let chain = try queue.write { db in
                try User(name: "Alice").insert(db)
                let chain = try queue.client.startJobChain(Greet.self, input: "Alice", on: db)
                #expect(queue.journal.events.isEmpty)
                return chain
            }
            #expect(queue.journal.events == ["created greet", "wake greet"])
            #expect(try await queue.users() == ["Alice"])
            #expect(try await queue.client.chain(chain.id)?.first.input == "\"Alice\"")
        }
    }

    @Test("neither exists after a rollback, and nobody is woken", arguments: GRDBQueue.Place.allCases)
    func rollsBack(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            #expect(throws: Undo.self) {
                try queue.write { db in
                    try User(name: "Alice").insert(db)
                    try queue.client.startJobChain(Greet.self, input: "Alice", on: db)
                    throw Undo()
                }
            }
            #expect(queue.journal.events == ["rolled back greet"])
            let users = try await queue.users()
            let inputs = try await queue.waitingInputs()
            #expect(users.isEmpty && inputs.isEmpty)
        }
    }

    @Test("transactions that follow each other are told of each on its own")
    func manyTransactions() async throws {
        try await GRDBQueue.with { queue in
            for number in 0..<10 {
                try? queue.write { db in
                    try queue.client.startJobChain(Greet.self, input: "\(number)", on: db)
                    if number.isMultiple(of: 2) { throw Undo() }
                }
            }
            #expect(queue.journal.count(of: "wake greet") == 5)
            #expect(queue.journal.count(of: "rolled back greet") == 5)
            let inputs = try await queue.waitingInputs()
            #expect(inputs == ["\"1\"", "\"3\"", "\"5\"", "\"7\"", "\"9\""])
        }
    }

    @Test("many chains, and chains of several types, are started at once, and those of one commit wake workers once")
    func startsMany() async throws {
        try await GRDBQueue.with { queue in
            try queue.write { db in
                let chains = try queue.client.startJobChains(
                    ["a", "b"].map { NewChain(Greet.self, input: $0) }, on: db)
                let (greet, _) = try queue.client.startJobChains(
                    NewChain(Greet.self, input: "c"), NewChain(Gather.self, input: 1, blockers: chains), on: db)
                try queue.client.startJobChain(Gather.self, input: 2, blockers: [greet], on: db)
            }
            #expect(try await queue.waitingInputs() == ["\"a\"", "\"b\"", "\"c\"", "1", "2"])
            #expect(queue.journal.events.filter { $0.hasPrefix("wake") } == ["wake greet"])
        }
    }

    @Test("a job is completed without a worker, and what waited for its chain is due")
    func completes() async throws {
        try await GRDBQueue.with { queue in
            let client = queue.client
            let greeting = try queue.write { db in
                let greeting = try client.startJobChain(Greet.self, input: "Alice", on: db)
                try client.startJobChain(Gather.self, input: 1, blockers: [greeting], on: db)
                return greeting
            }
            let isCompleted = try queue.write { db in
                try User(name: "Alice").insert(db)
                return try client.completeJob(Greet.self, of: greeting, on: db) { .finish("Hello \($0.input)") }
            }
            #expect(isCompleted)
            #expect(try await client.awaitJobChain(greeting).output == "Hello Alice")
            #expect(queue.journal.events.contains("wake gather"))
            #expect(try await client.jobCounts()["gather"]?.ready == 1)
            #expect(throws: JobStatusError.self) {
                try queue.write { db in try client.completeJob(Greet.self, of: greeting, on: db) { _ in nil } }
            }
        }
    }

    @Test("chains are cancelled and deleted, and jobs made due")
    func changes() async throws {
        try await GRDBQueue.with { queue in
            let client = queue.client
            let chains = try queue.write { db in
                try client.startJobChains(
                    ["a", "b", "c"].map { NewChain(Greet.self, input: $0, schedule: .after(.seconds(3600))) }, on: db)
            }
            let cancelled = try queue.write { db in
                try client.triggerJobs([chains[0].id], on: db)
                try client.deleteJobChains([chains[1].id], on: db)
                return try client.cancelJobChain(chains[2], on: db)
            }
            #expect(cancelled == [chains[2].id])
            #expect(try await client.job(chains[0].id)?.status(at: SystemClock().now) == .ready)
            #expect(try await client.chain(chains[1].id) == nil)
            #expect(try await client.job(chains[2].id)?.cancelledAt != nil)
            #expect(queue.journal.events.suffix(2) == ["wake greet", "ended 2"])
        }
    }

    @Test("a job that has failed may be tried again")
    func redrives() async throws {
        try await GRDBQueue.with { queue in
            let chain = try queue.write { db in try queue.client.startJobChain(Greet.self, input: "a", on: db) }
            let worker = try Worker(
                client: queue.client,
                processors: [.atomic(Greet.self, maximumAttempts: 1) { _, _ in throw Undo() }])
            async let working: Void = worker.run()
            await #expect(throws: ChainFailedError.self) { try await queue.client.awaitJobChain(chain) }
            await worker.stop()
            await working
            try queue.write { db in try queue.client.redriveJobs([chain.id], on: db) }
            #expect(try await queue.client.jobCounts()["greet"]?.ready == 1)
        }
    }

    @Test("a type may be paused and resumed, and workers are told")
    func pauses() async throws {
        try await GRDBQueue.with { queue in
            try queue.write { db in try queue.client.pause(Greet.self, on: db) }
            #expect(try await queue.client.pausedTypes().keys.sorted() == ["greet"])
            try queue.write { db in try queue.client.resume(Greet.self, on: db) }
            #expect(try await queue.client.pausedTypes().isEmpty)
            #expect(queue.journal.events == ["wake greet", "wake greet"])
        }
    }

    @Test("a call that fails leaves no trace, and the transaction may go on")
    func failureInsideATransaction() async throws {
        try await GRDBQueue.with { queue in
            let id = JobID(rawValue: "01890a5d-ac96-774b-bcce-b302099a8057")
            try queue.write { db in
                try queue.client.startJobChain(Greet.self, input: "first", id: id, on: db)
                #expect(throws: DuplicateJobIDError.self) {
                    try queue.client.startJobChain(Greet.self, input: "again", id: id, on: db)
                }
                try queue.client.startJobChain(Greet.self, input: "last", on: db)
            }
            #expect(try await queue.waitingInputs() == ["\"first\"", "\"last\""])
            #expect(
                queue.journal.events == ["rolled back greet", "created greet", "created greet", "wake greet"])
        }
    }

    @Test("a call whose telemetry the database refuses leaves no trace, and the transaction may go on")
    func refusedTelemetry() async throws {
        try await GRDBQueue.with { queue in
            let journal = Journal()
            let client = Client(
                adapter: queue.adapter,
                observability: JournalObservability(journal: journal, recordsTransactions: true))
            try queue.write { db in
                try db.execute(
                    sql: """
                        CREATE TRIGGER refuse BEFORE INSERT ON queuert_telemetry_outbox
                            BEGIN SELECT RAISE(ABORT, 'refused'); END
                        """)
                #expect(throws: SQLiteError.self) { try client.startJobChain(Greet.self, input: "refused", on: db) }
                try db.execute(sql: "DROP TRIGGER refuse")
                try client.startJobChain(Greet.self, input: "kept", on: db)
            }
            #expect(try await queue.waitingInputs() == ["\"kept\""])
            #expect(journal.events == ["rolled back greet", "created greet"])
        }
    }

    @Test("a chain can't be started where nothing is going to be committed", arguments: GRDBQueue.Place.allCases)
    func requiresATransaction(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            func start(_ db: Database) throws { try queue.client.startJobChain(Greet.self, input: "a", on: db) }
            #expect(throws: TransactionRequiredError.self) { try queue.access(start) }
            try queue.access { db in
                try db.execute(sql: "BEGIN; COMMIT")
                #expect(throws: TransactionRequiredError.self) { try start(db) }
            }
            await #expect(throws: TransactionRequiredError.self) {
                try await queue.writer.read { db in _ = try queue.client.startJobChain(Greet.self, input: "a", on: db) }
            }
            #expect(try await queue.waitingInputs().isEmpty)
            #expect(!queue.journal.events.contains("wake greet"))
        }
    }

    @Test("a transaction that is begun and committed in SQL is one too")
    func transactionInSQL() async throws {
        try await GRDBQueue.with { queue in
            try queue.access { db in
                try db.execute(sql: "BEGIN")
                try queue.client.startJobChain(Greet.self, input: "kept", on: db)
                try db.execute(sql: "COMMIT; BEGIN")
                try queue.client.startJobChain(Greet.self, input: "undone", on: db)
                try db.execute(sql: "ROLLBACK")
            }
            #expect(queue.journal.events == ["created greet", "wake greet", "rolled back greet"])
            #expect(try await queue.waitingInputs() == ["\"kept\""])
        }
    }

    @Test("what SQLite itself rolls back is not told of with the next commit")
    func rollbackBySQLite() async throws {
        try await GRDBQueue.with { queue in
            try queue.write { db in try User(name: "Alice").insert(db) }
            #expect(throws: DatabaseError.self) {
                try queue.write { db in
                    try queue.client.startJobChain(Greet.self, input: "undone", on: db)
                    try db.execute(sql: "INSERT OR ROLLBACK INTO users VALUES ('Alice')")
                }
            }
            #expect(!queue.journal.events.contains("created greet"))
            try queue.write { db in try queue.client.startJobChain(Greet.self, input: "kept", on: db) }
            #expect(queue.journal.events == ["rolled back greet", "created greet", "wake greet"])
            #expect(try await queue.waitingInputs() == ["\"kept\""])
        }
    }
}
#endif
