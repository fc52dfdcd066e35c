public import Logging
internal import Queuert

/// A SQLite database: one connection that writes and several that read, each on a thread of its own.
///
/// The database is in WAL mode, so readers and the writer don't wait for each other. Transactions that write run one after
/// the other, first come, first served, and those that are there at the same time share one commit. Other processes may
/// use the same file.
public final class SQLitePool: Sendable {
    let path: String
    /// The file, however the path names it; empty if there is none.
    let filePath: String
    let configuration: Configuration
    let writer: SQLiteConnection
    /// The connections that read; none if all share the writer.
    let readers: SQLiteReaders?
    let backups: SQLiteBackups
    /// Nothing if there is no write-ahead log.
    let checkpointer: SQLiteCheckpointer?
    private let closing = Locked<Task<Void, Never>?>(nil)
    private let logger: Logger

    /// Opens a database, and makes it if it doesn't exist, unless the configuration says otherwise.
    ///
    /// - Parameters:
    ///   - path: The file, `:memory:` for a database in memory, or nothing for a temporary file; the last two live as long
    ///     as the pool.
    ///   - configuration: How the pool is set up.
    ///   - logger: What is logged goes here.
    /// - Throws: ``SQLiteError`` if the file can't be opened, is no database or is locked, if the library or the file
    ///   system lacks something that is needed, or if the system refuses a thread.
    public init(
        path: String, configuration: Configuration = Configuration(), logger: Logger = Logger(label: "queuert.sqlite")
    ) async throws {
        self.path = path
        self.configuration = configuration
        self.logger = logger
        let writer = try SQLiteConnection(configuration)
        self.writer = writer
        let backups = SQLiteBackups()
        self.backups = backups
        let opened = try await writer.open(path, configuration)
        filePath = opened.filePath
        guard opened.journal == .wal else {
            readers = nil
            checkpointer = nil
            return
        }
        let readers = configuration.readers == 0 ? nil : try await SQLiteReaders(path: path, configuration)
        self.readers = readers
        let checkpointer = try await SQLiteCheckpointer(
            path: path, configuration, writer: writer, readers: readers, backups: backups, logger: logger)
        self.checkpointer = checkpointer
        await writer.report(commitsTo: checkpointer)
    }

    /// The version of the SQLite library that runs.
    public static var libraryVersion: String { SQLiteHandle.libraryVersion }

    /// Runs a body in a transaction that may write; nobody else writes until it ends.
    ///
    /// Commits when the body returns and rolls back when it throws. Transactions that are there at the same time share a
    /// commit, each as a part that is rolled back alone; this returns when the shared commit is done. If it fails, it fails
    /// for all of them. So a body must not wait for another transaction of the pool, also one whose body has ended.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; ``SQLiteError``; `NestedTransactionError` when the task already has a transaction of
    ///   this pool open; `CancellationError` if the task was cancelled while others wrote.
    public func write<R: Sendable>(
        _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        try OpenTransactions.refuseNested(of: self)
        let (result, effects) = await writer.write(of: self, body)
        effects()
        return try result.get()
    }

    /// Runs a body that begins and ends transactions itself, while nobody else writes.
    ///
    /// For code that manages its transactions by hand. Chains may be started between BEGIN and COMMIT; then tell the queue
    /// how the transaction ended:
    ///
    /// ```swift
    /// try await pool.withWriter { db in
    ///     try db.execute("BEGIN IMMEDIATE")
    ///     try db.execute("INSERT INTO users (name) VALUES (?)", ["Alice"])
    ///     try await client.startJobChain(Welcome.self, input: "Alice", on: db)
    ///     try db.execute("COMMIT")
    ///     try db.flushEffects()  // wakes workers; after ROLLBACK call discardEffects()
    /// }
    /// ```
    ///
    /// A transaction that is open when the body ends is rolled back. To forget `flushEffects` and `discardEffects` is an
    /// error, which is logged and thrown, or only logged if the body itself throws; what waits for the transaction is
    /// then told of its end when the body is over. Here SAVEPOINT and ROLLBACK TO are let through, but the queue
    /// doesn't see them: start chains inside `withSavepoint`, or outside of what may be undone.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; `ManualTransactionError`; `NestedTransactionError` when the task already has a
    ///   transaction of this pool open; `CancellationError` if the task was cancelled while others wrote.
    public func withWriter<R: Sendable>(
        _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        try OpenTransactions.refuseNested(of: self)
        return try await OpenTransactions.withConnection(writer, of: self) {
            try await writer.manual(of: self, logger: logger, body)
        }
    }

    /// Runs a body that reads, in one transaction, so that all its queries see the same state.
    ///
    /// Inside a transaction of the same task the body runs on that transaction's connection and sees its writes. If that
    /// transaction ends meanwhile, which a task that was started in it may see, what the body runs afterwards is refused. A
    /// query that runs when the task is cancelled is ended, unless it shares the connection that writes.
    ///
    /// - Parameters:
    ///   - file: Where the read is, for a warning when it takes long.
    ///   - line: Where the read is.
    ///   - body: What to run, on a connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; ``SQLiteError``; `CancellationError` if the task was cancelled.
    public func read<R: Sendable>(
        file: StaticString = #fileID, line: UInt = #line,
        _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        if let connection = OpenTransactions.connection(of: self, as: SQLiteConnection.self),
            let result = await connection.readInOpenTransaction(body)
        {
            return try result.get()
        }
        guard let readers else {
            return try await OpenTransactions.withConnection(writer, of: self) {
                try await writer.readAlone(of: self, body)
            }
        }
        return try await readers.withReader(at: "\(file):\(line)") { reader in
            try await OpenTransactions.withConnection(reader, of: self) { try await reader.snapshot(body) }
        }
    }

    /// How many tasks wait for their turn to write.
    package var waitingWriters: Int { get async { await writer.turns.waitingCount } }

    /// How often the writer has committed something.
    package var commitCount: Int { get async { await writer.commitCount } }

    /// Closes all connections, after the transactions that are open or wait, and the backups that run.
    ///
    /// May be called again, also at the same time: whoever calls it returns when all are closed.
    public func close() async {
        // A task that is cancelled must still close, and waiting for a turn is what cancellation would end. Two that close
        // would each wait for readers that the other one holds.
        let closing = closing.withLock { closing in
            if let closing { return closing }
            let task = Task { [backups, readers, checkpointer, writer] in
                await backups.close()
                // The writer is last: whoever closes last empties the write-ahead log.
                await readers?.close()
                await checkpointer?.close()
                try? await writer.alone { writer in writer.disconnect() }
            }
            closing = task
            return task
        }
        await closing.value
    }
}

extension SQLiteConnection {
    fileprivate func open(
        _ path: String, _ configuration: SQLitePool.Configuration
    ) throws -> (journal: SQLiteHandle.Journal, filePath: String) {
        let handle = try SQLiteHandle(
            path: path, readOnly: configuration.access == .readOnly, creates: configuration.access == .create,
            busyTimeout: configuration.busyTimeout, cacheLimit: configuration.statementCacheLimit)
        let journal =
            configuration.access == .readOnly
            ? try handle.configureReader() : try handle.configureWriter(configuration, isTemporary: path.isEmpty)
        connect(handle)
        return (journal, handle.filePath)
    }

    fileprivate var commitCount: Int { (try? handle)?.watch.commits ?? 0 }
}
