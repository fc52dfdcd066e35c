public import Logging
public import Queuert

/// Keeps chains in a SQLite database, beside the user's own tables.
///
/// ```swift
/// let pool = try await SQLitePool(path: "app.sqlite")
/// let adapter = SQLiteStateAdapter(pool: pool)
/// try await adapter.migrate()
/// let client = Client(adapter: adapter)
/// ```
///
/// Several processes may work on one file, on one machine.
public struct SQLiteStateAdapter: StateAdapter {
    /// The database, on which the user's own transactions may run, and start chains.
    public let pool: SQLitePool
    let clock: any QueueClock
    let statements: SQLiteStatements
    private let logger: Logger

    /// Makes an adapter, on which ``migrate()`` is to be called before anything else.
    ///
    /// Another prefix than is said here is a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - pool: The database.
    ///   - clock: The database's time of day; the machine's by default.
    ///   - tablePrefix: What the names of the queue's tables begin with: letters, digits and underscores, no
    ///     digit first.
    ///   - logger: What is logged goes here.
    public init(
        pool: SQLitePool, clock: any QueueClock = SystemClock(), tablePrefix: String = "queuert_",
        logger: Logger = Logger(label: "queuert.sqlite")
    ) {
        self.pool = pool
        self.clock = clock
        statements = SQLiteStatements.shared(prefix: tablePrefix)
        self.logger = logger
    }

    /// The file, and what the names of the tables begin with.
    public var databaseIdentity: DatabaseIdentity? {
        DatabaseIdentity(
            system: "sqlite", database: SQLiteFilePath.identity(pool.filePath, of: pool), tables: statements.prefix)
    }

    /// Makes the queue's tables, or brings them up to date.
    ///
    /// May be called by several processes at once, and at every start. Warns of a SQLite library with a known fault.
    ///
    /// - Returns: The migrations that were applied, by name.
    /// - Throws: ``SQLiteError`` if the database can't be written; then nothing is changed.
    @discardableResult
    public func migrate() async throws -> [String] {
        SQLiteKnownFaults.warn(logger)
        return try await pool.write { [statements, clock] db in
            try SQLiteMigrations.apply(prefix: statements.prefix, on: db.statementRunner, at: clock.now)
        }
    }

    /// Runs a body in one transaction; nobody else writes until it ends.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, ``SQLiteError``, `NestedTransactionError` when the task already has a
    ///   transaction of this pool open, or `CancellationError` if the task was cancelled while it waited. Then nothing
    ///   is written.
    public func withTransaction<R: Sendable>(
        _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        try await pool.write(body)
    }

    /// Reads; inside an open transaction of the same task, what that has written.
    ///
    /// - Parameter body: What to run, on a connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, ``SQLiteError``, or `CancellationError` if the task was cancelled while it waited.
    public func withReadConnection<R: Sendable>(
        _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        try await pool.read(body)
    }

    /// The queue's statements on a connection.
    ///
    /// - Parameter connection: The connection.
    /// - Returns: The statements, to be used only while one is isolated to the connection.
    public func operations(on connection: isolated SQLiteConnection) -> SQLiteStateOperations {
        SQLiteStateOperations(connection: connection.statementRunner, statements: statements, clock: clock)
    }
}
