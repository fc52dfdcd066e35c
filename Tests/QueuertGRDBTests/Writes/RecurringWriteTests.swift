#if GRDB
import GRDB
import Queuert
import QueuertConformance
import QueuertGRDB
import QueuertSQLite
import Testing

@Suite("Recurring work in a write of GRDB's", .timeLimit(.minutes(2))) struct RecurringWriteTests {
    /// Is told when it is due.
    enum Report: EntryJobType {
        static let name = "report"
        typealias Input = Occurrence<String>
        typealias Output = Int
    }

    @Test("what recurs begins and ends together with the user's row", arguments: GRDBQueue.Place.allCases)
    func commits(_ place: GRDBQueue.Place) async throws {
        try await GRDBQueue.with(place) { queue in
            let client = queue.client
            try queue.write { db in
                try User(name: "Alice").insert(db)
                try client.startRecurring("greet-alice", Greet.self, input: "Alice", .every(.seconds(60)), on: db)
                try client.startRecurring(
                    "report", Report.self, payload: "all", .cron("0 3 * * *"), trace: .linked, on: db)
            }
            #expect(try await client.recurringWork().map(\.name) == ["greet-alice", "report"])
            #expect(try await client.recurringWork().map(\.trace) == [nil, .linked])
            let again = try queue.write { db in
                try client.startRecurring("greet-alice", Greet.self, input: "Alice", .every(.seconds(60)), on: db)
            }
            #expect(try await client.recurringWork().first == again)

            #expect(throws: Undo.self) {
                try queue.write { db in
                    try User(name: "Bob").insert(db)
                    try client.startRecurring("greet-bob", Greet.self, input: "Bob", .every(.seconds(60)), on: db)
                    let isStopped = try client.stopRecurring("greet-alice", on: db)
                    #expect(isStopped)
                    throw Undo()
                }
            }
            #expect(try await client.recurringWork().map(\.name) == ["greet-alice", "report"])

            let stopped = try queue.write { db in
                try ["greet-alice", "greet-bob"].map { try client.stopRecurring($0, on: db) }
            }
            #expect(stopped == [true, false])
            #expect(try await client.recurringWork().map(\.name) == ["report"])
        }
    }

    @Test("a change of one that the database refuses in its midst leaves it as it is, and the transaction may go on")
    func refusedChange() async throws {
        try await GRDBQueue.with { queue in
            let client = queue.client
            let work = try queue.write { db in
                try client.startRecurring("greet", Greet.self, input: "Alice", .every(.seconds(60)), on: db)
            }
            try queue.write { db in
                // The one that there is can be cancelled, and none can be started.
                try db.execute(
                    sql: """
                        CREATE TRIGGER refuse BEFORE INSERT ON queuert_job
                            BEGIN SELECT RAISE(ABORT, 'refused'); END
                        """)
                #expect(throws: SQLiteError.self) {
                    try client.startRecurring("greet", Greet.self, input: "Bob", .every(.seconds(60)), on: db)
                }
                try db.execute(sql: "DROP TRIGGER refuse")
                try User(name: "Alice").insert(db)
            }
            #expect(try await client.recurringWork() == [work])
            #expect(try await queue.users() == ["Alice"])
            #expect(queue.journal.events.last == "rolled back queuert.recurrence")
        }
    }

    @Test("a name that is none, and a connection without a transaction, are refused")
    func refuses() async throws {
        try await GRDBQueue.with { queue in
            let client = queue.client
            #expect(throws: InvalidRecurrenceNameError.self) {
                try queue.write { db in
                    try client.startRecurring("", Greet.self, input: "Alice", .every(.seconds(60)), on: db)
                }
            }
            #expect(throws: TransactionRequiredError.self) {
                try queue.access { db in
                    try client.startRecurring("greet", Greet.self, input: "Alice", .every(.seconds(60)), on: db)
                }
            }
            #expect(throws: TransactionRequiredError.self) {
                try queue.access { try client.stopRecurring("greet", on: $0) }
            }
            let work = try await client.recurringWork()
            #expect(work.isEmpty)
        }
    }
}
#endif
