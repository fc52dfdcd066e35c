public import Logging
public import Queuert

/// Keeps chains in a PostgreSQL database, beside the user's own tables.
///
/// ```swift
/// let pool = try await PostgresPool("postgresql://localhost/app")
/// let adapter = PostgresStateAdapter(pool: pool)
/// try await adapter.migrate()
/// let client = Client(adapter: adapter)
/// ```
///
/// Any number of processes, on any number of machines, may work on one database.
///
/// With ``PostgresHistory/partitioned(days:)`` chains that have ended are kept in partitions, which
/// ``cleanUpHistory(olderThan:batchSize:)`` drops as a whole.
public struct PostgresStateAdapter: StateAdapter {
    /// The database, on which the user's own transactions may run, and start chains.
    public let pool: PostgresPool
    let clock: (any QueueClock)?
    let statements: PostgresStatements
    /// Where claims begin to look.
    var bounds = ClaimBounds()
    let logger: Logger
    /// Who sees to it that there are partitions for chains to come; `nil` without partitions.
    let upkeep: PostgresUpkeep?

    /// Makes an adapter, on which ``migrate()`` is to be called before anything else.
    ///
    /// A schema or a prefix of other characters, or with more of them, is a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - pool: The database.
    ///   - schema: The schema of the queue's tables, which is made if there is none: letters, digits and underscores,
    ///     63 at most.
    ///   - tablePrefix: What the names of the queue's tables begin with: letters, digits and underscores, 43 at most.
    ///   - idType: How identifiers are stored. UUIDs take less room; with text, identifiers may have any form.
    ///   - history: Where chains are kept that have ended: among all jobs by default.
    ///   - clock: The time of day, for tests; by default it is the server's.
    ///   - logger: What is logged goes here.
    public init(
        pool: PostgresPool, schema: String = "public", tablePrefix: String = "queuert_", idType: PostgresIDType = .uuid,
        history: PostgresHistory = .amongJobs, clock: (any QueueClock)? = nil,
        logger: Logger = Logger(label: "queuert.postgres")
    ) {
        self.pool = pool
        self.clock = clock
        statements = PostgresStatements(
            PostgresTables(schema: schema, prefix: tablePrefix, idType: idType, history: history))
        upkeep = history.isPartitioned ? PostgresUpkeep() : nil
        self.logger = logger
    }

    /// Where chains are kept that have ended.
    public var history: PostgresHistory { statements.tables.keeping }

    /// The database's name and the server's host, if the connection string says them, and what the names of the tables begin
    /// with.
    ///
    /// One server has many names, so its host tells the database from no other.
    public var databaseIdentity: DatabaseIdentity? {
        let server = PostgresConnectionString.server(in: pool.connectionString)
        return DatabaseIdentity(
            system: "postgresql", database: PostgresConnectionString.databaseName(in: pool.connectionString),
            tables: "\(statements.tables.schema).\(statements.tables.prefix)", address: server?.address,
            port: server?.port)
    }

    /// Makes the queue's tables and functions, or brings them up to date.
    ///
    /// May be called by several processes at once, and at every start.
    ///
    /// - Returns: The migrations that were applied, by name.
    /// - Throws: ``PostgresError`` if the database can't be written, is of a version before 14 or not in UTF-8, or if the tables
    ///   were made for identifiers of another type or with another history; then nothing is changed.
    @discardableResult
    public func migrate() async throws -> [String] {
        let applied = try await pool.write { db in
            try PostgresMigrations.apply(of: statements.tables, to: db)
        }
        upkeep?.expire()
        await makePartitionsIfDue()
        if !applied.isEmpty {
            logger.info("The queue's tables were brought up to date.", metadata: ["count": "\(applied.count)"])
        }
        return applied
    }

    /// Runs a body in one transaction.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, ``PostgresError``, `NestedTransactionError` when the task already has a
    ///   transaction of this pool open, or `CancellationError` if the task was cancelled. Then nothing is written,
    ///   except with the code `commitUnknown`.
    public func withTransaction<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        try await pool.write(body)
    }

    /// Runs a body in one transaction, and again if that conflicts with another one.
    ///
    /// - Parameters:
    ///   - isolation: What the transaction sees of others.
    ///   - retries: How often the body is run again if the transaction conflicted with another: it must do nothing that the
    ///     database can't undo.
    ///   - body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What ``PostgresPool/write(isolation:retries:_:)`` throws.
    public func withTransaction<R: Sendable>(
        isolation: PostgresPool.Isolation = .readCommitted, retries: Int,
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        try await pool.write(isolation: isolation, retries: retries, body)
    }

    /// Runs a body that calls one operation of the queue, which the server commits by itself.
    ///
    /// - Parameters:
    ///   - purpose: What the operation is for. Leases are kept on a connection of their own, and wait for no other.
    ///   - body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, ``PostgresError``, `NestedTransactionError` when the task already has a
    ///   transaction of this pool open, or `CancellationError` if the task was cancelled while it waited. With the
    ///   codes `commitUnknown` and `noAnswer` the operation may be done all the same.
    public func withOperation<R: Sendable>(
        _ purpose: OperationPurpose, _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        if purpose == .work { await makePartitionsIfDue() }
        return try await pool.operation(purpose, body)
    }

    /// Reads; inside an open transaction of the same task, what that has written.
    ///
    /// A read whose connection is lost is repeated once, on another one.
    ///
    /// - Parameter body: What to run, on a connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, ``PostgresError``, or `CancellationError` if the task was cancelled.
    public func withReadConnection<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        do {
            return try await pool.read(body)
        } catch let error as PostgresError where error.code == .connectionLost && !pool.hasOpenTransaction {
            return try await pool.read(body)
        }
    }

    /// The queue's statements on a connection.
    ///
    /// - Parameter connection: The connection.
    /// - Returns: The statements, to be used only while one is isolated to the connection.
    public func operations(on connection: isolated PostgresConnection) -> PostgresStateOperations {
        PostgresStateOperations(
            session: Result { try connection.session }, statements: statements, bounds: bounds, clock: clock)
    }
}
