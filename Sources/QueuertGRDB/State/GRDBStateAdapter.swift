#if GRDB
public import GRDB
public import Logging
public import Queuert
public import QueuertSQLite

/// Keeps chains in a database that GRDB has open, beside the user's own tables.
///
/// ```swift
/// let dbPool = try DatabasePool(path: "app.sqlite")
/// let adapter = GRDBStateAdapter(dbPool)
/// try await adapter.migrate()
/// let client = Client(adapter: adapter)
/// ```
///
/// A `DatabasePool` or a `DatabaseQueue` will do, also one in memory. The tables are those of `SQLiteStateAdapter`: other
/// processes may work on the same file with either, on one machine.
public struct GRDBStateAdapter: StateAdapter {
    /// The database, in whose writes chains may be started.
    public let writer: any DatabaseWriter
    private let clock: any QueueClock
    private let statements: SQLiteStatements
    private let logger: Logger
    /// For how long a transaction is tried to begin where there is a write-ahead log, unless GRDB's `busyMode` waits for
    /// longer; tests leave nothing to chance.
    ///
    /// By default GRDB gives up at once, also where the pool's own reads are in the way: one that finds the log's header half
    /// written takes the lock of who writes, for the moment in which it looks again. Without such a log reads are never in
    /// the way, and who tries again may be, of another process's commit.
    package var patience = Duration.seconds(1)

    /// Makes an adapter, on which ``migrate()`` is to be called before anything else.
    ///
    /// Another prefix than is said here is a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - writer: The database, which must be closed after the queue's workers have stopped.
    ///   - clock: The database's time of day; the machine's by default.
    ///   - tablePrefix: What the names of the queue's tables begin with: letters, digits and underscores, no
    ///     digit first.
    ///   - logger: What is logged goes here.
    public init(
        _ writer: any DatabaseWriter, clock: any QueueClock = SystemClock(), tablePrefix: String = "queuert_",
        logger: Logger = Logger(label: "queuert.grdb")
    ) {
        self.writer = writer
        self.clock = clock
        statements = SQLiteStatements.shared(prefix: tablePrefix)
        self.logger = logger
    }

    /// The file, and what the names of the tables begin with.
    public var databaseIdentity: DatabaseIdentity? {
        DatabaseIdentity(
            system: "sqlite", database: SQLiteFilePath.identity(writer.path, of: writer), tables: statements.prefix)
    }

    // MARK: The tables

    /// Makes the queue's tables, or brings them up to date.
    ///
    /// May be called by several processes at once, and at every start. Warns of a SQLite library with a known fault.
    ///
    /// - Returns: The migrations that were applied, by name.
    /// - Throws: `SQLiteError` if the library is too old, foreign keys are not enforced or a table can't be made, or an
    ///   error of GRDB's; then nothing is changed.
    @discardableResult
    public func migrate() async throws -> [String] {
        try await withTransaction { connection in
            let database = try connection.database
            guard try Self.enforcesForeignKeys(database) else { throw Self.foreignKeysAreOff }
            return try migrate(database)
        }
    }

    /// Makes the queue's tables, or brings them up to date, as part of the caller's transaction.
    ///
    /// Warns of a SQLite library with a known fault. Also for a step of GRDB's `DatabaseMigrator`, which turns foreign keys
    /// off meanwhile; that they are on otherwise, GRDB's configuration tells:
    ///
    /// ```swift
    /// migrator.registerMigration("queue") { db in try adapter.migrate(db) }
    /// ```
    ///
    /// - Parameter database: The connection that writes.
    /// - Returns: The migrations that were applied, by name.
    /// - Throws: `SQLiteError` if the library is too old, foreign keys are not enforced or a table can't be made; then nothing
    ///   is changed.
    @discardableResult
    public func migrate(_ database: Database) throws -> [String] {
        try SQLiteKnownFaults.check(logger)
        let areEnforced = try Self.enforcesForeignKeys(database)
        guard areEnforced || database.configuration.foreignKeysEnabled else { throw Self.foreignKeysAreOff }
        var applied: [String] = []
        try database.inSavepoint {
            applied = try SQLiteMigrations.apply(
                prefix: statements.prefix, on: SQLiteStatementRunner(GRDBLender(database)), at: clock.now)
            return .commit
        }
        return applied
    }

    private static func enforcesForeignKeys(_ database: Database) throws -> Bool {
        try Bool.fetchOne(database, sql: "PRAGMA foreign_keys") == true
    }

    private static var foreignKeysAreOff: SQLiteError {
        SQLiteError(
            code: .unsupported, reason: "foreign keys are not enforced on this database",
            hint: "Leave `foreignKeysEnabled` of GRDB's configuration as it is, which is true.")
    }

    // MARK: Connections

    /// Runs a body in one transaction; nobody else writes until it ends, whether through the queue or through GRDB.
    ///
    /// - Parameter body: What to run, on the connection that writes.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, an error of GRDB's, `NestedTransactionError` when the task already has a transaction of
    ///   this database open, or `CancellationError` if the task was cancelled while it waited. Then nothing is written.
    public func withTransaction<R: Sendable>(
        _ body: @Sendable (isolated GRDBConnection) async throws -> R
    ) async throws -> R {
        try OpenTransactions.refuseNested(of: writer)
        let connection = GRDBConnection(beginsWithin: patience)
        let (result, effects) = await OpenTransactions.withConnection(connection, of: writer) {
            await connection.access({ writer.asyncWriteWithoutTransaction(connection.serveTransaction) }, body)
        }
        effects()
        return try result.get()
    }

    /// Reads; inside an open transaction of the same task, what that has written.
    ///
    /// A query that runs when the task is cancelled is ended.
    ///
    /// - Parameter body: What to run, on a connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, an error of GRDB's, or `CancellationError` if the task was cancelled.
    public func withReadConnection<R: Sendable>(
        _ body: @Sendable (isolated GRDBConnection) async throws -> R
    ) async throws -> R {
        if let connection = OpenTransactions.connection(of: writer, as: GRDBConnection.self),
            let result = await connection.readInOpenAccess(body)
        {
            return try result.get()
        }
        let connection = GRDBConnection()
        let (result, _) = await OpenTransactions.withConnection(connection, of: writer) {
            await connection.access({ writer.asyncUnsafeRead(connection.serveRead) }, body)
        }
        do {
            return try result.get()
        } catch  where error.isInterruption && Task.isCancelled {
            throw CancellationError()
        }
    }

    /// The queue's statements on a connection.
    ///
    /// - Parameter connection: The connection.
    /// - Returns: The statements, to be used only while one is isolated to the connection.
    public func operations(on connection: isolated GRDBConnection) -> SQLiteStateOperations {
        operations(on: connection.lender)
    }

    func operations(on lender: GRDBLender?) -> SQLiteStateOperations {
        SQLiteStateOperations(connection: SQLiteStatementRunner(lender), statements: statements, clock: clock)
    }
}

extension Error {
    /// Whether a statement was ended from outside.
    fileprivate var isInterruption: Bool {
        if let error = self as? SQLiteError { return error.isInterruption }
        return (self as? DatabaseError)?.resultCode == .SQLITE_INTERRUPT
    }
}
#endif
