internal import CSQLite
internal import Queuert

/// What SQLite tells a handle through its hooks: statements that begin or end transactions or savepoints, and the size of
/// the WAL.
///
/// Belongs to one ``SQLiteHandle``; SQLite calls the hooks on the thread of the statement that causes them.
final class SQLiteTransactionWatch {
    /// Whether statements that begin or end a transaction, or a savepoint that isn't the pool's, are refused: inside a
    /// transaction of the pool's.
    var refusesTransactionStatements = true
    /// Whether such a statement was prepared since this was set to false.
    var sawTransactionStatement = false
    /// What waits for the user's commit, while the user begins and ends transactions.
    private(set) var manualEffects: TransactionEffects?
    /// Whether the last transaction that the user began and that ended was rolled back.
    private(set) var wasRolledBack = false
    /// Whether the user had a transaction open when the statement began that runs.
    private var isInUsersTransaction = false
    /// How many pages the WAL had after the last commit.
    private(set) var walPages = 0
    /// Whether something was committed of which nobody has been told.
    private var hasUntoldCommit = false
    /// How many transactions were committed that had written something.
    private(set) var commits = 0
    private var refusal: (any Error)?
    private let database: OpaquePointer

    init(_ database: OpaquePointer) {
        self.database = database
        // The handle owns this object and closes the database before it lets go of it.
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_set_authorizer(
            database,
            { context, action, operation, name, _, _ in
                guard action == SQLITE_TRANSACTION || action == SQLITE_SAVEPOINT, let context, let operation else {
                    return SQLITE_OK
                }
                let watch = Unmanaged<SQLiteTransactionWatch>.fromOpaque(context).takeUnretainedValue()
                let begins = String(cString: operation) == "BEGIN"
                let savepoint = action == SQLITE_SAVEPOINT ? name.map { String(cString: $0) } ?? "" : nil
                return watch.allows(begins: begins, savepoint: savepoint) ? SQLITE_OK : SQLITE_DENY
            }, context)
        sqlite3_rollback_hook(
            database,
            { context in
                guard let context else { return }
                let watch = Unmanaged<SQLiteTransactionWatch>.fromOpaque(context).takeUnretainedValue()
                // A statement outside of a transaction that fails is one by itself, and its rollback is told of, too.
                if watch.isInUsersTransaction { watch.wasRolledBack = true }
            }, context)
        // Takes the place of SQLite's automatic checkpoints, which would run inside a commit.
        sqlite3_wal_hook(
            database,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                let watch = Unmanaged<SQLiteTransactionWatch>.fromOpaque(context).takeUnretainedValue()
                watch.walPages = Int(pages)
                watch.hasUntoldCommit = true
                watch.commits += 1
                return SQLITE_OK
            }, context)
    }

    /// Lets the user begin and end transactions.
    ///
    /// - Parameter effects: What is to wait for them.
    func startManual(_ effects: TransactionEffects) {
        manualEffects = effects
        refusesTransactionStatements = false
        wasRolledBack = false
        sqlite3_trace_v2(
            database, UInt32(SQLITE_TRACE_STMT),
            { _, context, _, _ in
                guard let context else { return 0 }
                let watch = Unmanaged<SQLiteTransactionWatch>.fromOpaque(context).takeUnretainedValue()
                watch.isInUsersTransaction = sqlite3_get_autocommit(watch.database) == 0
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Refuses again what begins and ends transactions.
    func endManual() {
        sqlite3_trace_v2(database, 0, nil, nil)
        isInUsersTransaction = false
        manualEffects = nil
        refusesTransactionStatements = true
    }

    /// How many pages the WAL has, if something was committed since the last call; what wrote nothing is no commit.
    func takeWALPages() -> Int? {
        defer { hasUntoldCommit = false }
        return hasUntoldCommit ? walPages : nil
    }

    /// Why the last statement was refused.
    func takeRefusal() -> (any Error)? {
        defer { refusal = nil }
        return refusal
    }

    /// Decides on a statement about a transaction, or about a savepoint, which is known by its name.
    private func allows(begins: Bool, savepoint: String?) -> Bool {
        let startsTransaction = begins && sqlite3_get_autocommit(database) != 0
        // Of other savepoints nobody would tell what waits for the commit.
        let isOurs = savepoint?.hasPrefix("queuert_") ?? false
        if !isOurs || startsTransaction {
            if refusesTransactionStatements {
                refusal = SQLiteError(
                    code: .transactionEnded,
                    reason: "the body began or ended a transaction or a savepoint by a statement of its own",
                    hint: """
                        Return to commit and throw to roll back, or use `withWriter` to write BEGIN and COMMIT yourself. \
                        For a part that may fail on its own there is `withSavepoint`.
                        """)
                return false
            }
            sawTransactionStatement = true
        }
        if startsTransaction {
            if let manualEffects, !manualEffects.isEmpty {
                refusal = ManualTransactionError(reason: .effectsForgotten)
                return false
            }
            wasRolledBack = false
        }
        return true
    }
}
