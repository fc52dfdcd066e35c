internal import Foundation
internal import Queuert

extension SQLitePool {
    /// How far a backup is.
    public struct BackupProgress: Sendable, Hashable {
        /// How many pages were copied.
        public let pages: Int
        /// How many pages there are.
        public let totalPages: Int
    }

    /// Copies the database into another file, while it is read and written.
    ///
    /// The copy is the database as it is at one moment, soon after the call. It is made beside the target and put in its
    /// place when it is complete and on the disk, so the target is never half a copy; one that exists is replaced, unless
    /// somebody has it open. Writers don't wait, but the write-ahead log grows until the backup ends; those of a
    /// database without such a log, as one in memory, do wait. A process that dies leaves a file whose name goes on
    /// with `-partial-`, which can be deleted.
    ///
    /// - Parameters:
    ///   - target: The file to make, by its path: no URI.
    ///   - pagesPerStep: How many pages are copied before `progress` is called and cancellation is looked at.
    ///   - progress: Called after each step, on the thread of a connection. Must not block.
    /// - Throws: ``SQLiteError``, an error of the file system, or `CancellationError` if the task was cancelled; then the
    ///   target is as it was.
    public func backup(
        to target: String, pagesPerStep: Int = 256, progress: @escaping @Sendable (BackupProgress) -> Void = { _ in }
    ) async throws {
        // SQLite would take it for a URI, and the file system for a name.
        if target.hasPrefix("file:") {
            throw SQLiteError(
                code: .cannotOpen, reason: "the target of the backup is a URI",
                hint: "Name the file by its path; if its name begins with `file:`, put `./` before it.")
        }
        // What is no file yet is known by an owner of its own.
        if SQLiteFilePath.identity(target, of: writer) == SQLiteFilePath.identity(filePath, of: self) {
            throw SQLiteError(
                code: .cannotOpen, reason: "the target of the backup is the database itself",
                hint: "Name another file.")
        }
        let pages = Int32(clamping: max(1, pagesPerStep))
        try await backups.run { try await makeBackup(at: target, pages: pages, progress) }
    }

    private func makeBackup(
        at target: String, pages: Int32, _ progress: @escaping @Sendable (BackupProgress) -> Void
    ) async throws {
        try Self.takeLog(of: target)
        // Another backup may have the same target.
        let part = "\(target)-partial-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: part) }
        if checkpointer != nil || configuration.access == .readOnly && !filePath.isEmpty {
            try await copySnapshot(to: part, pages: pages, progress)
        } else {
            try OpenTransactions.refuseNested(of: self)
            try await writer.copyInOneTurn(to: part, pages: pages, progress)
        }
        try Self.takeLog(of: target)
        guard rename(part, target) == 0 else {
            throw SQLiteError(
                code: .cannotOpen, reason: "the backup could not be put into its place",
                hint: "Check that this user may write to the folder of the target, and that the target is no folder.")
        }
    }
}

extension SQLitePool {
    /// Copies the file on a connection of its own, since others may write to it meanwhile.
    private func copySnapshot(
        to part: String, pages: Int32, _ progress: @escaping @Sendable (BackupProgress) -> Void
    ) async throws {
        let source = try SQLiteConnection(configuration)
        try await source.open(readingFrom: SQLiteFilePath.reopening(path, file: filePath), configuration)
        try await source.copySnapshot(to: part, pages: pages, progress)
    }

    /// Takes a database's log away, which would be taken for the log of whatever takes the database's place.
    ///
    /// - Throws: ``SQLiteError`` if somebody has the database open.
    fileprivate static func takeLog(of path: String) throws {
        let (log, journal) = (path + "-wal", path + "-journal")
        let files = FileManager.default
        func hasLog() -> Bool {
            // Whoever has the database open has a log, though there may be nothing in it.
            if files.fileExists(atPath: log) { return true }
            let attributes = try? files.attributesOfItem(atPath: journal)
            return (attributes?[.size] as? NSNumber)?.intValue ?? 0 > 0
        }
        guard hasLog() else { return }
        guard files.fileExists(atPath: path) else {
            // Nobody can take it in any more. SQLite, too, deletes it when it makes a database here.
            for left in [log, journal] where files.fileExists(atPath: left) { try files.removeItem(atPath: left) }
            return
        }
        do {
            // Takes in what the log holds and gives it up, for which nobody else may have the database open.
            _ = try SQLiteHandle(path: path, readOnly: false, creates: false, busyTimeout: .zero)
                .value("PRAGMA journal_mode = DELETE")
        } catch let error as SQLiteError where error.code == .busy {
            throw SQLiteError.targetInUse
        }
        // Some libraries leave the file there.
        try? files.removeItem(atPath: log)
        if hasLog() { throw SQLiteError.targetInUse }
    }
}

extension SQLiteError {
    fileprivate static var targetInUse: SQLiteError {
        SQLiteError(
            code: .busy, reason: "somebody has the target of the backup open",
            hint: "Close whatever uses it, or name another file.")
    }
}

extension SQLiteConnection {
    /// Copies what a read sees that lasts for as long as the copy takes, so that no write has it begin anew.
    fileprivate func copySnapshot(
        to path: String, pages: Int32, _ progress: @Sendable (SQLitePool.BackupProgress) -> Void
    ) async throws {
        let handle = try handle
        try handle.begin(.reading, busyTimeout: busyTimeout)
        defer {
            handle.rollback()
            disconnect()
        }
        // Only now the read sees one state.
        _ = try handle.value("SELECT count(*) FROM sqlite_schema")
        try Self.copy(handle, to: path, pages: pages, progress)
    }

    /// Copies a database that only this connection can see, while nobody writes: each commit would have SQLite begin anew.
    fileprivate func copyInOneTurn(
        to path: String, pages: Int32, _ progress: @Sendable (SQLitePool.BackupProgress) -> Void
    ) async throws {
        try await alone { connection in
            try Self.copy(try connection.handle, to: path, pages: pages, progress)
        }
    }

    private static func copy(
        _ handle: SQLiteHandle, to path: String, pages: Int32, _ progress: (SQLitePool.BackupProgress) -> Void
    ) throws {
        let backup = try SQLiteBackup(of: handle, to: path)
        while try backup.step(pages: pages) {
            progress(backup.progress)
            try Task.checkCancellation()
        }
        progress(backup.progress)
        try backup.finish()
    }
}
