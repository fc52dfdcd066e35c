public import Logging
internal import Queuert

/// Connections to a PostgreSQL database, each on a thread of its own.
///
/// ```swift
/// let pool = try await PostgresPool("postgresql://localhost/app")
/// try await pool.write { db in _ = try db.execute("UPDATE users SET name = $1 WHERE id = $2", ["Alice", 1]) }
/// ```
///
/// Connections that are lost, because the server was restarted or the network was down, are made anew when they are needed.
public final class PostgresPool: Sendable {
    let connections: PostgresConnections
    /// One connection that only prolongs leases, which must not wait for transactions that take long.
    let leaseConnection: PostgresConnections
    let configuration: Configuration
    let connectionString: String
    let logger: Logger

    /// Makes a pool, and the first connection.
    ///
    /// - Parameters:
    ///   - connectionString: Where the database is, as libpq reads it: `postgresql://user@host/database?sslmode=verify-full` or
    ///     `host=… dbname=…`. What it does not say comes from the environment (`PGHOST`, `PGUSER`, `PGPASSFILE` and so on).
    ///   - configuration: How the pool is set up.
    ///   - logger: What is logged goes here.
    /// - Throws: ``PostgresError`` if the database can't be reached in time.
    public init(
        _ connectionString: String = "", configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "queuert.postgres")
    ) async throws {
        self.configuration = configuration
        self.connectionString = connectionString
        self.logger = logger
        connections = PostgresConnections(
            connectionString: connectionString, configuration, minimum: configuration.minimumConnections,
            maximum: configuration.maximumConnections, logger: logger)
        leaseConnection = PostgresConnections(
            connectionString: connectionString, configuration, minimum: 0, maximum: 1, logger: logger)
        _ = try await connections.withConnection { connection in
            await connection.hasEnded ? nil : Outcome(result: .success(()))
        }
    }

    /// Runs a body in a transaction.
    ///
    /// Commits when the body returns and rolls back when it throws. A statement that runs when the task is cancelled is
    /// ended. If the answer to the commit is lost, the pool finds out what came of it where that is possible.
    ///
    /// - Parameters:
    ///   - isolation: What the transaction sees of others.
    ///   - retries: How often the body is run again if the transaction conflicted with another, in a deadlock or because what
    ///     both did can't be put in an order: never by default, since the body may do more than the database can undo.
    ///   - body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; ``PostgresError``; `NestedTransactionError` when the task already has a transaction of
    ///   this pool open; `CancellationError` if the task was cancelled.
    public func write<R: Sendable>(
        isolation: Isolation = .readCommitted, retries: Int = 0,
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        try OpenTransactions.refuseNested(of: self)
        var retries = retries
        while true {
            do {
                return try await run(on: connections) { connection in
                    await connection.transaction(isolation, body)
                }
            } catch let error as PostgresError where error.isTransient && retries > 0 {
                retries -= 1
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...20)))
            }
        }
    }

    /// Runs a body that begins and ends transactions itself, on a connection of its own.
    ///
    /// For code that manages its transactions by hand. Chains may be started between BEGIN and COMMIT; then tell the queue
    /// how the transaction ended:
    ///
    /// ```swift
    /// try await pool.withConnection { db in
    ///     try db.execute("BEGIN")
    ///     try db.execute("INSERT INTO users (name) VALUES ($1)", ["Alice"])
    ///     try await client.startJobChain(Welcome.self, input: "Alice", on: db)
    ///     try db.execute("COMMIT")
    ///     try db.flushEffects()  // wakes workers; after ROLLBACK call discardEffects()
    /// }
    /// ```
    ///
    /// A transaction that is open when the body ends is rolled back. To forget `flushEffects` and `discardEffects` is an
    /// error, which is logged and thrown, or only logged if the body itself throws; what waits for the transaction is
    /// then told of its end when the body is over. If the answer to COMMIT is lost, it throws an error with the code
    /// `commitUnknown`; ``write(isolation:retries:_:)`` finds out what came of it.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; `ManualTransactionError`; ``PostgresError``; `NestedTransactionError` when the task
    ///   already has a transaction of this pool open; `CancellationError` if the task was cancelled.
    public func withConnection<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        try OpenTransactions.refuseNested(of: self)
        return try await run(on: connections) { [logger] connection in await connection.manual(logger: logger, body) }
    }

    /// Runs a body that reads.
    ///
    /// All statements of the user's see the same state. Inside a transaction of the same task the body runs on that
    /// transaction's connection and sees its writes. A statement that runs when the task is cancelled is ended, and no other
    /// one begins.
    ///
    /// - Parameter body: What to run, on a connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; ``PostgresError``; `CancellationError` if the task was cancelled.
    public func read<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        if let connection = OpenTransactions.connection(of: self, as: PostgresConnection.self),
            let result = await connection.readInOpenTransaction(of: self, body)
        {
            return try result.get()
        }
        return try await run(on: connections) { connection in await connection.read(body) }
    }

    /// Whether the current task has a transaction of this pool open.
    var hasOpenTransaction: Bool { OpenTransactions.connection(of: self, as: PostgresConnection.self) != nil }

    /// Runs one operation of the queue.
    func operation<R: Sendable>(
        _ purpose: OperationPurpose, _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        try OpenTransactions.refuseNested(of: self)
        let connections =
            switch purpose {
            case .work: connections
            case .leases: leaseConnection
            }
        return try await run(on: connections) { connection in await connection.operation(body) }
    }

    private func run<R: Sendable>(
        on connections: PostgresConnections,
        _ body: (PostgresConnection) async -> Outcome<R>?
    ) async throws -> R {
        var outcome = try await connections.withConnection { connection in
            await OpenTransactions.withConnection(connection, of: self) { await body(connection) }
        }
        if let unanswered = outcome.ifCommitted {
            switch await status(of: unanswered.transactionID, givenBy: unanswered.serverRun) {
            case .committed:
                unanswered.effects()
                return unanswered.value
            case .undone: outcome.result = .failure(PostgresError.connectionLost())
            case .unknown: break
            }
        }
        outcome.effects()
        return try outcome.result.get()
    }

    /// How many times the connections have waited for the server.
    package var roundTripCount: Int { connections.roundTrips.value + leaseConnection.roundTrips.value }

    /// How many connections there are.
    package var connectionCount: Int { connections.count }

    /// How many tasks wait for a connection.
    package var waitingTasks: Int { connections.waitingCount }

    /// How many tasks wait for the pool's last connection to be closed.
    package var closingTasks: Int { connections.closingCount }

    /// Closes all connections, after the transactions that are open.
    public func close() async {
        // A task that is cancelled must still close.
        await Task { [self] in
            await connections.close()
            await leaseConnection.close()
        }.value
    }
}

