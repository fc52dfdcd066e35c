internal import CSQLite

extension SQLiteHandle {
    /// The journal that a database was found to have.
    package enum Journal { case wal, none }

    /// Sets up the connection that writes, and checks that each setting took effect.
    ///
    /// - Returns: Whether the database has a write-ahead log; one in memory, or a temporary one, has none, and a file that
    ///   keeps its journal may have none.
    @discardableResult
    package func configureWriter(_ configuration: SQLitePool.Configuration, isTemporary: Bool) throws -> Journal {
        try Self.checkVersion()
        var (mode, keepsJournal) = (SQLiteValue.null, false)
        try retryWhileBusy(for: configuration.busyTimeout) {
            // A file without pages is nobody's yet.
            keepsJournal = try configuration.keepsJournal && value("PRAGMA page_count") != .integer(0)
            mode = try value(keepsJournal ? "PRAGMA journal_mode" : "PRAGMA journal_mode = WAL")
        }
        let journal = try Self.journal(mode, mayHaveNoLog: isTemporary || keepsJournal)
        // The limit of the journal's size has it cut down whenever it is reset. The cache, 16 MB instead of SQLite's 2, holds
        // what a busy queue touches, so that it isn't read from the system again and again. temp_store stays what it is: what
        // undoes a savepoint is in memory up to 64 kB either way, and in one piece only if it may become a file.
        try run(
            script: """
                PRAGMA synchronous = \(configuration.synchronous.rawValue);
                PRAGMA foreign_keys = ON;
                PRAGMA cache_size = -16000;
                PRAGMA journal_size_limit = \(2 * min(configuration.walSizeLimit, .max / 2));
                """)
        try Self.checkForeignKeys(try value("PRAGMA foreign_keys"))
        return journal
    }

    /// Checks a connection that only reads, and is the only one of its pool.
    func configureReader() throws -> Journal {
        try Self.checkVersion()
        // Reads the file, which was not looked at so far.
        _ = try value("PRAGMA schema_version")
        return .none
    }

    static func checkVersion(_ number: Int32 = sqlite3_libversion_number()) throws {
        if number >= 3_037_000 { return }
        throw SQLiteError(
            code: .unsupported, reason: "the SQLite library is \(libraryVersion), and 3.37.0 is needed",
            hint: "Link a newer library: STRICT tables came with 3.37.0, RETURNING with 3.35.0.")
    }

    static func journal(_ mode: SQLiteValue, mayHaveNoLog: Bool) throws -> Journal {
        switch mode {
        case .text("wal"): return .wal
        case .text("memory"): return .none
        case .text where mayHaveNoLog: return .none
        default:
            throw SQLiteError(
                code: .unsupported, reason: "the database can't use a write-ahead log on this file system",
                hint: """
                    Put the file on a local disk: network file systems, and SQLite's VFS without shared memory, have no \
                    write-ahead log.
                    """)
        }
    }

    static func checkForeignKeys(_ value: SQLiteValue) throws {
        if value == .integer(1) { return }
        throw SQLiteError(
            code: .unsupported, reason: "the SQLite library does not enforce foreign keys",
            hint: "Link a library that was compiled without SQLITE_OMIT_FOREIGN_KEY.")
    }
}
