#if GRDB
import GRDB
import Queuert
import QueuertConformance
import QueuertGRDB
import SQLiteTestSupport
import Testing

enum Greet: EntryJobType {
    static let name = "greet"
    typealias Input = String
    typealias Output = String
}

/// Waits for chains of ``Greet``.
enum Gather: EntryJobType {
    static let name = "gather"
    typealias Input = Int
    typealias Output = Int
    typealias Blockers = BlockedByAll<Greet>
}

/// A table of the user's.
struct User: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "users"
    var name: String
}

/// What a test throws to have something rolled back.
struct Undo: Error {}

/// A database with the queue's tables and the user's, and a journal of what clients were told.
struct GRDBQueue: Sendable {
    let writer: any DatabaseWriter
    let adapter: GRDBStateAdapter
    let journal = Journal()
    let client: Client<GRDBStateAdapter>

    private init(_ writer: any DatabaseWriter, clock: any QueueClock) {
        self.writer = writer
        adapter = GRDBStateAdapter(writer, clock: clock)
        client = Client(
            adapter: adapter, notify: JournalNotify(journal: journal),
            observability: JournalObservability(journal: journal), clock: clock)
    }

    /// The kinds of databases.
    enum Place: CaseIterable { case pool, queue, memory }

    /// Runs a body with a database, which must be as it should be afterwards and can be closed.
    static func with(
        _ place: Place = .pool, clock: any QueueClock = SystemClock(), _ body: (GRDBQueue) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/test.sqlite"
            let writer: any DatabaseWriter =
                switch place {
                case .pool: try DatabasePool(path: path)
                case .queue: try DatabaseQueue(path: path)
                case .memory: try DatabaseQueue()
                }
            let queue = GRDBQueue(writer, clock: clock)
            try await queue.adapter.migrate()
            try await writer.write { db in try db.execute(sql: "CREATE TABLE users (name TEXT NOT NULL UNIQUE)") }
            try await body(queue)
            try await expectInvariants(writer)
            try Self.close(writer)
        }
    }

    /// Fails if a statement is still there.
    private static func close(_ writer: any DatabaseWriter) throws { try writer.close() }

    /// Writes as a program does that knows nothing of tasks.
    @discardableResult
    func write<R>(_ body: (Database) throws -> R) throws -> R { try writer.write(body) }

    /// Accesses the connection that writes, as a program does that begins transactions by hand.
    func access<R>(_ body: (Database) throws -> R) throws -> R { try writer.writeWithoutTransaction(body) }

    /// The users' names.
    func users() async throws -> [String] {
        try await writer.read { db in try String.fetchAll(db, sql: "SELECT name FROM users ORDER BY rowid") }
    }

    /// The inputs of the jobs that wait, in the order of creation.
    func waitingInputs() async throws -> [String] {
        var query = JobQuery(statuses: [.ready, .blocked, .scheduled])
        query.order = .oldestFirst
        return try await client.jobs(query).items.map(\.input)
    }
}

/// Notes the hints that are sent, and passes them on.
private struct JournalNotify: NotifyAdapter {
    let journal: Journal
    let inner = InProcessNotify()

    func send(_ hint: WakeHint) {
        for typeName in hint.dueTypes.sorted() { journal.add("wake \(typeName)") }
        if !hint.completedChains.isEmpty { journal.add("ended \(hint.completedChains.count)") }
        inner.send(hint)
    }

    func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        try await inner.withListener(listener, body)
    }
}
#endif
