public import Queuert

/// A connection to a SQLite database, on a thread of its own.
///
/// Inside the body of a transaction or a read, its statements are plain synchronous calls:
///
/// ```swift
/// try await pool.write { db in
///     try db.execute("INSERT INTO users (name) VALUES (?)", ["Alice"])
///     return try db.query("SELECT count(*) AS n FROM users")[0].int("n")
/// }
/// ```
public actor SQLiteConnection: StateConnection {
    let executor: ThreadExecutor
    /// The executor that runs the connection's statements: a thread of its own.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private var open: SQLiteHandle?
    let busyTimeout: Duration
    let sharing: CommitSharing
    /// What waits for the transaction whose body runs.
    var memberEffects: TransactionEffects?
    /// Who writes, who waits for it, and who waits for the commit.
    var turns = WriterTurns()
    var group: CommitGroup
    var company = CommitCompany()
    var pace = CommitPace()
    /// Is told of commits, on the connection that writes.
    var checkpointer: SQLiteCheckpointer?

    /// Makes a connection that has its thread, and no database so far.
    ///
    /// - Throws: ``SQLiteError`` if the system refuses the thread.
    init(_ configuration: SQLitePool.Configuration) throws {
        let executor: ThreadExecutor
        do { executor = try ThreadExecutor() } catch { throw SQLiteConnection.noThreadError }
        self.executor = executor
        busyTimeout = configuration.busyTimeout
        sharing = configuration.commitSharing
        group = CommitGroup(on: executor)
    }

    func connect(_ handle: SQLiteHandle) { open = handle }

    func disconnect() {
        open = nil
        checkpointer = nil
    }

    func report(commitsTo checkpointer: SQLiteCheckpointer) { self.checkpointer = checkpointer }

    /// What waits for the open transaction to end; `nil` while none is open that may write.
    ///
    /// It is also `nil` for a task that has no part in the transaction, as one that was started in an earlier one.
    public var effects: TransactionEffects? {
        guard OpenTransactions.isOpen(on: self) else { return nil }
        if let memberEffects { return memberEffects }
        guard let open, let manual = open.watch.manualEffects, !open.isAutocommit else { return nil }
        return manual
    }

    var handle: SQLiteHandle {
        get throws {
            guard let open else { throw Self.closedError }
            return open
        }
    }

    /// The handle, for who is given the connection.
    ///
    /// A task that goes on when the body has ended that it was given to is refused: what is open on the connection by
    /// then is somebody else's.
    var handleInBody: SQLiteHandle {
        get throws {
            guard OpenTransactions.isOpen(on: self) else { throw Self.endedError }
            return try handle
        }
    }

    /// Runs prepared statements for the state adapter, for as long as one is isolated to the connection.
    var statementRunner: SQLiteStatementRunner { SQLiteStatementRunner(Result { try handleInBody }) }

    private static var noThreadError: SQLiteError {
        SQLiteError(
            code: .cannotOpen, reason: "the system refuses a thread for a connection",
            hint: "Raise this process's limit of threads, or open fewer pools, with fewer readers.")
    }

    static var closedError: SQLiteError {
        SQLiteError(
            code: .closed, reason: "the database was closed", hint: "Close a pool when nothing uses it any more.")
    }

    static var endedError: SQLiteError {
        SQLiteError(
            code: .transactionEnded, reason: "the transaction, or the read, to which the connection belonged has ended",
            hint: """
                Await each task that uses the connection, or reads inside the transaction, before the body ends. A \
                detached task has no part in it.
                """)
    }

    /// Runs a statement.
    ///
    /// - Parameters:
    ///   - sql: One statement, with `?` for each parameter.
    ///   - parameters: The values for the parameters, in order.
    /// - Returns: How many rows the statement inserted, changed or deleted.
    /// - Throws: ``SQLiteError`` if SQLite refuses the statement.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [(any SQLiteBindable)?] = []) throws -> Int {
        let handle = try handleInBody
        let before = handle.totalChanges
        try handle.forEach(sql, parameters) { _ in }
        return handle.changes(since: before)
    }

    /// Runs statements without parameters, such as a schema.
    ///
    /// - Parameter script: The statements, separated by semicolons.
    /// - Throws: ``SQLiteError`` if SQLite refuses one of them.
    public func executeScript(_ script: String) throws { try handleInBody.run(script: script) }

    /// Runs a query and returns all its rows.
    ///
    /// - Parameters:
    ///   - sql: One statement, with `?` for each parameter.
    ///   - parameters: The values for the parameters, in order.
    /// - Returns: The rows, in the query's order.
    /// - Throws: ``SQLiteError`` if SQLite refuses the statement.
    public func query(_ sql: String, _ parameters: [(any SQLiteBindable)?] = []) throws -> [SQLiteRow] {
        var rows: [SQLiteRow] = []
        try forEach(sql, parameters) { rows.append($0) }
        return rows
    }

    /// Runs a query and hands out its rows one by one, so that they need not fit into memory.
    ///
    /// - Parameters:
    ///   - sql: One statement, with `?` for each parameter.
    ///   - parameters: The values for the parameters, in order.
    ///   - body: Called with each row.
    /// - Throws: ``SQLiteError`` if SQLite refuses the statement, or what the body throws.
    public func forEach(
        _ sql: String, _ parameters: [(any SQLiteBindable)?] = [], _ body: (SQLiteRow) throws -> Void
    ) throws {
        try handleInBody.forEach(sql, parameters, body)
    }
}

extension SQLiteHandle {
    /// Runs one of the user's statements and hands out its rows.
    fileprivate func forEach(
        _ sql: String, _ parameters: [(any SQLiteBindable)?], _ body: (SQLiteRow) throws -> Void
    ) throws {
        let statement = try statement(sql)
        try statement.use {
            guard statement.parameterCount == parameters.count else {
                throw SQLiteError(
                    code: .wrongParameters,
                    reason:
                        "the statement has \(statement.parameterCount) parameters and was given \(parameters.count)",
                    hint: "Pass one value for each `?`.")
            }
            for (index, parameter) in parameters.enumerated() {
                statement.bind(parameter?.sqliteValue ?? .null, at: Int32(index + 1))
            }
            while try statement.step() { try body(statement.row()) }
        }
    }
}