extension PostgresPool {
    private static let statusQuery = PostgresQuery(
        """
        SELECT CASE WHEN (\(PostgresSession.serverRunQuery)) = $2 THEN pg_xact_status(($1::bigint)::text::xid8) END
        """, isPrepared: false)

    private enum CommitStatus { case committed, undone, unknown }

    /// Finds out whether a transaction was committed whose commit got no answer.
    ///
    /// A server that crashed, or a standby that took over, may have given the number to another transaction since, or not
    /// have got so far.
    private func status(of transactionID: Int64, givenBy serverRun: String?) async -> CommitStatus {
        // The task may be cancelled, and what came of its transaction is to be known all the same.
        await Task { [self] in
            let deadline = ContinuousClock.now + configuration.acquisitionTimeout
            while .now < deadline {
                do {
                    let status = try await read { db -> String? in
                        var parameters = PostgresParameters()
                        parameters.add(transactionID)
                        parameters.add(serverRun)
                        return try db.session.run(Self.statusQuery, parameters).first?.optionalText(0)
                    }
                    switch status {
                    case "committed": return .committed
                    case "aborted": return .undone
                    // The server may not have noticed yet that nobody waits for the answer.
                    case "in progress": break
                    default: return .unknown
                    }
                } catch let error as PostgresError where error.code == .closed || Self.isRefusal(error) {
                    return .unknown
                } catch {
                    // Whatever became of this connection tells nothing of the transaction.
                }
                try? await Task.sleep(for: .milliseconds(20))
            }
            return .unknown
        }.value
    }

    /// Whether the server has answered, and would answer the same if it were asked again.
    private static func isRefusal(_ error: PostgresError) -> Bool {
        !error.sqlState.isEmpty && !error.isFatal && ![.serialization, .cancelled, .diskFull].contains(error.code)
    }
}
