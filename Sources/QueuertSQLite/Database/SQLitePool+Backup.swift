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
    /// place when it is complete and on the disk, so the target is never half a copy; one that exists is replaced. Writers
    /// don't wait, but the write-ahead log grows until the backup ends. A database in memory is copied between its
    /// transactions, and the copy has what they write meanwhile.
    ///
    /// - Parameters:
    ///   - target: The file to make.
    ///   - pagesPerStep: How many pages are copied before `progress` is called and cancellation is looked at.
    ///   - progress: Called after each step, on the thread of a connection. Must not block.
    /// - Throws: ``SQLiteError``, an error of the file system, or `CancellationError` if the task was cancelled; then the
    ///   target is as it was.
    public func backup(
        to target: String, pagesPerStep: Int = 256, progress: @escaping @Sendable (BackupProgress) -> Void = { _ in }
    ) async throws {
        let part = target + "-partial"
        try? FileManager.default.removeItem(atPath: part)
        defer { try? FileManager.default.removeItem(atPath: part) }
        let pages = Int32(clamping: max(1, pagesPerStep))
        if let checkpointer {
            try await checkpointer.whileBackingUp {
                let source = SQLiteConnection(configuration)
                try await source.open(readingFrom: path, configuration)
                try await source.copySnapshot(to: part, pages: pages, progress)
            }
        } else {
            try OpenTransactions.refuseNested(of: self)
            try await writer.copyBetweenTransactions(to: part, pages: pages, progress)
        }
        guard rename(part, target) == 0 else {
            throw SQLiteError(
                code: .cannotOpen, reason: "the backup could not be put into its place",
                hint: "Check that this user may write to the folder of the target, and that the target is no folder.")
        }
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
        let backup = try SQLiteBackup(of: handle, to: path)
        while try backup.step(pages: pages) {
            progress(backup.progress)
            try Task.checkCancellation()
        }
        progress(backup.progress)
        try backup.finish()
    }

    /// Copies a database that only this connection can see, some pages in each turn.
    fileprivate func copyBetweenTransactions(
        to path: String, pages: Int32, _ progress: @Sendable (SQLitePool.BackupProgress) -> Void
    ) async throws {
        var backup: SQLiteBackup?
        var hasMore = true
        while hasMore {
            try Task.checkCancellation()
            try await takeTurn()
            commitGroup()
            defer { passTurn() }
            let running = try backup ?? SQLiteBackup(of: try handle, to: path)
            backup = running
            hasMore = try running.step(pages: pages)
            progress(running.progress)
            if !hasMore { try running.finish() }
        }
    }
}
