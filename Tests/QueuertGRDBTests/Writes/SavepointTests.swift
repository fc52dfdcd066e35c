#if GRDB
import GRDB
import Queuert
import QueuertConformance
import QueuertGRDB
import Testing

@Suite("The queue in savepoints of GRDB's", .timeLimit(.minutes(2))) struct SavepointTests {
    /// Starts a chain whose telemetry can be told from others'.
    private func start(_ input: String, _ queue: GRDBQueue, on db: Database) throws {
        try queue.client.startJobChain(Greet.self, input: input, on: db)
    }

    @Test("what a savepoint undoes is not told of, and the transaction goes on", arguments: GRDBQueue.Place.allCases)
    func undoesAPart(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            try queue.write { db in
                try start("before", queue, on: db)
                try db.inSavepoint {
                    try queue.client.startJobChain(
                        Gather.self, input: 1, blockers: [Chain<Greet>](), on: db)
                    return .rollback
                }
                try start("after", queue, on: db)
            }
            #expect(
                queue.journal.events == ["rolled back gather", "created greet", "created greet", "wake greet"])
            #expect(try await queue.waitingInputs() == ["\"before\"", "\"after\""])
        }
    }

    @Test("a savepoint that is undone at the end of the transaction is found at its commit")
    func undoneLast() async throws {
        try await GRDBQueue.with { queue in
            try queue.write { db in
                try start("kept", queue, on: db)
                try db.inSavepoint {
                    try start("undone", queue, on: db)
                    try start("undone", queue, on: db)
                    return .rollback
                }
            }
            #expect(queue.journal.count(of: "rolled back greet") == 2)
            #expect(queue.journal.count(of: "created greet") == 1)
            #expect(try await queue.waitingInputs() == ["\"kept\""])
        }
    }

    @Test("the first call ever may be undone, and with it what the connection keeps count in")
    func firstIsUndone() async throws {
        try await GRDBQueue.with { queue in
            try queue.write { db in
                try db.inSavepoint {
                    try start("undone", queue, on: db)
                    return .rollback
                }
            }
            #expect(queue.journal.events == ["rolled back greet"])
            try queue.write { db in
                try db.inSavepoint {
                    try start("undone too", queue, on: db)
                    return .rollback
                }
                try start("kept", queue, on: db)
            }
            #expect(
                queue.journal.events
                    == ["rolled back greet", "rolled back greet", "created greet", "wake greet"])
            #expect(try await queue.waitingInputs() == ["\"kept\""])
        }
    }

    @Test("savepoints inside one another, in SQL, are undone each with those inside it")
    func nested() async throws {
        try await GRDBQueue.with { queue in
            try queue.write { db in
                try start("1", queue, on: db)
                try db.execute(sql: "SAVEPOINT outer")
                try start("2", queue, on: db)
                try db.execute(sql: "SAVEPOINT inner")
                try start("3", queue, on: db)
                try db.execute(sql: "RELEASE inner; ROLLBACK TO outer")
                try start("4", queue, on: db)
                try db.execute(sql: "SAVEPOINT inner")
                try start("5", queue, on: db)
                try db.execute(sql: "ROLLBACK TO inner; RELEASE inner")
                try db.execute(sql: "RELEASE outer")
                try start("6", queue, on: db)
            }
            #expect(queue.journal.count(of: "rolled back greet") == 3)
            #expect(queue.journal.count(of: "created greet") == 3)
            #expect(try await queue.waitingInputs() == ["\"1\"", "\"4\"", "\"6\""])
        }
    }

    @Test("they may be in a transaction of the queue's, with savepoints of the queue's around them")
    func insideTheQueuesTransaction() async throws {
        try await GRDBQueue.with { queue in
            let client = queue.client
            try await client.withTransaction { db in
                try User(name: "Alice").insert(db.database)
                try await client.startJobChain(Greet.self, input: "1", on: db)
                let database = try db.database
                try start("2", queue, on: database)
                try database.inSavepoint {
                    try start("3", queue, on: database)
                    return .rollback
                }
                try? await client.withSavepoint(on: db) {
                    try start("4", queue, on: database)
                    try await client.startJobChain(Greet.self, input: "5", on: db)
                    throw Undo()
                }
                try start("6", queue, on: database)
            }
            #expect(queue.journal.count(of: "rolled back greet") == 3)
            #expect(queue.journal.count(of: "created greet") == 3)
            #expect(try await queue.users() == ["Alice"])
            #expect(try await queue.waitingInputs() == ["\"1\"", "\"2\"", "\"6\""])
        }
    }
}
#endif
