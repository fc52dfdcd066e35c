public import Queuert

extension SQLiteStateAdapter: DiagnosableStateAdapter {
    /// Finds out which migrations ``migrate()`` would apply, and writes nothing.
    ///
    /// - Returns: What was applied and what is missing.
    /// - Throws: ``SQLiteError``.
    public func migrationStatus() async throws -> MigrationStatus {
        try await pool.read { [statements] db in
            try SQLiteMigrations.status(prefix: statements.prefix, on: db.statementRunner)
        }
    }

    /// The time of day that decides when jobs are due: that of the adapter's clock.
    ///
    /// - Returns: The time.
    public func databaseTime() async throws -> Timestamp { clock.now }

    /// Looks for what is wrong with the file, the SQLite library or the queue's tables, and writes nothing.
    ///
    /// A pool that was made with ``SQLitePool/Configuration/Access/readOnly`` shows the file's journal as it is; others turn the
    /// write-ahead log on when they open it.
    ///
    /// - Parameter options: Whether SQLite checks all pages and references, which takes as long as to read the file.
    /// - Returns: What was measured and what was found.
    /// - Throws: ``SQLiteError``, or `CancellationError` if the task was cancelled.
    public func diagnose(_ options: DiagnosisOptions = DiagnosisOptions()) async throws -> Diagnosis {
        try await pool.read { [statements, limit = pool.configuration.walSizeLimit] db in
            let examination = try SQLiteExamination(db: db, prefix: statements.prefix, walSizeLimit: limit)
            return try examination.diagnosis(options)
        }
    }
}

extension DiagnosisFinding.Code {
    /// The database has no write-ahead log.
    public static let journalMode = Self(rawValue: "journalMode")
    /// The write-ahead log is larger than it should ever become.
    public static let largeWAL = Self(rawValue: "largeWAL")
    /// The SQLite library can damage databases.
    public static let knownFault = Self(rawValue: "knownFault")
    /// SQLite found the file damaged.
    public static let corruption = Self(rawValue: "corruption")
    /// A row refers to another one that is not there.
    public static let brokenReference = Self(rawValue: "brokenReference")
}
