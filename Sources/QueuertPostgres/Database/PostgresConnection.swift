internal import Logging
public import Queuert

/// A connection to a PostgreSQL server, on a thread of its own.
///
/// Inside the body of a transaction or a read, its statements are plain synchronous calls:
///
/// ```swift
/// try await pool.write { db in
///     try db.execute("INSERT INTO users (name) VALUES ($1)", ["Alice"])
///     return try db.query("SELECT count(*) AS n FROM users")[0].int("n")
/// }
/// ```
public actor PostgresConnection: StateConnection {
    let executor: ThreadExecutor
    /// The executor that runs the connection's statements: a thread of its own.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    nonisolated let canceller = PostgresCanceller()
    private var open: PostgresSession?
    private var queries: [String: PostgresQuery] = [:]

    /// Makes a connection that has its thread, and leads nowhere so far.
    ///
    /// - Throws: ``PostgresError`` if the system refuses the thread.
    init() throws {
        do { executor = try ThreadExecutor(givesWay: true) } catch { throw PostgresConnection.noThreadError }
    }

    private static var noThreadError: PostgresError {
        PostgresError(
            code: .cannotConnect, reason: "the system refuses a thread for a connection",
            hint: "Raise this process's limit of threads, or lower `maximumConnections`.")
    }

    func connect(
        _ configuration: PostgresPool.Configuration, connectionString: String, counter: RoundTripCounter, logger: Logger
    ) throws {
        func makeHandle() throws -> PostgresHandle {
            let handle = try PostgresHandle(configuration, connectionString: connectionString, logger: logger)
            handle.answerTimeout = configuration.answerTimeout
            handle.totalRoundTrips = counter
            return handle
        }
        let handle = try makeHandle()
        let session = PostgresSession(handle, patience: configuration.acquisitionTimeout, reconnect: makeHandle)
        // Whoever got it would ask for another one at once, without end where a pooler takes connections to no server.
        if let failure = handle.failure { throw failure }
        canceller.attach(to: handle.connection)
        open = session
    }

    func disconnect() {
        canceller.detach()
        open?.handle.fail(.closed)
        open = nil
    }

    /// The session, for who is given the connection.
    ///
    /// A task that goes on when the body has ended that it was given to is refused: what the connection is used for by then
    /// is somebody else's.
    var session: PostgresSession {
        get throws {
            guard let open else { throw PostgresError.closed }
            guard OpenTransactions.isOpen(on: self) else { throw PostgresError.useEnded }
            return open
        }
    }

    /// Whether the connection is of no use any more, which costs no round trip to find out.
    var hasEnded: Bool { open?.handle.hasEnded ?? true }

    /// How many times the connection has waited for the server.
    package var roundTrips: Int { open?.handle.roundTrips ?? 0 }

    /// What waits for the open transaction to end; `nil` while none is open that may write.
    ///
    /// It is also `nil` for a task that has no part in the transaction, as one that was started in an earlier one.
    public var effects: TransactionEffects? { OpenTransactions.isOpen(on: self) ? open?.effects : nil }

    // MARK: The user's statements

    /// Runs a statement.
    ///
    /// - Parameters:
    ///   - sql: One statement, with `$1`, `$2` and so on for its parameters.
    ///   - parameters: The values for the parameters, in order.
    /// - Returns: How many rows the statement inserted, changed or deleted.
    /// - Throws: ``PostgresError`` if PostgreSQL refuses the statement.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [(any PostgresBindable)?] = []) throws -> Int {
        try run(sql, parameters).changes
    }

    /// Runs statements without parameters, such as a schema.
    ///
    /// Only in ``PostgresPool/withConnection(_:)`` they may begin and end transactions. Elsewhere the transaction is given
    /// up then, as soon as they have run: what they have committed stays.
    ///
    /// - Parameter script: The statements, separated by semicolons.
    /// - Throws: ``PostgresError`` if PostgreSQL refuses one of them, or if they begin or end a transaction.
    public func executeScript(_ script: String) throws {
        let session = try session
        session.beginIfReading()
        try unhurried(session) { try session.run(script: script) }
    }

    /// Runs a query and returns all its rows.
    ///
    /// - Parameters:
    ///   - sql: One statement, with `$1`, `$2` and so on for its parameters.
    ///   - parameters: The values for the parameters, in order.
    /// - Returns: The rows, in the query's order.
    /// - Throws: ``PostgresError`` if PostgreSQL refuses the statement.
    public func query(_ sql: String, _ parameters: [(any PostgresBindable)?] = []) throws -> [PostgresRow] {
        let result = try run(sql, parameters)
        let columns = PostgresColumns(result.columnNames)
        return result.rows.map { row in
            PostgresRow(values: columns.names.indices.map(row.plainText), columns: columns)
        }
    }

    private func run(_ sql: String, _ parameters: [(any PostgresBindable)?]) throws -> PostgresResult {
        let session = try session
        if let kind = PostgresStatementKind(sql) { return try run(sql, kind, parameters) }
        session.beginIfReading()
        let command = try PostgresCommand(
            query: query(sql), parameters: PostgresParameters(parameters), isBinary: false)
        let result = try unhurried(session) { try session.send(command) }
        try session.checkThatTransactionIsOpen()
        return result
    }

    /// Runs a statement that takes as long as it takes, and can be cancelled.
    private func unhurried<R>(_ session: PostgresSession, _ body: () throws -> R) throws -> R {
        // Whoever writes may have something to clean up.
        if case .read = session.scope, canceller.isUseCancelled { throw CancellationError() }
        let handle = session.handle
        handle.longStatement = PostgresHandle.LongStatement(
            isCancelled: { [canceller] in canceller.isCancelled }, isServerAtWork: { session.isServerAtWork })
        canceller.beginStatement()
        let result = Result { try body() }
        handle.longStatement = nil
        // A connection that is given up has no next statement that a request could hit.
        let timeout = handle.failure == nil ? handle.answerTimeout : Duration.zero
        if !canceller.endStatement(within: timeout), handle.failure == nil, let timeout {
            throw session.giveUp(after: timeout)
        }
        return try result.get()
    }

    /// Statements with text made on the fly would fill the cache for ever: it starts anew when it holds so many.
    private func query(_ sql: String) -> PostgresQuery {
        if let known = queries[sql] { return known }
        if queries.count >= 512 { queries = [:] }
        let query = PostgresQuery(sql)
        queries[sql] = query
        return query
    }
}

extension PostgresSession {
    /// What waits for the open transaction to end; `nil` while none is open that may write.
    var effects: TransactionEffects? {
        switch scope {
        case .transaction(let effects), .operation(let effects): effects
        case .manual(let effects): isBegun ? effects : nil
        case .read, .unused: nil
        }
    }
}
