internal import CSQLite

/// A copy of a database that is made step by step, while it is used.
///
/// Belongs to the connection that it reads from and is used on its thread only.
final class SQLiteBackup {
    private let target: SQLiteHandle
    private let backup: OpaquePointer
    private var isFinished = false

    init(of source: SQLiteHandle, to path: String) throws {
        target = try SQLiteHandle(path: path, readOnly: false, busyTimeout: .zero)
        guard let backup = sqlite3_backup_init(target.database, "main", source.database, "main") else {
            throw target.error(sqlite3_errcode(target.database), sql: "")
        }
        self.backup = backup
    }

    deinit { if !isFinished { sqlite3_backup_finish(backup) } }

    /// Copies some pages.
    ///
    /// - Returns: Whether there are more.
    func step(pages: Int32) throws -> Bool {
        let code = sqlite3_backup_step(backup, pages)
        switch code & 0xff {
        case SQLITE_OK: return true
        case SQLITE_DONE: return false
        // Another process writes, at the first step only: afterwards the snapshot is ours.
        case SQLITE_BUSY, SQLITE_LOCKED: return true
        default: throw target.error(code, sql: "")
        }
    }

    /// How far the copy is.
    var progress: SQLitePool.BackupProgress {
        let total = Int(sqlite3_backup_pagecount(backup))
        return SQLitePool.BackupProgress(pages: total - Int(sqlite3_backup_remaining(backup)), totalPages: total)
    }

    /// Writes the end of the copy to the disk.
    func finish() throws {
        isFinished = true
        let code = sqlite3_backup_finish(backup)
        guard code == SQLITE_OK else { throw target.error(code, sql: "") }
    }
}
