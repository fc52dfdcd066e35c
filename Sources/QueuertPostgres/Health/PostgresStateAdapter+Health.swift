public import Queuert

extension PostgresStateAdapter: DiagnosableStateAdapter {
    /// Finds out which migrations ``migrate()`` would apply, and writes nothing.
    ///
    /// - Returns: What was applied and what is missing.
    /// - Throws: ``PostgresError``.
    public func migrationStatus() async throws -> MigrationStatus {
        try await pool.read { [statements] db in try PostgresMigrations.status(of: statements.tables, db) }
    }

    /// Reads the time of day that decides when jobs are due: the server's, unless the adapter was given a clock.
    ///
    /// - Returns: The time.
    /// - Throws: ``PostgresError``.
    public func databaseTime() async throws -> Timestamp {
        if let clock { return clock.now }
        return try await pool.read { db in try db.serverTime() }
    }

    /// Looks for what is wrong with the server, the way to it or the queue's tables, and writes nothing.
    ///
    /// Makes two connections of its own beside the pool's, to find out whether a pooler such as PgBouncer is between.
    ///
    /// - Parameter options: For how long transactions may be open. There is no check of pages to be had here.
    /// - Returns: What was measured and what was found.
    /// - Throws: ``PostgresError``, or `CancellationError` if the task was cancelled.
    public func diagnose(_ options: DiagnosisOptions = DiagnosisOptions()) async throws -> Diagnosis {
        try await diagnose(options, machineClock: SystemClock())
    }

    /// Looks for what is wrong; tests have a clock of their own to differ from the server's.
    package func diagnose(_ options: DiagnosisOptions, machineClock: any QueueClock) async throws -> Diagnosis {
        let skew = try await ClockSkew.measure(on: pool, machineClock)
        let pooler = await PostgresPooler.find(on: pool)
        return try await pool.read { [tables = statements.tables, clock] db in
            var examination = PostgresExamination(tables: tables, patience: options.patience)
            skew.report(to: &examination.diagnosis)
            pooler.report(to: &examination.diagnosis)
            try examination.examineServer(db)
            try examination.examineTables(db)
            let now = if let clock { clock.now } else { try db.serverTime() }
            try examination.examinePartitions(db, at: now)
            try examination.examineTransactions(db)
            return examination.diagnosis
        }
    }
}

extension PostgresIDType {
    /// Finds out how the tables of a queue hold identifiers.
    ///
    /// - Parameters:
    ///   - pool: The database.
    ///   - schema: The schema of the queue's tables.
    ///   - tablePrefix: What the names of the queue's tables begin with.
    /// - Returns: The type with which an adapter is to be made; `nil` if there are no such tables.
    /// - Throws: ``PostgresError``.
    public static func stored(
        in pool: PostgresPool, schema: String = "public", tablePrefix: String = "queuert_"
    ) async throws -> PostgresIDType? {
        let tables = PostgresTables(schema: schema, prefix: tablePrefix, idType: .uuid)
        return try await pool.read { db in
            try PostgresMigrations.idType(of: tables, db).flatMap(PostgresIDType.init(rawValue:))
        }
    }
}

extension PostgresConnection {
    /// The server's time of day.
    func serverTime() throws -> Timestamp {
        let rows = try query("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now")
        return Timestamp(microseconds: rows.first?.int64("now") ?? 0)
    }
}

extension DiagnosisFinding.Code {
    /// An index can't be used, because making it was interrupted.
    public static let invalidIndex = Self(rawValue: "invalidIndex")
    /// A transaction has been open for long, and does nothing.
    public static let idleTransaction = Self(rawValue: "idleTransaction")
    /// A transaction has been open for long.
    public static let longTransaction = Self(rawValue: "longTransaction")
    /// A transaction was prepared long ago, for a commit in two phases, and neither committed nor rolled back.
    public static let preparedTransaction = Self(rawValue: "preparedTransaction")
    /// A replication slot that nobody reads keeps old versions of rows.
    public static let idleReplicationSlot = Self(rawValue: "idleReplicationSlot")
    /// A standby keeps old versions of rows for a query that runs there.
    public static let standbyFeedback = Self(rawValue: "standbyFeedback")
    /// There are no partitions of the history for chains to come, or not enough of them.
    public static let missingPartitions = Self(rawValue: "missingPartitions")
    /// A partition of the history was to be dropped, and is still there.
    public static let undroppedPartition = Self(rawValue: "undroppedPartition")
    /// The history has more partitions than it is made for.
    public static let manyPartitions = Self(rawValue: "manyPartitions")
    /// What other users' connections do is not to be seen.
    public static let hiddenActivity = Self(rawValue: "hiddenActivity")
    /// A table has far more dead rows than autovacuum would leave.
    public static let deadRows = Self(rawValue: "deadRows")
    /// Autovacuum is turned off.
    public static let autovacuumOff = Self(rawValue: "autovacuumOff")
    /// The clocks of this machine and of the server differ.
    public static let clockSkew = Self(rawValue: "clockSkew")
    /// There is a pooler between that keeps one of the server's connections for each of ours.
    public static let pooler = Self(rawValue: "pooler")
    /// There is a pooler between that shares the server's connections by transaction.
    public static let transactionPooler = Self(rawValue: "transactionPooler")
    /// Whether there is a pooler between could not be found out.
    public static let unknownPooler = Self(rawValue: "unknownPooler")
}
